"""Overlaps of a decision table, and rules never hit, by interval arithmetic over its columns.

Only what the cells prove is told; the work is bounded, and what takes more is not looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from processes.engine.decisions.axes import Axis, Piece

STEPS: Final = 1_000_000


class TooManyStepsError(RuntimeError):
    """A table of which not all combinations are looked at."""


@dataclass
class Steps:
    """How much may still be looked at."""

    left: int = STEPS

    def take(self, count: int) -> None:
        """Raises TooManyStepsError."""
        self.left -= count
        if self.left < 0:
            raise TooManyStepsError


Combination: TypeAlias = tuple[Piece | None, ...]
"""A piece of each axis; None where any value does."""


@dataclass
class Search:
    """Looks for a combination that none of some rules takes."""

    axes: Sequence[Axis]
    steps: Steps
    within: int | None = None  # only what one of these rules takes
    _covered: set[tuple[int, int]] = field(default_factory=set)

    def missing(self, rules: int, at: int = 0) -> Combination | None:
        """A combination of the axes from `at` on that none of these rules takes."""
        if not rules:
            return (None,) * (len(self.axes) - at)
        if at == len(self.axes) or (at, rules) in self._covered or take_all(self.axes[at:], rules):
            return None
        axis, tried = self.axes[at], set()
        self.steps.take(len(axis.pieces) + 1)
        for piece in axis.pieces:
            left = rules & piece.rules
            if left in tried or (self.within is not None and not piece.rules & self.within):
                continue
            tried.add(left)
            rest = self.missing(left, at + 1)
            if rest is not None:
                return (piece, *rest)
        self._covered.add((at, rules))
        return None


def take_all(axes: Sequence[Axis], rules: int) -> bool:
    """Whether one of these rules takes every value of these axes."""
    for axis in axes:
        rules &= axis.any
    return bool(rules)


def never_hit(
    axes: Sequence[Axis], order: Sequence[int], known: int, steps: Steps
) -> Iterator[tuple[int, bool]]:
    """The rules that nothing is left for, in this order; whether earlier ones took it.

    `known` are the rules of which every cell is known. Raises TooManyStepsError.
    """
    before = 0
    for rule in order:
        bit = 1 << rule
        if known & bit:
            yield from _left_for(axes, rule, before, steps)
            before |= bit


def _left_for(
    axes: Sequence[Axis], rule: int, before: int, steps: Steps
) -> Iterator[tuple[int, bool]]:
    bit = 1 << rule
    if not all(any(piece.rules & bit for piece in axis.pieces) for axis in axes):
        yield rule, False
    elif before and Search(axes, steps, bit).missing(before) is None:
        yield rule, True


def overlaps(
    axes: Sequence[Axis], rules: int, steps: Steps
) -> Iterator[tuple[int, int, Combination]]:
    """Pairs of rules that take one combination, the earlier first. Raises TooManyStepsError."""
    for rule in bits_of(rules):
        others = rules & ~((1 << rule + 1) - 1)
        for axis in axes:
            others &= _met(axis, rule, steps)
        for other in bits_of(others):
            yield rule, other, _common(axes, (1 << rule) | (1 << other), steps)


def bits_of(rules: int) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while rules:
        lowest = rules & -rules
        yield lowest.bit_length() - 1
        rules ^= lowest


def _met(axis: Axis, rule: int, steps: Steps) -> int:
    """The rules that take a value of this axis which this rule takes too."""
    if axis.any >> rule & 1:
        return -1
    steps.take(len(axis.pieces))
    met = 0
    for piece in axis.pieces:
        if piece.rules >> rule & 1:
            met |= piece.rules
    return met


def _common(axes: Sequence[Axis], both: int, steps: Steps) -> Combination:
    steps.take(sum(len(axis.pieces) for axis in axes))
    return tuple(
        None
        if axis.any & both == both
        else next(each for each in axis.pieces if each.rules & both == both)
        for axis in axes
    )
