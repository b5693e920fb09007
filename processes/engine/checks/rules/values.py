"""Rules for what expressions read: names that nothing gives, and kinds that do not go together.

A kind is known of what drawn form fields ask. Each expression is worked out in FEEL with an example
of each: a clash of two kinds that are known is told, whatever people will fill in.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import nullcontext, suppress
from itertools import pairwise
from typing import Any

from processes.engine.checks.rules.expressions import (
    expressions_in,
    given_names,
    required_names,
)
from processes.engine.checks.rules.forms.fields import fields_with_nodes, named_field
from processes.engine.checks.rules.people import persons_of
from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    error,
    warning,
)
from processes.engine.diagram.elements import ASKING
from processes.engine.diagram.form_fields import (
    PREFILL,
    VISIBLE,
    FieldType,
    FormField,
    dates_in,
    fields_in,
    properties_of,
)
from processes.engine.diagram.graph import CAMUNDA, Diagram, Node, extensions
from processes.engine.diagram.scopes import OUTPUT
from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.engine.language.feel.evaluation import BudgetError, Evaluation
from processes.engine.language.feel.expressions import FeelSyntaxError
from processes.engine.language.feel.expressions import compile_expression as compile_feel
from processes.engine.language.feel.json_values import from_json
from processes.engine.language.feel.literals import date_from
from processes.engine.language.functions import TRUTHS, any_value_counts
from processes.engine.language.to_feel import as_feel
from processes.engine.sentences.catalogue import say, word_list

QUIET = frozenset(
    {
        *("startEvent", "endEvent", "userTask", "manualTask", "task", "exclusiveGateway"),
        *("inclusiveGateway", "parallelGateway", "subProcess", "boundaryEvent"),
        *("intermediateCatchEvent", "intermediateThrowEvent", "eventBasedGateway"),
    }
)
"""The elements that give no variables but what a form asks, unless an event brings some."""
BRINGING = frozenset({"messageEventDefinition", "signalEventDefinition", "errorEventDefinition"})
COUNTERS = frozenset(
    {"loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"}
)
EXAMPLES: Mapping[FieldType, tuple[Any, Any]] = {
    FieldType.NUMBER: (0, 10**6),
    FieldType.DECIMAL: (0.5, 10**6),
    FieldType.YES_NO: (False, True),
    FieldType.DATE: ("2001-01-01", "2100-01-01"),
    FieldType.TABLE: ([], []),
    FieldType.FILE: ([], []),
}
TEXTS = ("", "a")


@error("name-not-given")
def _names_are_given_by_something(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """Told where everything that can give a variable is drawn: a start form, and forms of tasks."""
    if not _tells_all_it_gives(diagram):
        return
    objects = {each.get("name") for each in diagram.root.iter("{*}dataObjectReference")}
    known = given_names(diagram) | persons_of(diagram) | COUNTERS | around.vocabulary.given
    for subject, text in expressions_in(diagram):
        for name in sorted(required_names(text) - known - objects):
            where = called(subject) if isinstance(subject, Node) else say("checks.this-flow")
            yield subject, say("checks.name-not-given", where=where, name=name[:80])


def _tells_all_it_gives(diagram: Diagram) -> bool:
    starts = [node for node in diagram.nodes if node.kind == "startEvent"]
    return (
        any(_fields(node) for node in starts)
        and all(node.kind in QUIET for node in diagram.nodes)
        and not any(node.element.get(f"{CAMUNDA}formKey") for node in diagram.nodes)
        and not any(each.tag.endswith(tuple(BRINGING)) for each in _definitions(diagram))
    )


def _definitions(diagram: Diagram) -> Iterator[Any]:
    return (each for node in diagram.nodes for each in node.definitions)


@warning("kinds-clash")
def _kinds_go_together(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    fields = _kinds(diagram)
    yield from _of_fields(diagram, fields)
    for subject, text in expressions_in(diagram):
        is_condition = not isinstance(subject, Node)  # of a flow
        if reason := next(_clashes(text, fields, is_condition=is_condition), None):
            where = called(subject) if isinstance(subject, Node) else say("checks.this-flow")
            yield subject, say("checks.kinds-clash", where=where, text=text[:80], reason=reason)


def _of_fields(diagram: Diagram, fields: Mapping[str, FormField]) -> Iterator[Complaint]:
    """Of what fields open with, and when they are asked.

    What cannot be worked out there opens empty, or is never asked, and nobody hears.
    """
    for node, drawn in fields_with_nodes(diagram):
        for name in (VISIBLE, PREFILL):
            text = properties_of(drawn).get(name, "").strip()
            if not text or (name == PREFILL and node.kind == "startEvent"):
                continue  # a start form opens with facts of the register, whatever fields are named
            with any_value_counts() if name == VISIBLE else nullcontext():
                reason = next(_clashes(text, fields, is_condition=False), None)
                fails = name == PREFILL or not _can_be_worked_out(text, fields)
            if reason and fails:
                where = named_field(node, drawn)
                yield node, say("checks.kinds-clash", where=where, text=text[:80], reason=reason)


def _can_be_worked_out(text: str, fields: Mapping[str, FormField]) -> bool:
    """Whether it gives something with an example of each field: `and` takes any value here."""
    names = _names(text)
    for number in (0, 1):
        given = {name: EXAMPLES.get(fields[name].type, TEXTS)[number] for name in names & {*fields}}
        with suppress(ExpressionError):
            compile_expression(text).evaluate({**dict.fromkeys(names), **given})
            return True
    return False


def _kinds(diagram: Diagram) -> dict[str, FormField]:
    """The fields by name; not those of two kinds, or that something else may give a value.

    Nor a choice of the texts `true` and `false`, which is a text and a yes or no (`is_true`).
    """
    other = {part.get("name") for part in diagram.root.iter(OUTPUT)}
    other |= {part.get("resultVariable") for part in extensions(diagram.root)}
    fields = sorted(
        (each for node in diagram.nodes for each in _fields(node)), key=lambda each: each.id
    )
    pairs = ((one, two) for one, two in pairwise(fields) if one.id == two.id)
    other |= {one.id for one, two in pairs if one.type != two.type}
    other |= {each.id for each in fields if _is_choice_of_truths(each)}
    return {each.id: each for each in fields if each.id not in other}


def _is_choice_of_truths(field: FormField) -> bool:
    return bool(field.choices) and all(value.lower() in TRUTHS for value, _ in field.choices)


def _fields(node: Node) -> tuple[FormField, ...]:
    return fields_in(extensions(node.element)) if node.kind in ASKING else ()


def _clashes(text: str, fields: Mapping[str, FormField], *, is_condition: bool) -> Iterator[str]:
    """Why two kinds that are known do not go together, where an expression says they should.

    Of a condition also that it is no truth value, such as a text.
    """
    names = _names(text) & fields.keys()
    dates = dates_in(fields[name] for name in names)
    nothing = word_list("feel.kinds")["null"]
    if names and any(_stops_at_a_part(text, names, fields, number) for number in (0, 1)):
        yield say("checks.kinds-no-truth")
    for number in (0, 1):
        known = {name: _example(fields[name], number) for name in names}
        value, reasons = _worked_out(text, known, dates) if names else (None, [])
        if is_condition and value is not None and not isinstance(value, bool):
            yield say("checks.kinds-no-truth")
        for reason in reasons:
            if _is_clash(reason) and nothing not in reason:
                yield reason


def _stops_at_a_part(
    text: str, names: AbstractSet[str], fields: Mapping[str, FormField], number: int
) -> bool:
    """Whether a part of `and`, `or` or `not` in `${…}` is no yes or no, whatever the others are.

    Of a condition that is FEEL nothing is told here: there such a part is null.
    """
    told = say("language.no-truth")
    known = {name: EXAMPLES.get(fields[name].type, TEXTS)[number] for name in names}
    try:
        expression = compile_expression(text)
        for other in (True, False) if not expression.is_feel else ():
            expression.evaluate({**dict.fromkeys(expression.names, other), **known})
    except ExpressionError as error:
        return error.reason == told
    return False


def _example(field: FormField, number: int) -> Any:
    if field.type is FieldType.DATE:
        return date_from(EXAMPLES[field.type][number])
    return from_json(EXAMPLES.get(field.type, TEXTS)[number])


def _worked_out(
    text: str, known: Mapping[str, Any], dates: Mapping[str, Any]
) -> tuple[Any, list[str]]:
    """The value as FEEL has it, and why it is null where it is."""
    evaluation = Evaluation()
    try:
        feel = text if compile_expression(text).is_feel else as_feel(text, dates)
        value = compile_feel(feel.strip().removeprefix("=").strip()).evaluate(known, evaluation)
    except (ExpressionError, FeelSyntaxError, BudgetError):
        return None, []
    return value, list(evaluation.reasons)


def _is_clash(reason: str) -> bool:
    """Whether a reason of FEEL is `feel.clash`."""
    return say("feel.clash", operation="", kinds="") in reason


def _names(text: str) -> frozenset[str]:
    try:
        return compile_expression(text).names
    except ExpressionError:
        return frozenset()
