"""What branches bring to a join that merges them, as a part of a straight line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from processes.engine.interpreter.data.joins import merged, path_of
from processes.engine.interpreter.replay.shapes import CHANGED, Data

LATER = 1e18  # after every moment of a state


@dataclass(frozen=True, slots=True)
class Step:
    """A task on the way of a branch from the root to a join."""

    number: int  # the same task on two branches has the same
    source: int
    row: int | None  # where it has not changed, its row
    order: int  # else its place among what changed


@dataclass(frozen=True, slots=True)
class Merge:
    """A join that merged what its branches brought, and where the variables with that go."""

    branches: tuple[tuple[Step, ...], ...]  # each from the root, the one that came last at the end
    is_strict: bool
    target: int


class _Spec(NamedTuple):
    name: str = ""  # that of no event


@dataclass(eq=False)
class _Stand:
    """Stands for a task: what a merge asks of it."""

    data: dict[str, Any]
    parent: "_Stand | None"
    last_state_change: float
    internal_data: dict[str, Any] = field(default_factory=dict)
    task_spec: _Spec = field(default_factory=_Spec)


def met(merge: Merge, rows: list[list[Any]], data: Data) -> dict[str, Any]:
    """The variables after this join. Raises MergeConflictError, or AttributeError in its place."""
    stands: dict[int, _Stand] = {}
    ends = [_end(branch, rows, data, stands) for branch in merge.branches]
    return merged(None, ends, strict=merge.is_strict)


def _end(
    branch: Sequence[Step], rows: list[list[Any]], data: Data, stands: dict[int, _Stand]
) -> _Stand:
    parent = None
    for step in branch:
        if step.number not in stands:
            changed = LATER + 1000.0 * step.order if step.row is None else rows[step.row][CHANGED]
            stands[step.number] = _Stand(data.of(step.source), parent, changed)
        parent = stands[step.number]
    if parent is None:
        message = "a branch comes from somewhere"
        raise ValueError(message)
    return parent


@dataclass(frozen=True)
class Meeting:
    """The tasks of the branches that meet at a join, each from the root, as they are then."""

    branches: list[list[Any]]
    changed: dict[Any, float]
    is_strict: bool

    @property
    def is_plain(self) -> bool:
        """Whether no event came between them, that saw what another branch had."""
        tasks = [task for branch in self.branches for task in branch]
        return all(task.internal_data in ({}, {"event_fired": True}) for task in tasks)


def meeting(branches: Sequence[Any], *, strict: bool) -> Meeting:
    """What meets at a join now."""
    paths = [path_of(branch) for branch in branches]
    changed = {task.id: task.last_state_change for path in paths for task in path}
    return Meeting(paths, changed, strict)
