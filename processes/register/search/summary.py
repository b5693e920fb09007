"""What is said about all that a search finds: the number by facet, month, provider and subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processes.register.search.restrictions import FACETS, MONTHS, Restrictions
from processes.register.search.tables import MONTH_BITS, month_of

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
    parts: dict[str, list[Any]] = {}
    for row in rows:
        parts.setdefault(row.part, []).append(row)
    return Summary(
        parts["all"][0].number,
        [(row.bits, row.number) for row in parts.get("facet", ())],
        _months(restrictions, parts.get("month", ())),
        _most_first(Named(row.value, row.label, row.number) for row in parts.get("provider", ())),
        _most_first(Named(row.value, row.value, row.number) for row in parts.get("subject", ())),
    )


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _most_first(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda each: (-each.number, each.value))


def _months(restrictions: Restrictions, rows: Iterable[Any]) -> dict[int, int]:
    first = month_of(restrictions.search.on)
    months = dict.fromkeys(range(first, first + AHEAD), 0)
    for row in rows:
        for month in months:
            months[month] += row.number if row.bits >> month % MONTH_BITS & 1 else 0
    return {month: number for month, number in months.items() if number}
