"""Reads the kept counts of the catalogue: what is said of a search without words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from processes.register.search import facets
from processes.register.search.kept_counts import (
    FACET,
    FOLDED,
    MONTH,
    PROVIDER,
    SUBJECT,
    TOTAL,
    UNKNOWN,
    Change,
    Key,
    numbers_of,
)
from processes.register.search.restrictions import CLOSED, FACETS, MONTHS, Restrictions, statement
from processes.register.search.summary import LISTED, Named, Summary, months_of, most
from processes.register.search.tables import ALWAYS

MOST_DUE = 1_000  # changes that a search adds up; with more it counts by itself
WAITING = "waiting"
CANDIDATES = 100  # of the providers and subjects with most offers, as folded
EVERY = 2**31 - 1
COUNT, CHANGE, MOST = range(3)  # where a row is from
_COUNTS = (
    "SELECT 0 AS source, c.chosen AS bits, c.kind AS kind, c.value AS value, c.number AS number,"
    " CAST(0 AS BIGINT) AS months, '' AS provider FROM search_count c WHERE"
)
_WIDE = (
    f"{_COUNTS} c.chosen IN (0, :shown) AND c.kind IN ('{TOTAL}', '{FACET}', '{MONTH}', '{FOLDED}')"
)
_MOST = (
    f"SELECT 2, bits, kind, value, number, months, provider FROM ({_COUNTS} c.chosen = :shown"
    " AND c.kind = '{0}' ORDER BY c.number DESC, c.value LIMIT :candidates) AS most_{0}"
)
_TOUCHED = f"{_COUNTS} c.chosen = :shown AND c.kind = '{{}}' AND c.value IN ({{}})"
_DUE = "FROM search_change s WHERE s.first_day <= :day"
_CLOSED = f"FROM search_entry e WHERE e.last_day >= :day AND e.provider_id IN ({CLOSED})"
_OF_DUE, _OF_CLOSED = (f"replace(CAST({each}.provider_id AS VARCHAR), '-', '')" for each in "se")
_LISTED = f"""WITH due AS (SELECT s.facets, s.months, s.subject, {_OF_DUE} AS provider,
    sum(s.number) AS number, sum(CASE s.number WHEN {UNKNOWN} THEN :most_due ELSE 1 END) AS waiting
    FROM (SELECT * {_DUE} LIMIT :most_due) AS s
    GROUP BY s.facets, s.months, s.subject, s.provider_id) """
_SQL = _LISTED + " UNION ALL ".join(
    [
        _WIDE,
        *(_MOST.format(kind) for kind in (PROVIDER, SUBJECT)),
        _TOUCHED.format(PROVIDER, "SELECT d.provider FROM due d"),
        _TOUCHED.format(SUBJECT, f"SELECT d.subject FROM due d UNION SELECT e.subject {_CLOSED}"),
        "SELECT 1, d.facets, '', d.subject, d.number, d.months, d.provider FROM due d",
        f"SELECT 1, {FACETS}, '', e.subject, -1, {MONTHS}, {_OF_CLOSED} {_CLOSED}",
        f"SELECT 0, 0, '{WAITING}', '', CAST(sum(d.waiting) AS BIGINT), 0, '' FROM due d",
    ]
)
"""The counts as folded, changes that are due, and less what providers have that are closed.

