"""Reads what is told of all hits of a search, as columns of which some entries can be read again.

The database gives each column of the hits as one value, of which the parts are counted in Python: a
row of each hit would cost ten times what finding it does. PostgreSQL gives numbers and ids as their
bytes: it spends half of what texts of them take, and so does who reads them.
"""

import sys
from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from struct import iter_unpack
from typing import Any

import msgspec

from processes.register.search.restrictions import FACETS, MONTHS, Restrictions
from processes.register.search.tables import APART

OWN_COLUMNS = 4  # of the hits, before those that say which conditions hold
Columns = Sequence[Any]
"""Of the hits: facets, months, provider, subject, and 1 or 0 for each of `listed_entries`.

Facets and months are arrays of numbers; providers are digits of their ids, or their bytes in a
tuple of one.
"""
NOTHING: Columns = (array("q"), array("q"), [], [])
LAST = "SELECT coalesce(max(number), 0) FROM search_entry"
SUMMARY = 100  # hits that take as much room as what is counted of them for one choice
WHOLE_NUMBERS = msgspec.json.Decoder(list[int])


@dataclass(frozen=True)
class HitColumns:
    """What was read of the hits; nobody changes it, but for what is counted of it."""

    numbers: "array[int]"  # of their entries
    told: Columns
    highest: int  # number of any entry
    summaries: dict[Hashable, Any] = field(default_factory=dict)
    """What was counted of them, by what is chosen."""

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def size(self) -> int:
        """The room that it takes, in hits."""
        return len(self) + SUMMARY * len(self.summaries)

    def with_changed(self, changed: frozenset[int], now: "HitColumns") -> "HitColumns":
        """With these entries as they are `now`: hits, or no longer."""
        if not now and changed.isdisjoint(self.numbers):
            return replace(self, highest=now.highest)
        stay = [each not in changed for each in self.numbers]
        columns = zip((self.numbers, *self.told), (now.numbers, *now.told), strict=True)
        numbers, *told = (_emptied(before, stay) + after for before, after in columns)
        return HitColumns(numbers, told, now.highest)


def _emptied(column: Any, stay: Sequence[bool]) -> Any:
    """A column of those that stay."""
    kept = compress(column, stay)
    return array(column.typecode, kept) if isinstance(column, array) else list(kept)


def columns_sql(source: str, restrictions: Restrictions, *, is_postgresql: bool) -> str:
    """One row with the columns of the hits: `source` is what stands after FROM, with a WHERE."""
    joined = "string_agg" if is_postgresql else "group_concat"
    if is_postgresql:
        sent = ("int4send(e.number)", f"int8send({FACETS})", f"int8send({MONTHS})")
        columns = [f"string_agg({each}, '')" for each in (*sent, "uuid_send(e.provider_id)")]
    else:
        numbers = ("e.number", FACETS, MONTHS)
        columns = [f"'[' || group_concat({each}) || ']'" for each in numbers]
        columns.append(f"group_concat(e.provider_id, '{APART}')")
    columns.append(f"{joined}(e.subject, '{APART}')")
    columns += [
        f"{joined}(CASE WHEN {condition} THEN '1' ELSE '0' END, '')"
        for condition in restrictions.listed_entries().values()
    ]
    return f"SELECT h.*, ({LAST}) FROM (SELECT {', '.join(columns)} FROM {source}) h"


def columns_of(row: Sequence[Any]) -> HitColumns:
    """The values of the columns; without any hit there are none."""
    first, shown, months, providers, subjects, *checks, highest = row
    if not first:
        return HitColumns(array("i"), [*NOTHING, *([] for _ in checks)], highest)
    if isinstance(first, bytes):
        numbers = [_sent("i", first), _sent("q", shown), _sent("q", months)]
        ids: Iterable[Any] = iter_unpack("16s", providers)
    else:
        digits = zip("iqq", (first, shown, months), strict=True)
        numbers = [array(kind, WHOLE_NUMBERS.decode(each)) for kind, each in digits]
        ids = providers.split(APART)
    shared = [_shared(ids), _shared(subjects.split(APART)), *map(list, checks)]
    return HitColumns(numbers[0], [*numbers[1:], *shared], highest)


def _sent(kind: str, numbers: bytes) -> "array[int]":
    """Whole numbers, the highest byte of each first."""
    found = array(kind, numbers)
    if sys.byteorder == "little":
        found.byteswap()
    return found


def _shared(values: Iterable[Any]) -> list[Any]:
    """The same object for equal values."""
    seen: dict[Any, Any] = {}
    return [seen.setdefault(each, each) for each in values]
