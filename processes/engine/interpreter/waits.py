"""What an instance waits for: one `Wait` per open user task, job, timer, message or signal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.events import CycleTimer, Message, Multiple, Signal, Timer
from processes.engine.interpreter.task_specs import (
    LoketServiceTask,
)

MAY_WAIT = TaskState.WAITING | TaskState.STARTED
UNKNOWN = (None, None, None)


@dataclass(frozen=True)
class Awaited:
    """What of an element a token waits for: its timer, or the message or signal with this name."""

    element_id: str
    kind: str  # timer, message, signal
    name: str | None = None


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Wait:
    """One thing that one token waits for; where the first to happen wins a token has several.

    Of several timers in one event it is the one that is due first.
    """

    kind: str  # user, job, timer, message, signal
    token_id: UUID
    element: Element
    since: datetime
    data: Mapping[str, Any]  # the variables as this token sees them: do not change
    due_at: datetime | None = None  # of a timer
    name: str | None = None  # of a message or signal

    @property
    def awaited(self) -> "Awaited":
        """What of its element this waits for."""
        return Awaited(self.element.id, self.kind, self.name)

    @property
    def key(self) -> tuple[int, str, str, str | datetime | None]:
        """The identity of this wait; the next firing of a repeating timer is another wait."""
        # Of the id its number: a UUID's own hash is slow where a thousand tokens wait.
        return self.token_id.int, self.element.id, self.kind, self.name or self.due_at


def waits_of(top: Any) -> list[Wait]:
    """All waits of this live workflow, in the order in which the tokens came."""
    found: list[Wait] = []
    for workflow in (top, *top.subprocesses.values()):
        for task in workflow.tasks.values():
            state = task._state
            if state == TaskState.READY and task.task_spec.manual:
                # One of a thousand rounds stands still in most steps: it is the same wait.
                since, known, kept = task.__dict__.get("waits", UNKNOWN)
                if since == task.last_state_change and known is task.data:
                    found.append(kept)
                else:
                    found.append(_user_wait(task))
            elif state & MAY_WAIT:
                found += _event_or_job_waits(task, state)
    return found


def _event_or_job_waits(task: Any, state: int) -> Sequence[Wait]:
    spec = task.task_spec
    if state == TaskState.STARTED and isinstance(spec, LoketServiceTask):
        return (_wait("job", task, spec.element),)
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        return list(_event_waits(task))
    return ()


def may_wait(spec: Any) -> bool:
    """Whether tokens wait at this element itself, and not for what is inside it."""
    return bool(spec.manual) or isinstance(spec, LoketServiceTask | CatchingEvent)


def definitions_of(spec: Any) -> list[Any]:
    """The event definitions that this catching element listens to."""
    definition = spec.event_definition
    return definition.event_definitions if isinstance(definition, Multiple) else [definition]


def awaited(task: Any) -> list[Any]:
    """The event definitions that have still to happen at this token."""
    definition = task.task_spec.event_definition
    return definition.awaited(task) if isinstance(definition, Multiple) else [definition]


def definition_for(task: Any, wanted: Awaited) -> Any:
    """The definition that waits for this; None where none does any more."""
    if wanted.kind == "timer":
        return due_first(task, wanted.element_id)
    kind = Message if wanted.kind == "message" else Signal
    fitting = (
        each
        for each in awaited(task)
        if isinstance(each, kind)
        and (each.element.id, each.name) == (wanted.element_id, wanted.name)
    )
    return next(fitting, None)


def due_first(task: Any, element_id: str) -> Any:
    """The timer of this element that fires next; None where none does."""
    timed = [
        (due, number, each)
        for number, each in enumerate(awaited(task))
        if isinstance(each, Timer | CycleTimer)
        and each.element.id == element_id
        and (due := each.due_at(task)) is not None
    ]
    return min(timed)[2] if timed else None


def _user_wait(task: Any) -> Wait:
    wait = _wait("user", task, task.task_spec.element)
    task.waits = (task.last_state_change, task.data, wait)
    return wait


def _event_waits(task: Any) -> Iterator[Wait]:
    for definition in awaited(task):
        element = getattr(definition, "element", None)
        match definition:
            case Timer() | CycleTimer() if due_first(task, definition.element.id) is definition:
                yield _wait("timer", task, element, due_at=definition.due_at(task))
            case Message():
                yield _wait("message", task, element, name=definition.name)
            case Signal():
                yield _wait("signal", task, element, name=definition.name)


def _wait(kind: str, task: Any, element: Any, **of_event: Any) -> Wait:
    since = datetime.fromtimestamp(task.last_state_change, UTC)
    return Wait(kind, task.id, element, since, task.data, **of_event)


def without_common(before: list[Wait], after: list[Wait]) -> tuple[list[Wait], list[Wait]]:
    """Both without the waits with which both begin, and those with which both end."""
    first = _in_common(before, after)
    before, after = before[first:], after[first:]
    last = _in_common(reversed(before), reversed(after))
    return before[: len(before) - last], after[: len(after) - last]


def _in_common(some: Iterable[Wait], others: Iterable[Wait]) -> int:
    """With how many waits both begin: the very same ones."""
    number = -1
    for number, (one, other) in enumerate(zip(some, others, strict=False)):
        if one is not other:
            return number
    return number + 1


def open_tokens(waits: Iterable[Wait]) -> set[int]:
    """The tokens that wait, by number: a UUID's own hash is slow where a thousand tokens wait."""
    return {wait.token_id.int for wait in waits}
