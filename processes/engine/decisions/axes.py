"""The columns of a decision table cut into pieces within which every rule takes all or nothing."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from processes.dutch import date_in_words
from processes.engine.decisions.regions import FIRST, LAST, WHOLE, Cut, Interval, Region
from processes.engine.language.feel.moments import Date, date_of
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel.values import Months, Seconds

DISCRETE: Final = frozenset(
    {"date", "years and months duration", "boolean"}
)  # between two that follow is nothing
TRUTHS: Final = Region("boolean", ((Cut(0, 0, -1), Cut(0, 0, 1)), (Cut(0, 1, -1), Cut(0, 1, 1))))


@dataclass(frozen=True)
class Piece:
    """A part of an axis that no cell divides, and the rules that take it, as bits of a number."""

    low: Cut
    high: Cut
    rules: int


@dataclass(frozen=True)
class Axis:
    """A column: what it is called, its pieces in order, and the rules that take all of it."""

    name: str
    kind: str
    is_whole_numbers: bool
    pieces: tuple[Piece, ...]
    any: int
    unknown: int  # the rules of whose cell nothing is known; they stand in every piece

    def example(self, piece: Piece) -> str:
        """A value of a piece as FEEL writes it, a date as people do.

        "" where it is no matter, or any other text.
        """
        if piece.low.rank and piece.high.rank:
            return ""
        if self.kind == "string" and piece.low.key != piece.high.key:
            return ""
        return _shown(self.kind, _key_in(piece, discrete=self.is_discrete))

    @property
    def is_discrete(self) -> bool:
        return self.is_whole_numbers or self.kind in DISCRETE


def axis_of(
    name: str,
    regions: Sequence[Region | None],
    allowed: Region = WHOLE,
    *,
    is_whole_numbers: bool = False,
    only_named: bool = False,
) -> Axis:
    """The axis of a column by the regions of its cells; a cell of which nothing is known has none.

    `allowed` is what the column may hold. `only_named` leaves out texts that no cell names.
    """
    kind = next((each.kind for each in [allowed, *filter(None, regions)] if each.kind), "")
    if kind == "boolean":
        allowed = allowed.within(TRUTHS)
    unknown = bits(each is None or each.kind not in ("", kind) for each in regions)
    filled = [
        WHOLE if each is None or unknown >> at & 1 else each for at, each in enumerate(regions)
    ]
    discrete, named = is_whole_numbers or kind in DISCRETE, only_named and kind == "string"
    pieces = (
        piece
        for piece in pieces_of(filled, allowed)
        if not _is_empty(piece, discrete=discrete, only_named=named)
    )
    any_ = bits(each.is_whole for each in filled)
    return Axis(name, kind, is_whole_numbers, tuple(pieces), any_, unknown)


def bits(rules: Iterable[bool]) -> int:
    return sum(1 << at for at, holds in enumerate(rules) if holds)


def pieces_of(regions: Sequence[Region], allowed: Region = WHOLE) -> Iterator[Piece]:
    """The parts of the axis between the ends of regions, where it is allowed."""
    changes: dict[Cut, int] = {FIRST: 0, LAST: 0}
    inside: dict[Cut, int] = {}
    for at, region in enumerate(regions):
        for low, high in region.parts:
            for cut in (low, high):
                changes[cut] = changes.get(cut, 0) ^ (1 << at)
    for cut, change in ((cut, step) for part in allowed.parts for cut, step in _ends(part)):
        changes.setdefault(cut, 0)
        inside[cut] = inside.get(cut, 0) + change
    cuts, rules, depth = sorted(changes), 0, 0
    for low, high in pairwise(cuts):
        rules ^= changes[low]
        depth += inside.get(low, 0)
        if depth:
            yield Piece(low, high, rules)


def _ends(part: Interval) -> tuple[tuple[Cut, int], tuple[Cut, int]]:
    return (part[0], 1), (part[1], -1)


def _is_empty(piece: Piece, *, discrete: bool, only_named: bool) -> bool:
    """Whether no value lies in a piece, or none that a cell names."""
    low, high = piece.low, piece.high
    if discrete and not low.rank and not high.rank:
        return _first(low) > _last(high)
    names_low, names_high = not low.rank and low.side < 0, not high.rank and high.side > 0
    return only_named and not names_low and not names_high


def _key_in(piece: Piece, *, discrete: bool) -> Any:
    low, high = piece.low, piece.high
    if low.rank:
        return _last(high)
    if high.rank or discrete:
        return low.key if low.side < 0 and not discrete else _first(low)
    return low.key if low.side < 0 else (_exact(low.key) + _exact(high.key)) / 2


def _first(low: Cut) -> int:
    """The first whole number after a cut."""
    key = _exact(low.key)
    return math.ceil(key) if low.side < 0 else math.floor(key) + 1


def _last(high: Cut) -> int:
    """The last whole number before a cut."""
    key = _exact(high.key)
    return math.floor(key) if high.side > 0 else math.ceil(key) - 1


def _exact(key: Any) -> Decimal:
    return Decimal(repr(key)) if isinstance(key, float) else Decimal(key)


_SHOWN: Final[dict[str, Callable[[Any], Any]]] = {
    "number": _exact,
    "boolean": bool,
    "years and months duration": lambda key: Months(int(key)),
    "days and time duration": lambda key: Seconds(_exact(key)),
}


def _shown(kind: str, key: Any) -> str:
    if kind == "date":
        return _day_in_words(date_of(int(key)))
    return text_of(_SHOWN[kind](key) if kind in _SHOWN else key)


def _day_in_words(day: Date) -> str:
    try:
        return date_in_words(date(day.year, day.month, day.day))
    except ValueError:  # before the year 1, or after 9999
        return text_of(day)
