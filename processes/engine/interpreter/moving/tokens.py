"""Lists every token of a live instance with what it waits for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.events import Cancel, Conditional, Error, Escalation
from processes.engine.interpreter.moving.compatibility import words_of
from processes.engine.interpreter.task_specs import LoketEndJoin
from processes.engine.interpreter.undoing.task_specs import undone_at
from processes.engine.interpreter.waits import Wait, awaited, definitions_of

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


@dataclass(frozen=True)
class Token:
    """One token, and why it waits."""

    token_id: UUID
    element_id: str
    name: str
    since: datetime
    kind: str  # waits, condition, join, nothing
    waits: tuple[Wait, ...] = ()
    undoes: str | None = None  # the name of the activity that this token helps to undo
    conditions: int = 0  # for how many conditions it waits besides
    needs_all: bool = False  # whether all of it has to happen, and not the first
    is_named: bool = True  # False: no name is drawn where it is, but its id
    scope: str = ""  # the id of the process or subprocess that it is in

    @property
    def is_awaiting(self) -> bool:
        """Whether it waits for somebody or something, and not only for other tokens."""
        return self.kind in ("waits", "condition")


def tokens_of(top: Any) -> list[Token]:
    """All tokens, without the tasks that only carry others (subprocess, loop, end of scope)."""
    waits: dict[UUID, list[Wait]] = {}
    for wait in top.waits():
        waits.setdefault(wait.token_id, []).append(wait)
    return [
        _token(task, tuple(waits.get(task.id, ())))
        for scope in (top, *top.subprocesses.values())
        for task in scope.tasks.values()
        if task._state & OPEN and not _carries_others(task, top)
    ]


def _carries_others(task: Any, top: Any) -> bool:
    spec = task.task_spec
    if isinstance(spec, BoundaryEventJoin | LoketEndJoin):
        return True
    if isinstance(spec, LoopTask):
        return any(child._state & OPEN for child in task.children)
    if isinstance(spec, CatchingEvent) and all(
        isinstance(each, Cancel | Error | Escalation) for each in definitions_of(spec)
    ):
        return True
    inner = top.subprocesses.get(task.id)
    return inner is not None and any(each._state & OPEN for each in inner.tasks.values())


def _token(task: Any, waits: tuple[Wait, ...]) -> Token:
    spec = task.task_spec
    id_, name = words_of(spec)
    since = datetime.fromtimestamp(task.last_state_change, UTC)
    catches = awaited(task) if isinstance(spec, CatchingEvent) else ()
    conditions = sum(isinstance(each, Conditional) for each in catches)
    needs_all = getattr(getattr(spec, "event_definition", None), "parallel", False)
    if waits:
        kind = "waits"
    elif conditions:
        kind = "condition"
    elif isinstance(spec, UnstructuredJoin):
        kind = "join"
    else:
        kind = "nothing"
    undoes = undone_at(task)
    is_named = spec.element is not None and spec.element.is_named
    return Token(
        *(task.id, id_, name, since, kind, waits, undoes, conditions, needs_all, is_named),
        scope=task.workflow.spec.name,
    )
