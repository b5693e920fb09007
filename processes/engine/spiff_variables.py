"""The variables of a live instance, gathered from its tokens: for each, what was written last."""

from typing import Any

from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from processes.engine.spiff_events import Conditional
from processes.engine.spiff_waits import definitions_of

HAS_RUN = TaskState.FINISHED_MASK | TaskState.STARTED


def variables_in(top: Any) -> dict[str, Any]:
    """All variables, of the running subprocesses too; data objects by their own names."""
    if top.completed:
        return dict(top.data)
    merged = dict(top.task_tree.data)
    workflows = (top, *top.subprocesses.values())
    passed = [
        task for workflow in workflows for task in workflow.tasks.values() if task._state & HAS_RUN
    ]
    for task in sorted(passed, key=lambda task: task.last_state_change):
        merged |= _own_data(task)
    merged.pop("data_objects", None)
    return {**merged, **top.data_objects}


def conditions_come_true(top: Any) -> list[tuple[Any, Conditional]]:
    """The conditional events whose condition holds now, and did not when we last looked."""
    waiting = [
        (task, definition)
        for task in top.event_manager.tasks.values()
        for definition in definitions_of(task.task_spec)
        if task._state == TaskState.WAITING and isinstance(definition, Conditional)
    ]
    if not waiting:
        return []
    variables = variables_in(top)
    return [(task, its) for task, its in waiting if its.comes_true(task, variables)]


def _own_data(task: Any) -> dict[str, Any]:
    """What this task changed; the element of a round stays the round's own."""
    parent = task.parent
    if parent is None:
        return dict(task.data)
    changed: dict[str, Any] = DeepMerge.get_updated_keys(parent.data, task.data)
    item = getattr(parent.task_spec, "input_item", None)
    if item is not None:
        changed.pop(item.bpmn_id, None)
    return changed
