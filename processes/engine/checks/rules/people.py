"""Rules for who does a user task, with which priority and when: nobody is left with an orphan."""

from collections.abc import Iterator
from datetime import datetime

from processes.base import now
from processes.engine.checks.rules.loops import MULTIPLE
from processes.engine.checks.rules.moments import is_duration, is_moment
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, warning
from processes.engine.diagram.graph import CAMUNDA, Diagram, Node, extensions, first
from processes.engine.language import iso8601
from processes.engine.language.expressions import ExpressionError, compile_expression, is_expression
from processes.engine.sentences.catalogue import say
from processes.platform.roles import Role

PERSONS = ("assignee", "candidateUsers")
MOST = 100


def _drawn(node: Node, name: str) -> str:
    return (node.element.get(f"{CAMUNDA}{name}") or "").strip()


def _user_tasks(diagram: Diagram) -> Iterator[Node]:
    return (node for node in diagram.nodes if node.kind == "userTask")


@error("person-expression")
def _persons_are_worked_out(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A name is no reference, and what somebody typed must not say who may do a task."""
    known = persons_of(diagram)
    for node in _user_tasks(diagram):
        for text in filter(None, (_drawn(node, name) for name in PERSONS)):
            if not (is_expression(text) and _refers(text, known)):
                yield node, say("checks.person-expression", element=called(node), text=text[:80])


def persons_of(diagram: Diagram) -> set[str]:
    """The variables that refer to a person, which Loket itself gives a value."""
    starts = (node for node in diagram.nodes if node.kind == "startEvent")
    return {"initiator", "taker", *filter(None, (_drawn(each, "initiator") for each in starts))}


def _refers(text: str, known: set[str]) -> bool:
    """Whether an expression names such a variable and no other; a constant is no reference."""
    try:
        names = compile_expression(text).names
    except ExpressionError:
        return True  # told by the rule of expressions
    return bool(names) and names <= known


@error("person-without-group")
def _persons_have_a_group_beside_them(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _user_tasks(diagram):
        if any(_drawn(node, name) for name in PERSONS) and not _drawn(node, "candidateGroups"):
            yield node, say("checks.person-without-group", element=called(node))


@error("nobody-sees")
def _somebody_sees_each_task(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A task without a group is for the company whose case it is: only a provider has one."""
    for node in _user_tasks(diagram):
        starters = _starters(node)
        alone = not any(_drawn(node, name) for name in ("candidateGroups", *PERSONS))
        if starters and Role.PROVIDER not in starters and alone:
            yield node, say("checks.nobody-sees", element=called(node))


def _starters(node: Node) -> set[str]:
    """The groups that may begin the process in which this is drawn."""
    around = (each.get(f"{CAMUNDA}candidateStarterGroups") for each in node.element.iterancestors())
    return {part.strip() for text in around for part in (text or "").split(",") if part.strip()}


@error("priority")
def _priorities_are_numbers(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _user_tasks(diagram):
        text = _drawn(node, "priority")
        if text and not is_expression(text) and not _is_priority(text):
            yield node, say("checks.priority", element=called(node), text=text[:40])


def _is_priority(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:4]) <= MOST


@warning("follow-up-late")
def _tasks_are_listed_before_they_are_due(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    moment = now()
    for node in _user_tasks(diagram):
        due, follow_up = (
            _literal(_drawn(node, name), moment) for name in ("dueDate", "followUpDate")
        )
        if due and follow_up and follow_up > due:
            yield node, say("checks.follow-up-late", element=called(node))


def _literal(text: str, moment: datetime) -> datetime | None:
    return iso8601.due(text, moment) if is_moment(text) or is_duration(text) else None


@warning("round-unnamed")
def _rounds_can_be_told_apart(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _user_tasks(diagram):
        loop = first(node.element, MULTIPLE)
        labelled = any(
            part.tag == f"{CAMUNDA}property" and part.get("name") == "label"
            for part in extensions(node.element)
        )
        if loop is not None and not loop.get(f"{CAMUNDA}elementVariable") and not labelled:
            yield node, say("checks.round-unnamed", element=called(node))