One statement: what a worker folds meanwhile is read once. A change of which nobody knows what it
was counts as too many.
"""


_BASE = "FROM search_count c WHERE c.chosen = 0 AND c.kind"
TOTALS = f"""WITH changed AS
    (SELECT {_OF_DUE} AS value, sum(s.number) AS number {_DUE} GROUP BY s.provider_id),
    closed AS (SELECT replace(CAST(c.id AS VARCHAR), '-', '') AS value FROM ({CLOSED}) AS c)
    SELECT (SELECT c.number {_BASE} = '{FOLDED}'),
    coalesce((SELECT c.number {_BASE} = '{TOTAL}'), 0)
    + coalesce((SELECT sum(number) FROM changed), 0) - (SELECT count(*) {_CLOSED}),
    (SELECT count(*) {_BASE} = '{PROVIDER}' AND c.number > 0
    AND c.value NOT IN (SELECT value FROM changed) AND c.value NOT IN (SELECT value FROM closed))
    + (SELECT count(*) FROM changed WHERE value NOT IN (SELECT value FROM closed)
    AND number + coalesce((SELECT c.number {_BASE} = '{PROVIDER}' AND c.value = changed.value), 0)
    > 0),
    (SELECT count(*) {_DUE} AND s.number = {UNKNOWN})"""


@dataclass(frozen=True)
class Totals:
    """How many offers the catalogue has on a day, and how many providers have any."""

    offers: int
    providers: int


def totals(connection: Connection, on: date) -> Totals | None:
    """The totals of the catalogue; None where the kept counts cannot tell, as in `read`."""
    row = connection.execute(statement(TOTALS), {"day": on}).one()
    folded, offers, providers, unknown = row
    is_known = not unknown and (folded or 0) <= on.toordinal()
    return Totals(int(offers), int(providers)) if is_known else None


def read(
    connection: Connection, restrictions: Restrictions, own: str = "", bit: int = 0
) -> Summary | None:
    """The counts of all, or of the offers with one facet; `own` is its group, where it is chosen.

    None where such a search counts by itself: for a day before the last one that was folded, while
    many changes wait to be folded, or some are not known.
    """
    counts = _Counts(connection, restrictions, bit)
    return counts.summary(own) if counts.is_known else None


class _Counts:
    """The counts of the catalogue on a day: of all its offers, or of those with one facet too."""

    def __init__(self, connection: Connection, restrictions: Restrictions, shown: int = 0) -> None:
        self._connection, self._search, self._shown = connection, restrictions.search, shown
        self._numbers = self._read(CANDIDATES)

    @property
    def is_known(self) -> bool:
        """Whether no changes of a later day are folded, and what is due is added up."""
        is_past = self._numbers[0, FOLDED, ""] > self._search.on.toordinal()
        return not is_past and self._numbers[0, WAITING, ""] < MOST_DUE

    def summary(self, own: str = "") -> Summary:
        """What is said; `own` is the group of facets of which one is chosen, which others widen."""
        numbers, shown = self._numbers, self._shown
        total = numbers[shown, TOTAL, ""]

        def number(group: str, bit: int) -> int:
            both = numbers[shown, FACET, str(bit)]
            return total + numbers[0, FACET, str(bit)] - both if group == own else both

        months = {int(bit): number for bit, number in self._of(numbers, MONTH).items()}
        return Summary(
            found=numbers[0 if own else shown, TOTAL, ""],
            total=total,
            counts={
                value: number(group, facets.BITS[value])
                for group, values in facets.GROUPS.items()
                for value in values
            },
            months=months_of(self._search.on, months),
            providers=[(UUID(each), n) for each, n in most(self._of(numbers, PROVIDER))],
            subjects=[Named(*(each, each), n) for each, n in most(self._of(numbers, SUBJECT))],
        )

    def _of(self, numbers: Counter[Key], kind: str) -> Mapping[str, int]:
        return {
            value: number
            for (chosen, its, value), number in numbers.items()
            if its == kind and chosen == self._shown and number > 0
        }

    def _read(self, candidates: int) -> Counter[Key]:
        given = {
            "shown": self._shown,
            "candidates": candidates,
            "day": self._search.on,
            "most_due": MOST_DUE,
        }
        numbers: Counter[Key] = Counter()
        changes: Counter[Change] = Counter()
        lists: dict[str, list[tuple[int, str]]] = {}
        for source, bits, kind, value, number, months, provider in self._connection.execute(
            statement(_SQL), given
        ):
            if source == CHANGE:
                changes[ALWAYS, bits, months, UUID(provider), value] += number
                continue
            numbers[bits, kind, value] = number or 0
            if source == MOST:
                lists.setdefault(kind, []).append((-number, value))
        if numbers[0, WAITING, ""] >= MOST_DUE:
            return numbers
        numbers.update(numbers_of(changes, among={0, self._shown}))
        full = {kind: max(listed) for kind, listed in lists.items() if len(listed) == candidates}
        if all(self._is_told(numbers, kind, last) for kind, last in full.items()):
            return numbers
        return self._read(EVERY)

    def _is_told(self, numbers: Counter[Key], kind: str, last: tuple[int, str]) -> bool:
        """Whether what is not among the candidates has fewer offers than all that are listed."""
        listed = most(self._of(numbers, kind))
        return last[0] >= 0 or (len(listed) == LISTED and (-listed[-1][1], listed[-1][0]) <= last)
