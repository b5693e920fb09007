"""What is said about all that a search finds: the number by facet, month, provider and subject.

Bits are counted in bytes of all hits at once (`_counted`), not in each hit. Grouping in SQL would
sort them once for each kind, and gives nearly as many rows: few offers have the same facets.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress
from typing import Any
from uuid import UUID

from processes.register.search import facets
from processes.register.search.hit_columns import NOTHING, OWN_COLUMNS, Columns
from processes.register.search.restrictions import Restrictions
from processes.register.search.tables import month_bits, month_of

AHEAD = 12  # months, the current one among them, that are counted
LISTED = 8  # providers and subjects, those with most offers
SEVERAL = "several"  # kinds fail, so that no one click gives it
BYTES = 8  # of a number in these arrays


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
    months: Mapping[int, int] = field(default_factory=dict)  # by `month_of`, the same
    providers: Sequence[tuple[UUID, int]] = ()  # ids, with the number of each by itself
    subjects: Sequence[Named] = ()  # by themselves


def summary_of(columns: Columns, restrictions: Restrictions) -> Summary:
    """The counts; what is chosen of a kind already is found with whatever else of it is clicked."""
    by_failed = _by_failed(columns, restrictions)
    whole = by_failed.pop("", NOTHING)

    def of_kind(kind: str, column: int) -> Any:
        return whole[column] + by_failed.get(kind, NOTHING)[column]

    total, bits = len(whole[0]), _counted(whole[0], facets.ALL)
    for group, chosen in restrictions.wishes.items():
        others = facets.MASKS[group] & ~chosen
        more = _counted(by_failed.get(group, NOTHING)[0], others)
        bits |= {bit: total + more[bit] for bit in facets.set_bits(others)}
    providers, subjects = Counter(of_kind("providers", 2)), Counter(of_kind("subjects", 3))
    return Summary(
        found=len(columns[0]),
        total=total,
        counts={value: bits[bit] for value, bit in facets.BITS.items()},
        months=_months(whole[1], by_failed.get("months", NOTHING)[1], restrictions, total),
        providers=[(_id(each), number) for each, number in most(providers)],
        subjects=[Named(*(each, each), number) for each, number in most(subjects)],
    )


def _months(
    found: "array[int]", others: "array[int]", restrictions: Restrictions, total: int
) -> dict[int, int]:
    """The numbers of the months in which something begins; `others` fail the months alone."""
    on, chosen = restrictions.search.on, restrictions.search.months
    first = month_of(on)
    ahead = month_bits(range(first, first + AHEAD))
    months = months_of(on, _counted(found + others, ahead))
    if not chosen:
        return months
    more = months_of(on, _counted(others, ahead))
    return {
        month: number if month in chosen else total + more.get(month, 0)
        for month, number in months.items()
    }


def widened(listed: Sequence[Named], chosen: Collection[str], total: int) -> Sequence[Named]:
    """With what is found already, where some are chosen: an offer has one of these values."""
    if not chosen:
        return listed
    return [
        each if each.value in chosen else replace(each, number=total + each.number)
        for each in listed
    ]


def _id(value: tuple[bytes] | str) -> UUID:
    return UUID(value) if isinstance(value, str) else UUID(bytes=value[0])


def _by_failed(columns: Columns, restrictions: Restrictions) -> dict[str, Columns]:
    """The columns of the hits by the one kind whose choice they fail; "" for those of none."""
    if not restrictions.wishes and len(columns) == OWN_COLUMNS:
        return {"": columns}
    failed = _failed(columns, restrictions)
    return {kind: _of_kind(columns, kind, failed) for kind in set(failed) - {SEVERAL}}


def _of_kind(columns: Columns, kind: str, failed: Sequence[str]) -> Columns:
    chosen = [each == kind for each in failed]
    shown, months, *others = (compress(column, chosen) for column in columns[:OWN_COLUMNS])
    return [array("q", shown), array("q", months), *map(list, others)]


def _failed(columns: Columns, restrictions: Restrictions) -> list[str]:
    """The kind whose choice each hit fails."""
    listed = list(restrictions.listed_entries())
    by_facets = {
        each: [name for name, wish in restrictions.wishes.items() if not each & wish]
        for each in set(columns[0])
    }
    if not listed:
        kinds = {each: _only(failed) for each, failed in by_facets.items()}
        return [kinds[each] for each in columns[0]]
    return [
        _only([*by_facets[shown], *compress(listed, [each == "0" for each in checks])])
        for shown, *checks in zip(columns[0], *columns[OWN_COLUMNS:], strict=True)
    ]


def _only(failed: Sequence[str]) -> str:
    return failed[0] if len(failed) == 1 else (SEVERAL if failed else "")


def _counted(masks: "array[int]", wanted: int) -> dict[int, int]:
    """How many of the masks have each of the wanted bits.

    The bytes at one place of all masks are one large number, in which the machine counts a bit.
    """
    found: dict[int, int] = {}
    sent, ones = masks.tobytes(), int.from_bytes(b"\x01" * len(masks))
    for place in range(BYTES):
        first = place if sys.byteorder == "little" else BYTES - 1 - place
        bits = wanted >> 8 * place & 0xFF
        lane = int.from_bytes(sent[first::BYTES]) if bits else 0
        for bit in facets.set_bits(bits):
            found[bit << 8 * place] = (lane & ones * bit).bit_count()
    return found


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
