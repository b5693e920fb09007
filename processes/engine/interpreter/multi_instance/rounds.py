"""The round of a multi-instance that a token is in: its element, its number, what it wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask

from processes.engine.interpreter.data.rounds import own_names, still_to_begin
from processes.engine.interpreter.errors import scopes_of
from processes.engine.language.values import same


@dataclass(frozen=True)
class Round:
    """One round, as the person sees it who does a task in it."""

    number: int  # from 1
    total: int
    element: Any  # of the collection; None where it counts
    written: Mapping[str, Any]  # the variables that this round itself has given a value


class Rounds:
    """The rounds of one workflow that stands still; each multi-instance is counted once."""

    def __init__(self, top: Any) -> None:
        self._top = top
        self._numbers: dict[UUID, dict[UUID, int]] = {}  # by loop: the number of each round

    def at(self, token_id: UUID) -> Round | None:
        """The innermost round that this token is in. Raises TokenGoneError."""
        token = self._top._task(token_id)
        for task in (token, *scopes_of(token)):
            loop = task.parent
            spec = loop.task_spec if loop is not None else None
            if isinstance(spec, MultiInstanceTask) and spec.task_spec == task.task_spec.name:
                return _round(task, loop, token, self._numbers_of(loop))
        return None

    def _numbers_of(self, loop: Any) -> dict[UUID, int]:
        if loop.id not in self._numbers:
            rounds = enumerate(loop.task_spec._rounds(loop), start=1)
            self._numbers[loop.id] = {task.id: number for number, task in rounds}
        return self._numbers[loop.id]


def round_at(top: Any, token_id: UUID) -> Round | None:
    """The innermost round that this token is in. Raises TokenGoneError."""
    return Rounds(top).at(token_id)


def _round(task: Any, loop: Any, token: Any, numbers: dict[UUID, int]) -> Round:
    spec, begun = loop.task_spec, loop.data
    item = spec.input_item.bpmn_id if spec.input_item is not None else None
    own = own_names(spec)
    written = {
        name: value
        for name, value in token.data.items()
        if name not in own and (name not in begun or not same(begun[name], value))
    }
    total = len(numbers) + still_to_begin(loop)
    return Round(numbers[task.id], total, token.data.get(item), written)
