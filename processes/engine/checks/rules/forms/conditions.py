"""Rules for fields that are asked under a condition, or open with what is known already."""

from collections.abc import Iterator
from contextlib import suppress

from processes.engine.checks.rules.forms.fields import fields_with_nodes, named_field
from processes.engine.checks.rules.rule import Complaint, Surroundings, error, warning
from processes.engine.diagram.form_fields import (
    PREFILL,
    VISIBLE,
    FieldType,
    constraints_of,
    id_of,
    properties_of,
    type_of,
)
from processes.engine.diagram.graph import Diagram, Element, Node, text_of
from processes.engine.language.expressions import compile_expression, is_expression
from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say

FACTS = frozenset({"company", "contact", "earlier"})
"""What a field may open with before a process has variables."""
SAMPLES = (True, False, 1, "a", None)
"""A value of each kind, by which is seen whether an expression gives anything but yes or no."""


@error("form-field-visible")
def _conditions_look_back(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn, before, others in _in_order(diagram):
        text = properties_of(drawn).get(VISIBLE, "").strip()
        known = before if node.kind == "startEvent" else None
        if text and (reason := _wrong(text, known, others - before)):
            yield node, f"{named_field(node, drawn)}: {reason}"


@error("form-field-prefill")
def _openings_are_known(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        text = properties_of(drawn).get(PREFILL, "").strip()
        known = FACTS if node.kind == "startEvent" else None
        if text and (reason := _wrong(text, known, frozenset())):
            yield node, f"{named_field(node, drawn)}: {reason}"


@warning("form-field-opening")
def _openings_fit_their_field(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """`${a or b}` is no choice of a value: what comes of it is yes or no, or nothing at all."""
    for node, drawn in fields_with_nodes(diagram):
        text = properties_of(drawn).get(PREFILL, "").strip()
        if type_of(drawn) not in {FieldType.YES_NO, None} and _is_truth(text):
            field = named_field(node, drawn)
            yield node, say("checks.form-field-opening-truth", field=field, text=text[:80])


@warning("form-field-unanswered")
def _no_answer_is_no_answer(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """`${not agreed}` holds for who was not asked, or did not answer: null counts as no."""
    optional = {
        id_of(drawn): named_field(node, drawn)
        for node, drawn in fields_with_nodes(diagram)
        if type_of(drawn) is FieldType.YES_NO and _may_stay_empty(drawn)
    }
    for flow in diagram.flows:
        text = text_of(flow.condition)
        field = optional.get(_means_no(text) or "") if text else None
        if field:
            told = say("checks.form-field-unanswered", field=field, text=text[:80])
            yield flow, told


def _may_stay_empty(drawn: Element) -> bool:
    is_required = "required" in dict(constraints_of(drawn))
    return not is_required or bool(properties_of(drawn).get(VISIBLE, "").strip())


def _means_no(text: str) -> str | None:
    """The one variable of an expression that holds for false and null, and not for true."""
    with suppress(ExpressionError):
        expression = compile_expression(text)
        if len(expression.names) == 1:
            (name,) = expression.names
            came = [expression.evaluate({name: value}) for value in (True, False, None)]
            return name if came == [False, True, True] else None
    return None


def _is_truth(text: str) -> bool:
    """Whether an expression comes to yes or no where it comes to anything."""
    try:
        expression = compile_expression(text)
    except ExpressionError:
        return False
    found = []
    for value in SAMPLES:
        with suppress(ExpressionError):
            found.append(expression.evaluate(dict.fromkeys(expression.names, value)))
    told = [value for value in found if value is not None]
    return bool(told) and all(isinstance(value, bool) for value in told)


def _in_order(diagram: Diagram) -> Iterator[tuple[Node, Element, frozenset[str], frozenset[str]]]:
    """Each field with the ids before it and all ids of its form."""
    forms: dict[Node, list[Element]] = {}
    for node, drawn in fields_with_nodes(diagram):
        forms.setdefault(node, []).append(drawn)
    for node, fields in forms.items():
        ids = [id_of(each) for each in fields]
        for number, drawn in enumerate(fields):
            yield node, drawn, frozenset(ids[:number]), frozenset(ids)


def _wrong(text: str, known: frozenset[str] | None, later: frozenset[str]) -> str:
    """Why an expression makes no sense here; "" for one that does."""
    if not is_expression(text):
        return say("checks.form-field-no-expression", text=text[:80])
    try:
        names = compile_expression(text).required
    except ExpressionError as fault:
        return str(fault)
    wrong = names & later if known is None else names - known
    if wrong:
        return say("checks.form-field-not-known-yet", names=", ".join(sorted(wrong))[:80])
    return ""
