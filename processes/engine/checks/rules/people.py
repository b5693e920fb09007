"""Rules for who does a user task, with which priority and when: nobody is left with an orphan."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from processes.base import now
from processes.engine.checks.rules.flow.loops import MULTIPLE
from processes.engine.checks.rules.moments import is_duration, is_moment
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, info, warning
from processes.engine.diagram.beginning import PUBLIC, persons_in
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    Diagram,
    Node,
    children,
    extensions,
    first,
    identity,
    label,
    text_of,
)
from processes.engine.diagram.rounds import INPUT_ITEM, variable_of
from processes.engine.language import iso8601
from processes.engine.language.expressions import ExpressionError, compile_expression, is_expression
from processes.engine.sentences.catalogue import say, word_list
from processes.platform.roles import ROLE_NAMES, Role

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
    return set(persons_in(diagram.root))


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


@warning("visitor-provider")
def _a_case_of_a_visitor_has_no_company(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """What a visitor begins belongs to no company, so no provider sees its tasks."""
    for node in _user_tasks(diagram):
        starters = _starters(node)
        is_of_visitors = PUBLIC in starters and Role.PROVIDER not in starters
        alone = not any(_drawn(node, name) for name in PERSONS)
        if is_of_visitors and alone and _groups(node) == {Role.PROVIDER}:
            yield node, say("checks.visitor-provider", element=called(node))


def _starters(node: Node) -> set[str]:
    """The groups and accounts that may begin the process in which this is drawn."""
    drawn = (f"{CAMUNDA}candidateStarter{each}" for each in ("Groups", "Users"))
    around = [each.get(name) for name in drawn for each in node.element.iterancestors()]
    return {part.strip() for text in around for part in (text or "").split(",") if part.strip()}


@warning("lane-group")
def _lanes_and_groups_agree(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A lane that is called after a role promises that people in that role do its tasks."""
    lanes = _lanes(diagram)
    for node in _user_tasks(diagram):
        role, groups = _role_around(node, lanes), _groups(node)
        if role is not None and groups is not None and role not in (groups or {Role.PROVIDER}):
            yield node, _promised(node, role, groups)


def _promised(node: Node, role: str, groups: set[str]) -> str:
    """What the lane says, beside for whom the task is."""
    element, lane = called(node), ROLE_NAMES[role]
    if not groups:
        return say("checks.lane-company", element=element, lane=lane)
    shown = ", ".join(sorted(ROLE_NAMES.get(group, group) for group in groups))[:200]
    return say("checks.lane-group", element=element, lane=lane, groups=shown)


def _lanes(diagram: Diagram) -> Mapping[str, Sequence[str]]:
    """Of each flow node that a lane names, the names of its lanes, the innermost last."""
    found = defaultdict(list)
    for lane in diagram.root.iter(f"{BPMN}lane"):
        for reference in children(lane, "flowNodeRef"):
            found[text_of(reference)].append(label(lane) or "")
    return found


def _role_around(node: Node, lanes: Mapping[str, Sequence[str]]) -> str | None:
    """The role after which the nearest lane is called, of the task or the subprocess around it."""
    for element in (node.element, *node.element.iterancestors()):
        for name in reversed(lanes.get(identity(element) or "", ())):
            if role := ROLES_BY_WORDS.get(_words(name)):
                return role
    return None


def _words(name: str) -> frozenset[str]:
    """What a name says: "Medewerkers register" and "Medewerker van het register" are one."""
    counts = word_list("checks.lane-words")
    words = name.lower().replace("_", " ").split()
    return frozenset(counts.get(word, word.removesuffix("s")) for word in words) - {""}


ROLES_BY_WORDS = {
    words: str(role) for role in Role for words in (_words(role), _words(ROLE_NAMES[role]))
}


def _groups(node: Node) -> set[str] | None:
    """The groups of a task; none is the company of the case. None where they are worked out."""
    text = _drawn(node, "candidateGroups")
    groups = {part.strip() for part in text.split(",") if part.strip()}
    if is_expression(text) or (not groups and any(_drawn(node, name) for name in PERSONS)):
        return None
    return groups


@error("task-priority")
def _task_priorities_are_numbers(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Of a process it is a number, for all its tasks; of one task an expression too."""
    for node in diagram.nodes:
        text = _drawn(node, "taskPriority")
        if text and not is_expression(text) and not _is_priority(text):
            yield node, say("checks.priority", element=called(node), text=text[:40])
    for process in diagram.processes:
        text = (process.element.get(f"{CAMUNDA}taskPriority") or "").strip()
        if text and not _is_priority(text):
            yield process, say("checks.priority-of-process", text=text[:40])


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


@info("due-alone")
def _a_due_date_does_nothing_by_itself(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """It shows, sorts and reminds; only a timer that is drawn goes on with the process."""
    for node in _user_tasks(diagram):
        if _drawn(node, "dueDate") and not _timed(node, diagram):
            yield node, say("checks.due-alone", element=called(node))


def _timed(node: Node, diagram: Diagram) -> bool:
    """Whether a timer is drawn on the task, or on or in what stands around it."""
    around = {id(each) for each in (node.element, *node.element.iterancestors())}
    for each in diagram.nodes:
        if "timer" not in each.events:
            continue
        if each.host is not None and id(each.host.element) in around:
            return True
        inside = each.scope
        if inside.is_event_subprocess and inside.parent and id(inside.parent.element) in around:
            return True
    return False


@warning("round-unnamed")
def _rounds_can_be_told_apart(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _user_tasks(diagram):
        loop = first(node.element, MULTIPLE)
        labelled = any(
            part.tag == f"{CAMUNDA}property" and part.get("name") == "label"
            for part in extensions(node.element)
        )
        if loop is not None and not variable_of(loop, INPUT_ITEM) and not labelled:
            yield node, say("checks.round-unnamed", element=called(node))
