"""Rules for timers and due dates: ISO 8601, or one variable."""

from collections.abc import Iterator
from datetime import timedelta

from processes.base import now
from processes.engine.checks.rules.moments import is_cycle, is_duration, is_moment
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.diagram.graph import CAMUNDA, Diagram, Element, Node, children, kind, text_of
from processes.engine.language import iso8601
from processes.engine.language.expressions import ExpressionError, evaluate, is_expression
from processes.engine.sentences.catalogue import say

SHORTEST_REPEAT = timedelta(minutes=1)
KINDS = ("timeDate", "timeDuration", "timeCycle")
EXAMPLE = {
    "timeDate": "2026-12-31T12:00:00Z",
    "timeDuration": "P30D",
    "timeCycle": "R3/P7D",
}


def _timers(diagram: Diagram) -> Iterator[tuple[Node, Element]]:
    for node in diagram.nodes:
        for definition in node.definitions:
            if kind(definition) == "timerEventDefinition":
                yield node, definition


def _texts(diagram: Diagram) -> Iterator[tuple[Node, str, str]]:
    for node, definition in _timers(diagram):
        for part in children(definition):
            if kind(part) in KINDS and text_of(part):
                yield node, kind(part), text_of(part)


@todo("timer-empty")
def _timers_have_a_time(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, definition in _timers(diagram):
        if not any(text_of(part) for part in children(definition) if kind(part) in KINDS):
            yield node, say("checks.timer-empty", element=called(node))


@error("timer-single")
def _timers_have_one_time(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, definition in _timers(diagram):
        if sum(1 for part in children(definition) if kind(part) in KINDS) > 1:
            yield node, say("checks.timer-single", element=called(node))


@error("timer-syntax")
def _timers_are_iso(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    reads = {"timeDate": is_moment, "timeDuration": is_duration, "timeCycle": is_cycle}
    for node, what, text in _texts(diagram):
        if not is_expression(text) and not reads[what](text):
            yield (
                node,
                say(
                    "checks.timer-syntax",
                    element=called(node),
                    text=text[:60],
                    example=EXAMPLE[what],
                ),
            )


@error("timer-start")
def _starts_know_their_time(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A process that is still to begin has no variables."""
    reads = {"timeDate": is_moment, "timeDuration": is_duration, "timeCycle": is_cycle}
    for node, what, text in _texts(diagram):
        begins = node.kind == "startEvent" and node.scope.is_process
        if begins and is_expression(text) and not reads[what](_value(text)):
            yield node, say("checks.timer-start", element=called(node), text=text[:60])


def _value(text: str) -> str:
    try:
        return str(evaluate(text, {}))
    except ExpressionError:
        return ""


@warning("timer-past")
def _repeats_have_something_to_come(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, what, text in _texts(diagram):
        if what == "timeCycle" and is_cycle(text) and iso8601.cycle(text).first(now()) is None:
            yield node, say("checks.timer-past", element=called(node))


@error("timer-repeat")
def _repeats_are_not_too_fast(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, what, text in _texts(diagram):
        is_literal = what == "timeCycle" and is_cycle(text)
        if is_literal and iso8601.cycle(text).every.approximate < SHORTEST_REPEAT:
            yield node, say("checks.timer-repeat", element=called(node))


@error("timer-repeat-place")
def _repeats_stand_where_they_can(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, what, _text in _texts(diagram):
        stays = "false" in (node.element.get("cancelActivity"), node.element.get("isInterrupting"))
        is_start = node.kind == "startEvent" and not node.scope.is_event_subprocess
        if what == "timeCycle" and not (stays or is_start):
            yield node, say("checks.timer-repeat-place", element=called(node))


@error("due-date")
def _due_dates_are_iso(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for attribute in ("dueDate", "followUpDate"):
            text = (node.element.get(f"{CAMUNDA}{attribute}") or "").strip()
            is_known = is_expression(text) or is_moment(text) or is_duration(text)
            if text and not is_known:
                yield node, say("checks.due-date", element=called(node), text=text[:60])


@warning("timer-zero")
def _timers_take_time(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, what, text in _texts(diagram):
        is_literal = what == "timeDuration" and is_duration(text)
        if is_literal and not iso8601.duration(text).approximate:
            yield node, say("checks.timer-zero", element=called(node))
