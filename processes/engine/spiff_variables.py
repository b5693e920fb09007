"""The variables of a live instance, gathered from its tokens: for each, what was written last."""

from typing import Any

from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

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
