"""Progress of one instance for the person it is about: done, open, certain to come."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.engine.diagram import graph
from processes.engine.diagram.elements import Element
from processes.engine.diagram.elements import read as read_elements
from processes.engine.diagram.graph import ACTIVITIES, Diagram, Node
from processes.engine.insight.history import Entry, entries, waiting_at
from processes.engine.insight.remaining_time import Expectation, expected, remaining
from processes.engine.sentences.catalogue import word_list
from processes.engine.store.models import ProcessDefinition, ProcessInstance, TaskStatus, UserTask
from processes.engine.words.outline_shape import Shape

USER_TASK = "userTask"
CATCHES = frozenset({"receiveTask", "intermediateCatchEvent"})
"""Where a token waits for what comes from elsewhere, or for a moment."""


@dataclass(frozen=True)
class Part:
    """One activity; `group` does it, None when it is automatic."""

    element_id: str
    name: str
    group: str | None
    is_user_task: bool
    at: datetime | None = None  # when it was done, or since when it waits
    task_id: UUID | None = None  # of a user task that is open
    groups: tuple[str, ...] = ()  # all that may do it, as drawn
    waits_for_event: bool = False  # for a message, a signal or a moment


@dataclass(frozen=True)
class Progress:
    """The progress of an instance; `expectation` is None with too few examples."""

    done: list[Part]
    now: list[Part]
    next: list[Part]
    expectation: Expectation | None


def progress(session: Session, instance: ProcessInstance) -> Progress:
    """What is done, in order; what is open; and the user tasks on every path to an end."""
    options = [undefer(ProcessDefinition.xml)]
    definition = session.get_one(ProcessDefinition, instance.definition_id, options=options)
    xml = definition.xml.encode()
    elements = read_elements(xml).elements
    told = [entry for entry in entries(session, instance.id) if entry.element_type in ACTIVITIES]
    waiting = {entry.element_id: entry for entry in told if entry.left_at is None}
    open_tasks = _open_tasks(session, instance.id)
    diagram = graph.read(xml)
    events = {
        node.id: node
        for node in _events(session, diagram, instance.id)
        if node.id and node.id not in waiting
    }
    ahead = _ahead(diagram, [*waiting, *events])
    done = {entry.element_id: entry for entry in told if _is_done(entry)}
    passed = sorted(done.values(), key=lambda entry: entry.left_at or now())
    to_do = {*ahead, *waiting, *events}
    return Progress(
        [_part(elements[one.element_id], one.left_at) for one in passed
         if one.element_id in elements and one.element_id not in to_do],
        [_part(elements[id_], one.entered_at, open_tasks.get(id_)) for id_, one in waiting.items()]
        + [_awaited(elements[id_], node) for id_, node in events.items()],
        [_part(elements[id_]) for id_ in ahead if id_ not in waiting and id_ not in events],
        None if events else _expectation(session, definition.key, waiting.values()),
    )  # fmt: skip


def _events(session: Session, diagram: Diagram, instance_id: UUID) -> list[Node]:
    """Where it waits for a message, a signal or a moment, but for the term of another wait."""
    drawn = [diagram.by_id.get(id_) for id_ in waiting_at(session, instance_id)]
    return [each for each in drawn if each and _is_waited_for(each)]


def _is_waited_for(node: Node) -> bool:
    sources = {flow.source.kind for flow in node.incoming if flow.source}
    is_term = node.event == "timer" and "eventBasedGateway" in sources
    return node.kind in CATCHES and not is_term


def _awaited(element: Element, node: Node) -> Part:
    """What it waits for; what has no name is told by its kind, as an id says nothing to people."""
    part = replace(_part(element), waits_for_event=True)
    if graph.label(node.element):
        return part
    named = word_list("insight.awaited")
    return replace(part, name=named.get(node.event or "message", named["other"]))


def _is_done(entry: Entry) -> bool:
    return entry.left_at is not None and entry.result == "completed"


def _ahead(diagram: Diagram, waiting: Iterable[str]) -> list[str]:
    """The activities that every way on passes, from any place where it waits now; nearest first."""
    found = dict[str, None]()
    for start in (diagram.by_id[id_] for id_ in waiting if id_ in diagram.by_id):
        shape = Shape(start.scope)
        for node in shape.from_here(start):
            if node.id and node.kind in ACTIVITIES and shape.is_needed(node, start):
                found[node.id] = None
    return list(found)


def _part(element: Element, at: datetime | None = None, task_id: UUID | None = None) -> Part:
    is_task = element.type == USER_TASK
    group, groups = element.candidate_group, element.candidate_groups
    return Part(element.id, element.name, group, is_task, at, task_id, groups)


def _open_tasks(session: Session, instance_id: UUID) -> dict[str, UUID]:
    query = select(UserTask.element_id, UserTask.id).where(
        UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN
    )
    return dict(session.execute(query).all())


def _expectation(session: Session, key: str, waiting: Iterable[Entry]) -> Expectation | None:
    """The latest of what the places say at which it waits; nothing when one cannot say."""
    found = []
    for entry in waiting:
        lengths = remaining(session, key, entry.element_id)
        one = expected(lengths, entry.entered_at, now())
        if one is None:
            return None
        found.append(one)
    return max(found, key=lambda one: one.most, default=None)
