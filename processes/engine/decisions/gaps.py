"""Gaps of a decision table: the combinations of inputs that no rule takes, few and large.

What is missing at a piece of a column is joined with the same that is missing beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from processes.engine.decisions.axes import Axis, Piece
from processes.engine.decisions.coverage import (
    Combination,
    Search,
    Steps,
    TooManyStepsError,
    take_all,
)

MOST: Final = 1000  # gaps that are counted
STEPS: Final = 200_000

Gap: TypeAlias = tuple[tuple[int, int] | None, ...]
"""The numbers of the first and the last piece of each axis; None where any value does."""


def gaps(axes: Sequence[Axis], rules: int) -> list[Combination]:
    """An example of each gap; of a table with too many to look at, one.

    Raises TooManyStepsError where even one takes too long to find.
    """
    try:
        found = _Joined(axes, Steps(STEPS)).missing(rules)
    except TooManyStepsError:
        one = Search(axes, Steps()).missing(rules)
        return [] if one is None else [one]
    return [_example(axes, each) for each in found]


def _example(axes: Sequence[Axis], gap: Gap) -> Combination:
    return tuple(
        None if ends is None else axis.pieces[ends[0]] for axis, ends in zip(axes, gap, strict=True)
    )


_Run: TypeAlias = tuple[tuple[int, int], Gap]


@dataclass
class _Joined:
    """Finds the gaps from one axis on, for each set of rules that is left there."""

    axes: Sequence[Axis]
    steps: Steps
    _found: dict[tuple[int, int], list[Gap]] = field(default_factory=dict)

    def missing(self, rules: int, at: int = 0) -> list[Gap]:
        """What none of these rules takes of the axes from `at` on. Raises TooManyStepsError."""
        if not rules:
            return [(None,) * (len(self.axes) - at)]
        if at == len(self.axes) or take_all(self.axes[at:], rules):
            return []
        if (at, rules) not in self._found:
            self._found[at, rules] = self._join(self.axes[at].pieces, rules, at)
        return self._found[at, rules]

    def _join(self, pieces: Sequence[Piece], rules: int, at: int) -> list[Gap]:
        found = sorted(self._runs(pieces, rules, at), key=lambda run: run[0])
        if len(found) > MOST:
            raise TooManyStepsError
        whole = (0, len(pieces) - 1)
        return [(None if ends == whole else ends, *rest) for ends, rest in found]

    def _runs(self, pieces: Sequence[Piece], rules: int, at: int) -> Iterator[_Run]:
        """Neighbouring pieces beside which the same is missing."""
        begun: dict[Gap, int] = {}
        for number, piece in enumerate(pieces):
            beside = self.missing(rules & piece.rules, at + 1)
            self.steps.take(1 + len(beside))
            ended = [rest for rest in begun if rest not in beside]
            yield from (((begun.pop(rest), number - 1), rest) for rest in ended)
            begun = dict.fromkeys(beside, number) | begun
        yield from (((first, len(pieces) - 1), rest) for rest, first in begun.items())
