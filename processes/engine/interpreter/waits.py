"""What an instance waits for: one `Wait` per open user task, job, timer, message or signal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.events import CycleTimer, Message, Signal, Timer
from processes.engine.interpreter.task_specs import (
    LoketEventBasedGateway,
    LoketInclusiveGateway,
    LoketParallelGateway,
    LoketServiceTask,
)


@dataclass(frozen=True)
class Wait:
    """One thing that one token waits for; at an event-based gateway a token has several."""

    kind: str  # user, job, timer, message, signal
    token_id: UUID
    element: Element
    since: datetime
    data: Mapping[str, Any]  # the variables as this token sees them: do not change
    due_at: datetime | None = None  # of a timer
    name: str | None = None  # of a message or signal

    @property
    def key(self) -> tuple[int, str, datetime | None]:
        """The identity of this wait; the next firing of a repeating timer is another wait."""
        # Of the id its number: a UUID's own hash is slow where a thousand tokens wait.
        return self.token_id.int, self.element.id, self.due_at


def waits_of(top: Any) -> list[Wait]:
    """All waits of this live workflow, in the order in which the tokens came."""
    return [
        wait
        for workflow in (top, *top.subprocesses.values())
        for task in workflow.tasks.values()
        for wait in _waits_of_task(task)
    ]


def joins_of(top: Any) -> list[Element]:
    """The joins where a branch waits for the others."""
    return [
        task.task_spec.element
        for workflow in (top, *top.subprocesses.values())
        for task in workflow.tasks.values()
        if task._state == TaskState.WAITING
        and isinstance(task.task_spec, LoketParallelGateway | LoketInclusiveGateway)
    ]


def _waits_of_task(task: Any) -> Sequence[Wait]:
    spec = task.task_spec
    state = task._state
    if state == TaskState.READY and spec.manual:
        return (_user_wait(task),)
    if state == TaskState.STARTED and isinstance(spec, LoketServiceTask):
        return (_wait("job", task, spec.element),)
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        return [w for definition in definitions_of(spec) for w in _event_wait(task, definition)]
    return ()


def may_wait(spec: Any) -> bool:
    """Whether tokens wait at this element itself, and not for what is inside it."""
    return bool(spec.manual) or isinstance(spec, LoketServiceTask | CatchingEvent)


def definitions_of(spec: Any) -> list[Any]:
    """The event definitions that this catching element listens to."""
    if isinstance(spec, LoketEventBasedGateway):
        return list(spec.event_definition.event_definitions)
    return [spec.event_definition]


def _user_wait(task: Any) -> Wait:
    # One of a thousand rounds stands still in most steps: it is the same wait as before.
    mark = (task.last_state_change, id(task.data))
    kept = task.__dict__.get("waits")
    if kept is None or kept[0] != mark:
        kept = task.waits = (mark, _wait("user", task, task.task_spec.element))
    wait: Wait = kept[1]
    return wait


def _event_wait(task: Any, definition: Any) -> Iterator[Wait]:
    match definition:
        case Timer() | CycleTimer():
            due = task.internal_data.get("timers", {}).get(definition.element.id)
            if due is not None:
                element = definition.element
                yield _wait("timer", task, element, due_at=datetime.fromisoformat(due))
        case Message():
            yield _wait("message", task, definition.element, name=definition.name)
        case Signal():
            yield _wait("signal", task, definition.element, name=definition.name)


def _wait(kind: str, task: Any, element: Element, **of_event: Any) -> Wait:
    since = datetime.fromtimestamp(task.last_state_change, UTC)
    return Wait(kind, task.id, element, since, task.data, **of_event)
