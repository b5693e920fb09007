"""What is said about all that a search finds: the number by facet, month, provider and subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processes.register.search.facets import set_bits
from processes.register.search.restrictions import FACETS, MONTHS, Restrictions
from processes.register.search.tables import month_bits, month_of

AHEAD = 12  # months, the current one among them, that are counted
LISTED = 8  # providers and subjects, those with most offers


@dataclass(frozen=True)
class Named:
    """A provider or subject with the number of offers that a click on it would give."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class Summary:
    """The counts of one search."""

    total: int = 0  # whatever facets, months, providers and subjects are chosen
    facets: Sequence[tuple[int, int]] = ()  # the bits, and how many; whatever facets are chosen
    months: Mapping[int, int] = field(default_factory=dict)  # by `month_of`
    providers: Sequence[Named] = ()
    subjects: Sequence[Named] = ()


def summary_sql(source: str, restrictions: Restrictions) -> str:
    """All counts in one statement: part, bits, value, label and number of each.

    The hits are read once; `source` is what stands after FROM, with a WHERE in it.
    """
    return f"""WITH e AS (SELECT {FACETS} AS facets, {MONTHS} AS months, e.number,
e.provider_id, e.subject
FROM {source})
SELECT 'all' AS part, 0 AS bits, '' AS value, '' AS label, count(*) AS number FROM e
UNION ALL SELECT 'facet', facets, '', '', count(*) FROM e{_where(restrictions.listed())}
GROUP BY facets
UNION ALL SELECT 'month', months, '', '', count(*) FROM e
{_where(["e.months != 0", *restrictions.chosen(without="months")])} GROUP BY months
UNION ALL SELECT 'provider', 0, p.kvk, p.display_name, most.number FROM (
SELECT e.provider_id, count(*) AS number FROM e
{_where(restrictions.chosen(without="providers"))}
GROUP BY e.provider_id ORDER BY number DESC, e.provider_id LIMIT {LISTED}) AS most
JOIN provider p ON p.id = most.provider_id
UNION ALL SELECT 'subject', 0, most.subject, '', most.number FROM (
SELECT e.subject, count(*) AS number FROM e
{_where(["e.subject != ''", *restrictions.chosen(without="subjects")])}
GROUP BY e.subject ORDER BY number DESC, e.subject LIMIT {LISTED}) AS most"""


def summary_of(rows: Iterable[Any], restrictions: Restrictions) -> Summary:
    """What the rows of `summary_sql` say."""
    total, by_facets, by_month = 0, [], []
    named: dict[str, list[Named]] = {"provider": [], "subject": []}
    for part, bits, value, label, number in rows:
        if part == "facet":
            by_facets.append((bits, number))
        elif part == "month":
            by_month.append((bits, number))
        elif part == "all":
            total = number
        else:
            named[part].append(Named(value, label or value, number))
    months = _months(restrictions, by_month)
    return Summary(total, by_facets, months, *map(_most_first, named.values()))


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _most_first(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda each: (-each.number, each.value))


def _months(restrictions: Restrictions, rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    first = month_of(restrictions.search.on)
    by_bit = {month_bits([month]): month for month in range(first, first + AHEAD)}
    ahead, months = month_bits(by_bit.values()), dict.fromkeys(by_bit.values(), 0)
    for bits, number in rows:
        for bit in set_bits(bits & ahead):
            months[by_bit[bit]] += number
    return {month: number for month, number in months.items() if number}
