"""What is said about all that a search finds: the number by facet, month, provider and subject.

The database gives each hit once, as a narrow row; they are counted here. Grouping in SQL would sort
them once for each kind, and gives nearly as many rows: few offers have the same facets.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from processes.register.search import facets
from processes.register.search.restrictions import FACETS, MONTHS, Restrictions
from processes.register.search.tables import month_bits, month_of

AHEAD = 12  # months, the current one among them, that are counted
LISTED = 8  # providers and subjects, those with most offers
OWN_COLUMNS = 4  # of a hit, before those that say which conditions hold

SEVERAL = "several"  # kinds fail, so that no one click gives it
NOTHING: Sequence[Sequence[Any]] = ((),) * OWN_COLUMNS

Columns = Sequence[list[Any]]
Hit = Sequence[Any]  # facets, months, provider, subject, and 1 or 0 for each of `listed`


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
    providers: Sequence[tuple[Any, int]] = ()  # ids, with the number of each
    subjects: Sequence[Named] = ()


def hits_sql(source: str, restrictions: Restrictions) -> str:
    """The hits: `source` is what stands after FROM, with a WHERE in it."""
    checks = (
        f", CASE WHEN {condition} THEN 1 ELSE 0 END"
        for condition in restrictions.listed_entries().values()
    )
    columns = f"{FACETS}, {MONTHS}, e.provider_id, e.subject{''.join(checks)}"
    return f"SELECT {columns} FROM {source}"


def summary_of(chunks: Iterable[Sequence[Hit]], restrictions: Restrictions) -> Summary:
    """The counts; what is chosen of one kind leaves the counts of that kind alone.

    The hits come in chunks, of which no row outlives its own: so many rows at a time would have
    the garbage collector look at all that a process holds.
    """
    by_failed = _by_failed(chunks, restrictions)
    whole = by_failed.pop("", NOTHING)

    def counted(kind: str, column: int) -> Counter[Any]:
        numbers = Counter(whole[column])
        numbers.update(by_failed.get(kind, NOTHING)[column])
        return numbers

    bits = _counted(whole[0])
    for group, bits_of_group in facets.MASKS.items():
        bits.update(_counted([each & bits_of_group for each in by_failed.get(group, NOTHING)[0]]))
    return Summary(
        found=len(whole[0]) + sum(len(columns[0]) for columns in by_failed.values()),
        total=len(whole[0]),
        counts={value: bits[bit] for value, bit in facets.BITS.items()},
        months=months_of(restrictions.search.on, counted("months", 1)),
        providers=most(counted("providers", 2)),
        subjects=[Named(*(each, each), number) for each, number in most(counted("subjects", 3))],
    )


def _by_failed(chunks: Iterable[Sequence[Hit]], restrictions: Restrictions) -> dict[str, Columns]:
    """The columns of the hits by the one kind whose choice they fail; "" for those of none."""
    found: dict[str, Columns] = {}
    for chunk in chunks:
        for kind, hits in _parted(chunk, restrictions).items():
            columns = found.setdefault(kind, [[] for _ in range(OWN_COLUMNS)])
            for column, values in zip(columns, zip(*hits, strict=True), strict=False):
                column.extend(values)
    return found


def _parted(hits: Sequence[Hit], restrictions: Restrictions) -> dict[str, Sequence[Hit]]:
    wishes, listed = restrictions.wishes, list(restrictions.listed_entries())
    if not wishes and not listed:
        return {"": hits}
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        failed = [name for name, wish in wishes.items() if not hit[0] & wish]
        failed += [name for name, holds in zip(listed, hit[OWN_COLUMNS:], strict=True) if not holds]
        kind = failed[0] if len(failed) == 1 else (SEVERAL if failed else "")
        found.setdefault(kind, []).append(hit)
    return dict(found)


def _counted(masks: Collection[int]) -> Counter[int]:
    """How often each bit is set: by slices, as there are few values of each."""
    numbers: Counter[int] = Counter()
    for one in SLICES if masks else ():
        for value, number in Counter(map(one.__and__, masks)).items():
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
    ranked = sorted((-number, value) for value, number in numbers.items() if value)
    return [(value, -number) for number, value in ranked[:LISTED]]


def named(numbers: Collection[tuple[Any, int]], rows: Iterable[Any]) -> list[Named]:
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
