"""Rules for what people begin: the groups of starters, the start form, initiator, business key."""

from collections.abc import Collection, Iterator
from keyword import iskeyword

from processes.engine.checks.rules.forms.fields import OF_THE_ENGINE
from processes.engine.checks.rules.moments import is_duration
from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    error,
    info,
    todo,
    warning,
)
from processes.engine.checks.rules.tasks import form_of, listed
from processes.engine.diagram.beginning import (
    BUSINESS_KEY,
    INITIATOR,
    LEGAL_TERM,
    LISTED,
    PUBLIC,
    can_be_begun,
    form_key_of,
    message_starts,
    own_extensions,
    plain_start,
    property_of,
    starter_users_of,
    starters_of,
)
from processes.engine.diagram.form_fields import NAME, FieldType, FormField, fields_in
from processes.engine.diagram.graph import Diagram, Scope, extensions
from processes.engine.language import iso8601
from processes.engine.language.expressions import compile_expression, is_expression
from processes.engine.language.functions import ExpressionError
from processes.engine.language.working_days import is_term
from processes.engine.sentences.catalogue import say

COMPANY = "kvk"
GIVEN_AT_START = frozenset({COMPANY, "reference"})


@error("starter-without-start")
def _starters_have_something_to_begin(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        starters = starters_of(scope) or starter_users_of(scope)
        if starters and not can_be_begun(scope):
            yield scope, say("checks.starter-without-start", element=called(scope))


@todo("starter-exists")
def _starters_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = around.vocabulary.starters
    for scope in diagram.processes:
        for group in starters_of(scope):
            if known and group not in known:
                names = ", ".join(sorted(known))
                told = say(
                    "checks.starter-exists", group=group[:100], element=called(scope), known=names
                )
                yield scope, told


@warning("starter-users")
def _starters_are_groups(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        if starter_users_of(scope):
            yield scope, say("checks.starter-users", element=called(scope))


@warning("starter-hidden")
def _what_may_be_begun_is_listed(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        starters = starters_of(scope) or starter_users_of(scope)
        if starters and scope.element.get(LISTED) == "false":
            yield scope, say("checks.starter-hidden", element=called(scope))


@error("message-start-taken")
def _a_message_begins_one_process(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """As Camunda 7: a second subscription of a message start is no deployment."""
    own = {scope.id for scope in diagram.processes}
    taken = {
        name: called(scope)
        for key, (file, scope) in around.processes.items()
        if key not in own and scope in file.processes
        for name, _node in message_starts(file, scope)
    }
    for scope in diagram.processes:
        for name, node in message_starts(diagram, scope):
            if name in taken:
                element, other = called(node), taken[name]
                yield (
                    node,
                    say(
                        "checks.message-start-taken",
                        element=element,
                        name=name[:100],
                        other=other,
                    ),
                )
            taken.setdefault(name, called(scope))


@error("initiator-name")
def _the_initiator_is_a_free_name(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    taken = OF_THE_ENGINE | around.vocabulary.given
    for scope in diagram.processes:
        start = plain_start(scope)
        name = (start.element.get(INITIATOR) or "").strip() if start else ""
        fields = {each.id for each in _fields_of(scope)}
        if name and (not NAME.fullmatch(name) or iskeyword(name) or name in taken | fields):
            yield start, say("checks.initiator-name", element=called(start), name=name[:40])


@warning("initiator-nobody")
def _the_initiator_is_a_person(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    starts = {plain_start(scope) for scope in diagram.processes}
    for node in diagram.nodes:
        if node.element.get(INITIATOR) and node not in starts:
            yield node, say("checks.initiator-nobody", element=called(node))


@error("start-form")
def _a_case_begins_with_a_form_that_needs_none(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    known = around.vocabulary
    for scope in diagram.processes:
        form = form_key_of(plain_start(scope))
        if form in known.forms and form not in known.start_forms:
            names = listed(known.start_forms)
            start = plain_start(scope)
            yield start, say("checks.start-form", element=called(start), form=form, known=names)


@warning("start-form-nobody")
def _a_start_form_is_filled_in_by_a_person(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    starts = {plain_start(scope) for scope in diagram.processes}
    for node in diagram.nodes:
        if node.kind == "startEvent" and form_of(node) and node not in starts:
            yield node, say("checks.start-form-nobody", element=called(node))


@warning("starter-unproven")
def _the_public_proves_no_company(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        kinds = {each.type for each in _fields_of(scope)}
        if PUBLIC in starters_of(scope) and FieldType.KVK in kinds:
            yield plain_start(scope), say("checks.starter-unproven", element=called(scope))


@error("business-key")
def _the_business_key_can_be_worked_out(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    for scope in diagram.processes:
        text = property_of(own_extensions(scope), BUSINESS_KEY)
        if text and (reason := _wrong_key(scope, text, around)):
            yield scope, say("checks.business-key", element=called(scope), reason=reason)


@info("business-key-company")
def _one_case_at_a_time_is_meant(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        text = property_of(own_extensions(scope), BUSINESS_KEY)
        if text and _names_in(text) == {COMPANY}:
            yield scope, say("checks.business-key-company", element=called(scope))


def _names_in(text: str) -> Collection[str]:
    try:
        return compile_expression(text).required if is_expression(text) else ()
    except ExpressionError:
        return ()


@error("legal-term")
def _the_legal_term_is_a_duration(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.processes:
        text = property_of(own_extensions(scope), LEGAL_TERM)
        if text and not _is_term(text):
            yield scope, say("checks.legal-term", element=called(scope), text=text[:40])


def _is_term(text: str) -> bool:
    return is_duration(text) and is_term(iso8601.duration(text))


def _wrong_key(scope: Scope, text: str, around: Surroundings) -> str:
    """Why a business key makes no sense; "" for one that does."""
    if not is_expression(text):
        return say("checks.business-key-text", text=text[:80])
    try:
        names = compile_expression(text).required
    except ExpressionError as fault:
        return str(fault)
    of_form = around.vocabulary.start_forms.get(form_key_of(plain_start(scope)) or "", frozenset())
    known = GIVEN_AT_START | {each.id for each in _fields_of(scope)} | of_form
    unknown = sorted(names - known)
    if unknown:
        return say("checks.business-key-unknown", names=", ".join(unknown)[:80])
    return "" if names else say("checks.business-key-text", text=text[:80])


def _fields_of(scope: Scope) -> tuple[FormField, ...]:
    start = plain_start(scope)
    return fields_in(extensions(start.element)) if start else ()
