"""An index of a decision table: which rules take the values of its inputs, without trying each.

Each column is cut at the ends of its cells (`axes`); between two cuts the same rules hit. Only
rules whose every cell is of literals are in it, and only values of the kind of a column are looked
up.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from processes.engine.decisions.axes import bits, pieces_of
from processes.engine.decisions.regions import WHOLE, Cut, Region, place


@dataclass(frozen=True)
class _Column:
    kind: str  # "" where every cell takes any value
    cuts: tuple[Cut, ...]
    rules: tuple[int, ...]  # from each cut on, as bits

    def taking(self, value: Any) -> int | None:
        """The rules that take a value; None where it is of another kind."""
        if not self.kind:
            return self.rules[0] if value is not None else None
        found = place(value)
        if found is None or found[0] != self.kind:
            return None
        return self.rules[bisect_right(self.cuts, (0, found[1], 0)) - 1]


@dataclass(frozen=True)
class Index:
    """The rules of a table by the values of its inputs."""

    columns: tuple[_Column, ...]
    others: int  # the rules that must be tried, as bits
    count: int

    def candidates(self, values: Sequence[Any]) -> Iterator[tuple[int, bool]]:
        """The rules that may be hit, by number from 0 in their order; whether each surely is."""
        sure = self._sure(values)
        if sure is None:
            yield from ((number, False) for number in range(self.count))
            return
        left = sure | self.others
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1, bool(sure & lowest)
            left ^= lowest

    def _sure(self, values: Sequence[Any]) -> int | None:
        sure = ~self.others
        for column, value in zip(self.columns, values, strict=True):
            taking = column.taking(value)
            if taking is None:
                return None
            sure &= taking
        return sure & ((1 << self.count) - 1)


def index_of(rules: Sequence[Sequence[Region | None]], width: int) -> Index:
    """The index of a table by the regions of the cells of its rules, `width` in each."""
    columns = [_column([rule[at] for rule in rules]) for at in range(width)]
    others = bits(None in rule for rule in rules)
    for _, unknown in columns:
        others |= unknown
    return Index(tuple(column for column, _ in columns), others, len(rules))


def _column(cells: list[Region | None]) -> tuple[_Column, int]:
    """The column, and the rules of whose cell nothing is known."""
    kind = next((each.kind for each in cells if each is not None and each.kind), "")
    unknown = bits(each is None or each.kind not in ("", kind) for each in cells)
    known = [WHOLE if each is None or unknown >> at & 1 else each for at, each in enumerate(cells)]
    pieces = list(pieces_of(known))
    cuts, rules = tuple(each.low for each in pieces), tuple(each.rules for each in pieces)
    return _Column(kind, cuts, rules), unknown
