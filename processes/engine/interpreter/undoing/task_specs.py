"""Task specs that undo: compensation events, and the end event that cancels a transaction.

Each waits until all that it undoes is undone, one activity at a time; what undoes an activity runs
as a subprocess of the event, so that it may wait for people and workers like any other.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent
from SpiffWorkflow.util.task import TaskState

from processes.base import new_id
from processes.engine.diagram.elements import Undoing
from processes.engine.interpreter.errors import boundary_for, catch, end, scopes_of
from processes.engine.interpreter.events import Cancel
from processes.engine.interpreter.outcomes import ElementError, Passage
from processes.engine.interpreter.task_specs import LoketTransaction
from processes.engine.interpreter.undoing import completions
from processes.engine.interpreter.undoing.completions import Undo
from processes.engine.language.values import same
from processes.engine.sentences.catalogue import say

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class _Undoes:
    """Runs what undoes each activity of its plan, the first one first."""

    def _run_hook(self, my_task: Any) -> bool | None:
        internal = my_task.internal_data
        if "undo" not in internal:
            internal["undo"] = self._plan(my_task)
        if internal["undo"]:
            self._undo_next(my_task)
            return None
        del internal["undo"]
        self._finish(my_task)
        return True

    def _plan(self, my_task: Any) -> list[Undo]:
        raise NotImplementedError

    def _finish(self, my_task: Any) -> None:
        """Everything is undone."""

    def _undo_next(self, my_task: Any) -> None:
        top, internal = my_task.workflow.top_workflow, my_task.internal_data
        internal["undoing"], *internal["undo"] = internal["undo"]
        undo, undoing = _undoing(my_task)
        passed = undoing.at or undoing.by
        onward = (undoing.by.id,) if undoing.at else ()
        top.passages.append(Passage(new_id(), passed, "completed", onward))
        inner = top.create_subprocess(my_task, completions.specification_of(undoing))
        inner.completed_event.connect(self._on_subworkflow_completed, my_task)
        inner.task_tree.data.update(deepcopy(_begun_with(my_task, undo)))
        if undo.objects:
            own = inner.data.get("data_objects", {})
            inner.data["data_objects"] = {**deepcopy(undo.objects), **own}
        inner.task_tree.run()

    def _on_subworkflow_completed(self, inner: Any, my_task: Any) -> None:
        if my_task.has_state(TaskState.FINISHED_MASK):
            return
        undo = _undoing(my_task)[0]
        begun = _begun_with(my_task, undo)
        written = {
            name: deepcopy(value)
            for name, value in inner.last_task.data.items()
            if name not in begun or not same(begun[name], value)
        }
        my_task.data.update(completions.given_back(my_task.workflow.top_workflow, undo, written))
        del my_task.internal_data["undoing"]
        my_task._set_state(TaskState.READY)

    def _on_cancel(self, my_task: Any) -> None:
        inner = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        if inner is not None:
            inner.cancel()
        super()._on_cancel(my_task)  # type: ignore[misc]


class _Compensates(_Undoes):
    """Undoes one activity, or all that was completed in its scope."""

    def _plan(self, my_task: Any) -> list[Undo]:
        scopes, element = set(_scopes(my_task)), my_task.task_spec.element
        named = element.undoes if element is not None else None
        return completions.take(
            my_task.workflow.top_workflow,
            lambda done: done.scope in scopes and named in (None, done.place[1]),
        )


class LoketCompensation(_Compensates, IntermediateThrowEvent):
    """An intermediate event that throws compensation."""


class LoketCompensationEnd(_Compensates, EndEvent):
    """An end event that throws compensation."""


class LoketCancelEnd(_Undoes, EndEvent):
    """Cancels its transaction: stops it, undoes what was done in it, leaves by the cancel event."""

    def _plan(self, my_task: Any) -> list[Undo]:
        top = my_task.workflow.top_workflow
        transaction = _transaction(my_task)
        loop = completions.loop_token(transaction)
        running = completions.within(top, (each.id.bytes for each in _rounds(transaction)))
        stopped = completions.left_undone(top, running)
        _stop_all_but(my_task)
        taken = completions.take(
            top, lambda done: done.scope in running or (loop is not None and done.loop == loop)
        )
        return taken + stopped

    def _finish(self, my_task: Any) -> None:
        event = boundary_for(_transaction(my_task), Cancel, None)
        if event is None:
            element = my_task.task_spec.element
            raise ElementError(element.id, say("incidents.cancel-uncaught", element=element.name))
        catch(*event, {})


def inner_specification(task: Any) -> str:
    """The name of the specification of what runs inside this task."""
    if "undoing" not in task.internal_data:
        return str(task.task_spec.spec)
    return completions.specification_of(_undoing(task)[1])


def _undoing(my_task: Any) -> tuple[Undo, Undoing]:
    """What this event is undoing now, and how."""
    undo = Undo(*my_task.internal_data["undoing"])
    undoing = completions.undoing_of(my_task.workflow.top_workflow, undo.place)
    if undoing is None:
        raise LookupError(undo.place)
    return undo, undoing


def _begun_with(my_task: Any, undo: Undo) -> dict[str, Any]:
    """The variables with which undoing begins: as they are, but what was written as it was."""
    top = my_task.workflow.top_workflow
    return {**completions.known_outside(top, undo, my_task.data), **undo.given}


def undone_at(task: Any) -> str | None:
    """The name of the activity that is undone where this task is; None elsewhere."""
    for carrier in scopes_of(task):
        row = carrier.internal_data.get("undoing")
        if row is not None:
            activity = completions.activity_of(carrier.workflow.top_workflow, Undo(*row).place)
            name: str = activity.element.name
            return name
    return None


def _scopes(my_task: Any) -> Iterator[bytes | None]:
    """The scopes in which a compensation event undoes (BPMN 2.0 §10.5.6).

    Its own; from an event subprocess, also that in which this is drawn.
    """
    own = completions.scope_token(my_task.workflow)
    yield own
    for carrier in scopes_of(my_task):
        if carrier.id.bytes == own:
            row = carrier.internal_data.get("undoing")
            if row is not None:
                yield Undo(*row).token
            elif carrier.task_spec.element.is_event_subprocess:
                yield completions.scope_token(carrier.workflow)


def _transaction(my_task: Any) -> Any:
    return next(each for each in scopes_of(my_task) if isinstance(each.task_spec, LoketTransaction))


def _rounds(task: Any) -> list[Any]:
    """The task itself, or all rounds of the loop that it is one of."""
    spec = task.task_spec
    return [each for each in task.parent.children if each.task_spec is spec] or [task]


def _stop_all_but(my_task: Any) -> None:
    """Stop every other token of the transaction, and its other rounds."""
    transaction, carrier = _transaction(my_task), my_task
    while carrier is not transaction:
        _stop_beside(carrier)
        workflow = carrier.workflow
        carrier = workflow.parent_workflow.tasks[workflow.parent_task_id]
    for other in _rounds(transaction):
        if other is not transaction:
            end(other)


def _stop_beside(carrier: Any) -> None:
    path = []
    above = carrier
    while above is not None:
        path.append(above)
        above = above.parent
    for task in list(carrier.workflow.tasks.values()):
        if task._state & OPEN and task not in path:
            end(task)
