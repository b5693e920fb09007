"""Three-way merge of variables at a join, so that no branch overwrites what it did not change."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from operator import is_
from typing import Any

from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.lean_tasks import passed_on
from processes.engine.interpreter.rewriting import EVENT, drawn_by, drawn_id
from processes.engine.language.values import same

# In the internal data of an event beside an activity: which variables it knows from there, and
# where an event subprocess had written these since, which value the activity itself had.
SEEN, OWN = "seen", "own"
KNOWN = "known"  # of a conditional event: what its condition read, wherever that was written


class MergeConflictError(Exception):
    """Two branches that meet at a join gave the same variable different values."""

    def __init__(self, element_id: str, variable: str, branches: tuple[str, str]) -> None:
        super().__init__(
            f"{branches[0]!r} and {branches[1]!r} both changed {variable!r} before {element_id!r}"
        )
        self.element_id = element_id
        self.variable = variable
        self.branches = branches


@dataclass(frozen=True)
class _Write:
    """Where a branch got the value of a variable: the last task on its path that changed it."""

    key: str
    by: Any
    branch: Any
    path: list[Any]

    def is_before(self, other: "_Write") -> bool:
        """Whether the other branch knew of this, and wrote it anew."""
        if self.by is other.by:
            return False
        if self.by in other.path[: other.path.index(other.by)] or self._is_seen_of(other):
            return True
        known = other.path[: other.path.index(other.by) + 1]
        return any(self._was_done_before(task) or self._was_seen_at(task) for task in known)

    def _is_seen_of(self, other: "_Write") -> bool:
        """Whether this is only what an event saw of where the other comes from, that wrote anew."""
        return (
            saw(self.by, self.key)
            and (self.by.parent in other.path or self.key in self.by.internal_data.get(KNOWN, ()))
            and bool(self.by.last_state_change < other.by.last_state_change)
            and not other._was_seen_at(self.by)
        )

    def _was_done_before(self, event: Any) -> bool:
        """Whether an event came after this, that sees all: of its scope, or of what it is about."""
        saw_all = self.key in event.internal_data.get(KNOWN, ())
        saw_all = saw_all or event.task_spec.name.endswith(EVENT)
        return (
            saw_all
            and self._is_beside(event)
            and bool(self.by.last_state_change < event.last_state_change)
        )

    def _was_seen_at(self, event: Any) -> bool:
        """Whether the branch had this value when an event happened beside it."""
        if not self._is_beside(event):
            return False
        then = event.internal_data.get(OWN, {}).get(self.key, event.data[self.key])
        return same(then, self.branch.data[self.key])

    def _is_beside(self, event: Any) -> bool:
        if not saw(event, self.key) or event in self.path:
            return False
        return event.parent in self.path or self.key in event.internal_data.get(KNOWN, ())


def saw(task: Any, key: str) -> bool:
    """Whether this is an event that has the variable from what runs beside it."""
    internal = task.internal_data
    return key in internal.get(SEEN, ()) or key in internal.get(KNOWN, ())


def merge(my_task: Any, *, strict: bool) -> None:
    """Merge the data of all branches that end in this join, against their common ancestor.

    Raises MergeConflictError when strict and two branches disagree.
    """
    others = arrived_before(my_task)
    if others:  # without them it has what its one branch brought
        branches = [task.parent for task in others] + [my_task.parent]
        recorder = my_task.workflow.top_workflow.recorder
        if recorder is not None:
            recorder.met(my_task, branches, strict=strict)
        my_task.data = merged(my_task, branches, strict=strict)
    for task in others:
        if task.has_state(TaskState.COMPLETED):
            task._drop_children(force=True)


def merged(my_task: Any, branches: list[Any], *, strict: bool) -> dict[str, Any]:
    """What these tasks, the last ones of their branches, come to. Raises MergeConflictError."""
    paths = [path_of(branch) for branch in branches]
    base = last_common(paths).data
    found = passed_on(base)
    for key in {key: None for branch in branches for key in branch.data}:
        if key in base and all(_has_still(branch, key, base[key]) for branch in branches):
            continue
        writes = last_writes(key, paths, base, strict=strict)
        if strict:
            _refuse_conflict(my_task, key, writes)
        if writes:
            latest = max(writes, key=lambda write: write.by.last_state_change)
            found[key] = deepcopy(latest.branch.data[key])
    for branch in branches:
        for key in base.keys() - branch.data.keys():
            found.pop(key, None)
    return found


def _has_still(branch: Any, key: str, value: Any) -> bool:
    """Whether this branch has the very value that its split had: most variables of most branches.

    By identity alone; where that does not tell, `last_writes` looks.
    """
    if key not in branch.data:
        return True  # it dropped the variable, which goes anyway
    own = branch.data[key]
    if isinstance(own, dict) and isinstance(value, dict):
        own, value = [*own, *own.values()], [*value, *value.values()]
    if isinstance(own, list) and isinstance(value, list):
        return len(own) == len(value) and all(map(is_, own, value))
    return own is value


def last_writes(key: str, paths: list[list[Any]], base: Any, *, strict: bool) -> list[_Write]:
    """What the branches wrote to this variable, without what another of them knew already."""
    writes = []
    for path in paths:
        branch = path[-1]
        if key not in branch.data:
            continue
        untouched = key in base and same(branch.data[key], base[key])
        if strict and untouched and not any(saw(task, key) for task in path):
            continue
        by = _writer(key, path)
        if by is not None:
            writes.append(_Write(key, by, branch, path))
    return [write for write in writes if not any(write.is_before(other) for other in writes)]


def _writer(key: str, path: list[Any]) -> Any:
    for task, before in pairwise(reversed(path)):
        if key not in before.data or not same(before.data[key], task.data.get(key)):
            return task
    return None


def _refuse_conflict(my_task: Any, key: str, writes: list[_Write]) -> None:
    for one, other in pairwise(writes):
        if not same(one.branch.data[key], other.branch.data[key]):
            names = (_element_id(one.branch), _element_id(other.branch))
            raise MergeConflictError(_joining(my_task), key, names)


def arrived_before(my_task: Any) -> list[Any]:
    """The tasks of other branches of this round at the join, oldest first."""
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


def last_common(paths: Sequence[list[Any]]) -> Any:
    """The last task on all of these paths, which begin at the same one."""
    common = paths[0][0]
    for step in zip(*paths, strict=False):
        if any(task is not step[0] for task in step):
            break
        common = step[0]
    return common


def path_of(task: Any) -> list[Any]:
    """From the root down to this task."""
    path = []
    while task is not None:
        path.append(task)
        task = task.parent
    return path[::-1]


def _joining(my_task: Any) -> str:
    """The join that was drawn; of the end of a subprocess the subprocess."""
    workflow = my_task.workflow
    if my_task.task_spec.bpmn_id or workflow.parent_workflow is None:
        return my_task.task_spec.bpmn_id or ""
    host = workflow.parent_workflow.tasks[workflow.parent_task_id]
    return drawn_id(host.task_spec.bpmn_id)


def _element_id(task: Any) -> str:
    """The element that was drawn, at which or after which this task came."""
    while task is not None and not drawn_by(task.task_spec):
        task = task.parent
    return task.task_spec.bpmn_id if task is not None else ""
