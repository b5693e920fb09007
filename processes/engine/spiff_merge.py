"""The three-way merge at a join: a branch that left a variable alone never overwrites another."""

from copy import deepcopy
from typing import Any

from SpiffWorkflow.util.task import TaskState


class MergeConflictError(Exception):
    """Two branches that meet at a join gave the same variable different values."""

    def __init__(self, element_id: str, variable: str, branches: tuple[str, str]) -> None:
        super().__init__(
            f"{branches[0]!r} and {branches[1]!r} both changed {variable!r} before {element_id!r}"
        )
        self.element_id = element_id
        self.variable = variable
        self.branches = branches


def merge(my_task: Any, *, strict: bool) -> None:
    """Give this join the data of all branches that end in it, against what they began with."""
    others = arrived_before(my_task)
    branches = [task.parent for task in others] + [my_task.parent]
    base = _common_ancestor(branches).data
    merged = deepcopy(base)
    changed_by: dict[str, Any] = {}
    for branch in branches:
        for key, value in branch.data.items():
            if key in base and base[key] == value:
                continue
            earlier = changed_by.get(key)
            if strict and earlier is not None and earlier.data.get(key) != value:
                names = (_element_id(earlier), _element_id(branch))
                raise MergeConflictError(my_task.task_spec.bpmn_id or "", key, names)
            changed_by[key] = branch
            merged[key] = deepcopy(value)
        for key in base.keys() - branch.data.keys():
            merged.pop(key, None)
    my_task.data = merged
    for task in others:
        if task.has_state(TaskState.COMPLETED):
            task._drop_children(force=True)


def arrived_before(my_task: Any) -> list[Any]:
    """What other branches of this round left at the join, oldest first; earlier rounds are over."""
    fired = max(
        (
            task.last_state_change
            for task in my_task.workflow.tasks.values()
            if task.task_spec is my_task.task_spec and task.has_state(TaskState.COMPLETED)
        ),
        default=0.0,
    )
    return sorted(
        (
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is my_task.task_spec
            and task is not my_task
            and task.has_state(TaskState.CANCELLED | TaskState.WAITING)
            and task.last_state_change >= fired
            and task.parent is not None
            and task.parent.has_state(TaskState.COMPLETED)
        ),
        key=lambda task: task.last_state_change,
    )


def _common_ancestor(branches: list[Any]) -> Any:
    paths = [_path(branch) for branch in branches]
    common = paths[0][0]
    for step in zip(*paths, strict=False):
        if any(task is not step[0] for task in step):
            break
        common = step[0]
    return common


def _path(task: Any) -> list[Any]:
    """From the root down to this task."""
    path = []
    while task is not None:
        path.append(task)
        task = task.parent
    return path[::-1]


def _element_id(task: Any) -> str:
    while task is not None and not getattr(task.task_spec, "bpmn_id", None):
        task = task.parent
    return task.task_spec.bpmn_id if task is not None else ""
