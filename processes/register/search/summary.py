"""What is said about all that a search finds: the number by facet, month, provider and subject.

The database gives each column of the hits as one value, of which the parts are counted here: a row
of each hit would cost ten times what finding it does. PostgreSQL gives numbers and ids as their
bytes: it spends half of what texts of them take, and so does who reads them. Grouping in SQL would
sort them once for each kind, and gives nearly as many rows: few offers have the same facets.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from struct import iter_unpack
from typing import Any
from uuid import UUID

from processes.register.search import facets
from processes.register.search.restrictions import FACETS, MONTHS, Restrictions
from processes.register.search.tables import APART, month_bits, month_of

AHEAD = 12  # months, the current one among them, that are counted
LISTED = 8  # providers and subjects, those with most offers
OWN_COLUMNS = 4  # of the hits, before those that say which conditions hold

SEVERAL = "several"  # kinds fail, so that no one click gives it
Columns = Sequence[Sequence[Any]]
"""Of the hits: facets, months, provider, subject, and 1 or 0 for each of `listed_entries`.

Facets and months are numbers or texts of them, providers are the bytes or digits of their ids.
"""
NOTHING: Columns = ((),) * OWN_COLUMNS


@dataclass(frozen=True)
class Named:
    """A provider or subject with the number of offers that a click on it would give."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class Summary:
    """The counts of one search."""

    found: int = 0  # whatever facets, months, providers and subjects are chosen
    total: int = 0  # with all that is chosen
    counts: dict[str, int] = field(default_factory=dict)  # by facet: what a click would give
    months: Mapping[int, int] = field(default_factory=dict)  # by `month_of`
    providers: Sequence[tuple[UUID, int]] = ()  # ids, with the number of each
    subjects: Sequence[Named] = ()


def hits_sql(source: str, restrictions: Restrictions, *, is_postgresql: bool) -> str:
    """One row with the columns of the hits: `source` is what stands after FROM, with a WHERE."""
    joined = "string_agg" if is_postgresql else "group_concat"
    if is_postgresql:
        sent = (f"int8send({FACETS})", f"int8send({MONTHS})", "uuid_send(e.provider_id)")
        numbers = [f"string_agg({each}, '')" for each in sent]
    else:
        numbers = [f"group_concat({each}, '{APART}')" for each in (FACETS, MONTHS, "e.provider_id")]
    subjects = f"{joined}(e.subject, '{APART}')"
    checks = (
        f"{joined}(CASE WHEN {condition} THEN '1' ELSE '0' END, '')"
        for condition in restrictions.listed_entries().values()
    )
    return f"SELECT {', '.join([*numbers, subjects, *checks])} FROM {source}"


def summary_of(row: Sequence[Any], restrictions: Restrictions) -> Summary:
    """The counts; what is chosen of one kind leaves the counts of that kind alone."""
    by_failed = _by_failed(_columns(row), restrictions)
    whole = by_failed.pop("", NOTHING)

    def counted(kind: str, column: int) -> Counter[str]:
        numbers = Counter(whole[column])
        numbers.update(by_failed.get(kind, NOTHING)[column])
        return numbers

    bits = _counted(whole[0])
    for group, bits_of_group in facets.MASKS.items():
        bits.update(_counted(by_failed.get(group, NOTHING)[0], bits_of_group))
    months = {int(each): number for each, number in counted("months", 1).items()}
    return Summary(
        found=len(whole[0]) + sum(len(columns[0]) for columns in by_failed.values()),
        total=len(whole[0]),
        counts={value: bits[bit] for value, bit in facets.BITS.items()},
        months=months_of(restrictions.search.on, months),
        providers=[(_id(each), number) for each, number in most(counted("providers", 2))],
        subjects=[Named(*(each, each), number) for each, number in most(counted("subjects", 3))],
    )


