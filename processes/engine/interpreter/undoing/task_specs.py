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
        undo = Undo(*internal["undoing"])
        undoing = completions.undoing_of(top, undo.where, undo.element_id)
        if undoing is None:
            raise LookupError(undo.element_id)
        passed = undoing.at or undoing.by
        onward = (undoing.by.id,) if undoing.at else ()
        top.passages.append(Passage(new_id(), passed, "completed", onward))
        inner = top.create_subprocess(my_task, completions.specification_of(undoing))
        inner.completed_event.connect(self._on_subworkflow_completed, my_task)
        inner.task_tree.data.update(deepcopy({**my_task.data, **undo.given}))
        inner.task_tree.run()

    def _on_subworkflow_completed(self, inner: Any, my_task: Any) -> None:
        if my_task.has_state(TaskState.FINISHED_MASK):
            return
        undo = Undo(*my_task.internal_data.pop("undoing"))
        given = {**my_task.data, **undo.given}
        for name, value in inner.last_task.data.items():
            if name not in given or not same(given[name], value):
                my_task.data[name] = deepcopy(value)
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
            lambda done: done.scope in scopes and named in (None, done.element_id),
        )


class LoketCompensation(_Compensates, IntermediateThrowEvent):
    """An intermediate event that throws completions."""


class LoketCompensationEnd(_Compensates, EndEvent):
    """An end event that throws completions."""


class LoketCancelEnd(_Undoes, EndEvent):
    """Cancels its transaction: stops it, undoes what was done in it, leaves by the cancel event."""

    def _plan(self, my_task: Any) -> list[Undo]:
        top = my_task.workflow.top_workflow
        transaction = _transaction(my_task)
        loop = completions.loop_token(transaction)
        running = completions.within(top, (each.id.bytes for each in _rounds(transaction)))
        _stop_all_but(my_task)
        return completions.take(
            top, lambda done: done.scope in running or (loop is not None and done.loop == loop)
        )

    def _finish(self, my_task: Any) -> None:
        event = boundary_for(_transaction(my_task), Cancel, None)
        if event is None:
            element = my_task.task_spec.element
            raise ElementError(element.id, say("incidents.cancel-uncaught", element=element.name))
        catch(*event, {})


def inner_specification(task: Any) -> str:
    """The name of the specification of what runs inside this task."""
    row = task.internal_data.get("undoing")
    if row is None:
        return str(task.task_spec.spec)
    undo = Undo(*row)
    undoing = completions.undoing_of(task.workflow.top_workflow, undo.where, undo.element_id)
    if undoing is None:
        raise LookupError(undo.element_id)
    return completions.specification_of(undoing)


def undone_at(task: Any) -> str | None:
    """The name of the activity that is undone where this task is; None elsewhere."""
    for carrier in scopes_of(task):
        row = carrier.internal_data.get("undoing")
        if row is not None:
            undo = Undo(*row)
            activity = completions.activity_of(
                carrier.workflow.top_workflow, undo.where, undo.element_id
            )
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
