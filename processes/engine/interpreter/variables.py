"""Collects the variables of a live instance from its tasks; the last write of each counts."""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from processes.engine.language.values import same

HAS_RUN = TaskState.FINISHED_MASK | TaskState.STARTED


def variables_in(top: Any) -> dict[str, Any]:
    """All variables, of running subprocesses too; data objects by their own names."""
    if top.completed:
        merged = dict(top.data)
    else:
        merged = {**top.task_tree.data, **_written_in([top, *top.subprocesses.values()])}
    merged.pop("data_objects", None)
    return {**merged, **top.data_objects}


def written_inside(boundary: Any) -> dict[str, Any]:
    """The variables written in the subprocess of this boundary event."""
    top = boundary.workflow.top_workflow
    inside = [inner for inner in top.subprocesses.values() if _is_guarded(inner, boundary)]
    written = _written_in(inside)
    written.pop("data_objects", None)
    return written


def _is_guarded(inner: Any, boundary: Any) -> bool:
    while inner.parent_workflow is not None:
        task = inner.parent_workflow.tasks[inner.parent_task_id]
        if inner.parent_workflow is boundary.workflow:
            return _is_below(task, boundary.parent)
        inner = inner.parent_workflow
    return False


def _is_below(task: Any, split: Any) -> bool:
    """Whether this is the activity itself, or a round of it; not what follows an event on it."""
    while task.parent is not None and task.parent is not split:
        task = task.parent
    return task.parent is split and not isinstance(task.task_spec, BoundaryEvent)


def _written_in(workflows: list[Any]) -> dict[str, Any]:
    """What the tasks in these changed; of each variable the latest value."""
    passed = [
        task for workflow in workflows for task in workflow.tasks.values() if task._state & HAS_RUN
    ]
    written: dict[str, Any] = {}
    for task in sorted(passed, key=_written_at):
        written |= _own_data(task)
    return written


def _written_at(task: Any) -> float:
    """When the data of this task changed last; of rounds, when the last of them was done."""
    moments = [task.last_state_change]
    if isinstance(task.task_spec, LoopTask):
        moments += [round_.last_state_change for round_ in task.children if _is_done_round(round_)]
    return float(max(moments))


def _own_data(task: Any) -> dict[str, Any]:
    """What this task changed; the element of a round stays the round's own."""
    parent = task.parent
    if parent is None:
        return dict(task.data)
    if _is_done_round(task):
        return {}  # the loop has it
    given = parent.data
    changed = {k: v for k, v in task.data.items() if k not in given or not same(given[k], v)}
    item = getattr(parent.task_spec, "input_item", None)
    if item is not None:
        changed.pop(item.bpmn_id, None)
    changed |= task.internal_data.get("given", {})
    return changed


def _is_done_round(task: Any) -> bool:
    loop = task.parent.task_spec
    is_round = isinstance(loop, LoopTask) and loop.task_spec == task.task_spec.name
    return is_round and bool(task.has_state(TaskState.COMPLETED))