def _columns(row: Sequence[Any]) -> Columns:
    """The values of the columns; without any hit there are none."""
    shown, months, providers, subjects, *checks = row
    if not shown:
        return [[] for _ in row]
    if isinstance(shown, bytes):
        ids = [each for (each,) in iter_unpack("16s", providers)]
        return [_numbers(shown), _numbers(months), ids, subjects.split(APART), *checks]
    return [*(each.split(APART) for each in (shown, months, providers, subjects)), *checks]


def _numbers(sent: bytes) -> Sequence[int]:
    """Eight bytes of each, the highest first."""
    numbers = array("q", sent)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _id(value: bytes | str) -> UUID:
    return UUID(bytes=value) if isinstance(value, bytes) else UUID(value)


def _by_failed(columns: Columns, restrictions: Restrictions) -> dict[str, Columns]:
    """The columns of the hits by the one kind whose choice they fail; "" for those of none."""
    if not restrictions.wishes and len(columns) == OWN_COLUMNS:
        return {"": columns}
    failed = list(_failed(columns, restrictions))
    return {
        kind: [
            list(compress(column, [each == kind for each in failed]))
            for column in columns[:OWN_COLUMNS]
        ]
        for kind in dict.fromkeys(failed)
    }


def _failed(columns: Columns, restrictions: Restrictions) -> Iterator[str]:
    """The kind whose choice each hit fails."""
    listed = list(restrictions.listed_entries())
    by_facets = {
        each: [name for name, wish in restrictions.wishes.items() if not int(each) & wish]
        for each in set(columns[0])
    }
    for shown, *checks in zip(columns[0], *columns[OWN_COLUMNS:], strict=True):
        failed = [*by_facets[shown], *compress(listed, [each == "0" for each in checks])]
        yield failed[0] if len(failed) == 1 else (SEVERAL if failed else "")


def _counted(masks: Iterable[Any], within: int = -1) -> Counter[int]:
    """How often each bit is set: by slices, as there are few values of each."""
    numbers: Counter[int] = Counter()
    whole = [(int(mask) & within, number) for mask, number in Counter(masks).items()]
    for one in SLICES if whole else ():
        of_slice: dict[int, int] = {}  # a Counter takes a third longer
        for mask, number in whole:
            part = mask & one
            of_slice[part] = of_slice.get(part, 0) + number
        for value, number in of_slice.items():
            for bit in facets.set_bits(value):
                numbers[bit] += number
    return numbers


def _slices() -> Iterable[int]:
    groups = facets.MASKS
    yield groups["sectors"] | groups["areas"]
    yield groups["kinds"] | groups["places"] | groups["durations"]
    yield groups["prices"] | groups["languages"]


SLICES = tuple(_slices())


def most(numbers: Mapping[Any, int]) -> list[tuple[Any, int]]:
    """Those with most offers, and among equals in the order of their value."""
    highest = sorted(numbers.values())[-LISTED - 1 :]  # one more: no value is none
    least = max(1, highest[0]) if highest else 1  # most have fewer, and are not ranked
    ranked = sorted((-each, value) for value, each in numbers.items() if value and each >= least)
    return [(value, -number) for number, value in ranked[:LISTED]]


def named(numbers: Collection[tuple[UUID, int]], rows: Iterable[Any]) -> list[Named]:
    """The providers of these ids: `rows` are id, KvK number and name of each."""
    by_id = {row[0]: row for row in rows}
    found = [Named(by_id[each][1], by_id[each][2], number) for each, number in numbers]
    return sorted(found, key=lambda each: (-each.number, each.value))


def months_of(on: date, numbers: Mapping[int, int]) -> dict[int, int]:
    """The numbers by bits of months as those of each month ahead, by `month_of`."""
    first = month_of(on)
    by_bit = {month_bits([month]): month for month in range(first, first + AHEAD)}
    ahead, months = month_bits(by_bit.values()), dict.fromkeys(by_bit.values(), 0)
    for bits, number in numbers.items():
        for bit in facets.set_bits(bits & ahead):
            months[by_bit[bit]] += number
    return {month: number for month, number in months.items() if number}
