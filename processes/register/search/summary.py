"""What is said about all that a search finds: the number by facet, month, provider and subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from processes.register.providers import Provider
from processes.register.search.restrictions import Restrictions
from processes.register.search.tables import MONTH_BITS, SearchEntry, month_of

MONTHS = 12  # ahead, the current one among them, that are counted
LISTED = 8  # providers and subjects, those with most offers
ALL, FACETS, MONTH, PROVIDER, SUBJECT = range(5)


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


def summarise(session: Session, hits: CTE, restrictions: Restrictions) -> Summary:
    """All counts in one statement; `hits` as `columns` gives them, without what is chosen."""
    rows = session.execute(_Parts(hits, restrictions).statement()).all()
    by_part: dict[int, list[Any]] = {part: [] for part in range(5)}
    for row in rows:
        by_part[row.part].append(row)
    return Summary(
        by_part[ALL][0].number,
        [(row.bits, row.number) for row in by_part[FACETS]],
        _months(restrictions, by_part[MONTH]),
        _most_first(Named(row.value, row.label, row.number) for row in by_part[PROVIDER]),
        _most_first(Named(row.value, row.value, row.number) for row in by_part[SUBJECT]),
    )


def _most_first(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda each: (-each.number, each.value))


def columns(restrictions: Restrictions) -> list[ColumnElement[Any]]:
    """What is counted of each hit."""
    return [
        restrictions.facets.label("facets"),
        restrictions.months.label("months"),
        SearchEntry.provider_id.label("provider_id"),
        SearchEntry.subject.label("subject"),
    ]


def _months(restrictions: Restrictions, rows: Iterable[Any]) -> dict[int, int]:
    first = month_of(restrictions.search.on)
    months = dict.fromkeys(range(first, first + MONTHS), 0)
    for row in rows:
        for month in months:
            months[month] += row.number if row.bits >> month % MONTH_BITS & 1 else 0
    return {month: number for month, number in months.items() if number}


class _Parts:
    """The statement: a part for each kind of count, all with the same columns."""

    def __init__(self, hits: CTE, restrictions: Restrictions) -> None:
        self.hit, self.restrictions = hits.c, restrictions
        self.number = func.count().label("number")

    def statement(self) -> Any:
        every = _part(ALL, self.number)
        return union_all(
            every.select_from(self.hit.facets.table),
            self._by_facets(),
            self._by_months(),
            self._by_provider(),
            self._by_subject(),
        )

    def _by_facets(self) -> Select[Any]:
        query = _part(FACETS, self.number, bits=self.hit.facets).group_by(self.hit.facets)
        return self.restrictions.listed(query, self.hit)

    def _by_months(self) -> Select[Any]:
        query = _part(MONTH, self.number, bits=self.hit.months).group_by(self.hit.months)
        return self._chosen(query.where(self.hit.months != 0), "months")

    def _by_provider(self) -> Select[Any]:
        counted = select(self.hit.provider_id, self.number).group_by(self.hit.provider_id)
        counted = counted.order_by(self.number.desc(), self.hit.provider_id).limit(LISTED)
        most = self._chosen(counted, "providers").subquery()
        query = _part(PROVIDER, most.c.number, value=Provider.kvk, label=Provider.display_name)
        return query.join(most, Provider.id == most.c.provider_id)

    def _by_subject(self) -> Select[Any]:
        counted = select(self.hit.subject, self.number).group_by(self.hit.subject)
        counted = counted.where(self.hit.subject != "").limit(LISTED)
        counted = counted.order_by(self.number.desc(), self.hit.subject)
        most = self._chosen(counted, "subjects").subquery()
        return _part(SUBJECT, most.c.number, value=most.c.subject)

    def _chosen(self, query: Select[Any], without: str) -> Select[Any]:
        query = self.restrictions.chosen(query, self.hit.facets)
        return self.restrictions.listed(query, self.hit, without=without)


def _part(
    part: int, number: ColumnElement[int], *, bits: Any = None, value: Any = None, label: Any = None
) -> Select[Any]:
    return select(
        literal(part).label("part"),
        cast(null() if bits is None else bits, BigInteger).label("bits"),
        cast(null() if value is None else value, String).label("value"),
        cast(null() if label is None else label, String).label("label"),
        number.label("number"),
    )
