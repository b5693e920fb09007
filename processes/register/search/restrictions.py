"""What a search asks for beside its text: visibility, ranges, chosen facets, and the order."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from processes.register.providers import Provider, ProviderStatus
from processes.register.search import facets
from processes.register.search.tables import (
    NEVER,
    SEEN_AHEAD,
    SearchEntry,
    SearchRun,
    SearchState,
    month_bits,
    month_of,
)
from processes.register.search_words import words

KVK_DIGITS = 8


class Scope(StrEnum):
    """Which offers are searched."""

    CATALOGUE = "catalogue"  # those that are visible (F3, R60)
    PORTFOLIO = "portfolio"  # those that can be added as followed, also when expired (D-a, D-b)


@dataclass(frozen=True)
class Search:
    """What is asked for; values of one facet widen, facets narrow."""

    on: date
    text: str = ""
    facets: frozenset[str] = frozenset()
    hours: tuple[Decimal | None, Decimal | None] = (None, None)  # from, up to and including
    provider: str = ""  # a KvK number, or words of a name
    providers: frozenset[str] = frozenset()  # KvK numbers
    subjects: frozenset[str] = frozenset()  # in lower case, whole
    months: frozenset[int] = frozenset()  # `tables.month_of` a day on which a run begins
    scope: Scope = Scope.CATALOGUE
    order: str = ""  # "": the best match first; begin, uren, prijs, nieuw
    pieces: ColumnElement[bool] | None = None  # offers that have the text in them, letter by letter


class Restrictions:
    """Narrows queries of entries to one search."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.facets = self._as_of_day(SearchEntry.facets, SearchState.facets)
        self.price = self._as_of_day(SearchEntry.price, SearchState.price)
        self.months = self._as_of_day(SearchEntry.months, SearchState.months)
        self.provider_id, self.subject = SearchEntry.provider_id, SearchEntry.subject

    def _as_of_day(self, now: Any, later: Any) -> ColumnElement[int]:
        """A column as it is on the day of the search."""
        state = select(later).where(
            SearchState.number == SearchEntry.number, SearchState.first_day <= self.search.on
        )
        state = state.order_by(SearchState.first_day.desc()).limit(1)
        is_valid = SearchEntry.valid_until >= self.search.on
        return case((is_valid, now), else_=func.coalesce(state.scalar_subquery(), now))

    def chosen(self, query: Select[Any], among: ColumnElement[int]) -> Select[Any]:
        """Only offers with a value of each facet of which some are chosen."""
        for group in facets.GROUPS.values():
            if bits := facets.mask(self.search.facets & set(group)):
                query = query.where(among.op("&")(bits) != 0)
        return query

    def limit(self, query: Select[Any]) -> Select[Any]:
        """The offers that are searched, within hours and the name of a provider."""
        query = query.where(*self._searched())
        least, most = self.search.hours
        if least is not None:
            query = query.where(SearchEntry.hours >= int(least * 100))
        if most is not None:
            query = query.where(SearchEntry.hours <= int(most * 100))
        if self.search.provider:
            query = query.where(SearchEntry.provider_id.in_(self._named()))
        return query

    def _searched(self) -> list[ColumnElement[bool]]:
        day = self.search.on
        if self.search.scope is Scope.PORTFOLIO:
            return [SearchEntry.addable_from <= day, SearchEntry.addable_until >= day]
        hidden = select(Provider.id).where(Provider.status == ProviderStatus.SUSPENDED)
        return [SearchEntry.last_day >= day, SearchEntry.provider_id.not_in(hidden)]

    def _named(self) -> Select[Any]:
        asked = self.search.provider
        ids = select(Provider.id)
        if asked.isdecimal() and len(asked) == KVK_DIGITS:
            return ids.where(Provider.kvk == asked)
        parts = (Provider.search_name.contains(w, autoescape=True) for w in words(asked))
        return ids.where(and_(True, *parts))  # noqa: FBT003 - words without letters narrow nothing

    def listed(self, query: Select[Any], columns: Any, *, without: str = "") -> Select[Any]:
        """Only offers of the months, providers and subjects that are chosen, one kind aside."""
        search = self.search
        if search.providers and without != "providers":
            own = select(Provider.id).where(Provider.kvk.in_(sorted(search.providers)))
            query = query.where(columns.provider_id.in_(own))
        if search.subjects and without != "subjects":
            query = query.where(columns.subject.in_(sorted(search.subjects)))
        if search.months and without != "months":
            bits = month_bits(month for month in search.months if self.is_ahead(month))
            query = query.where(columns.months.op("&")(bits) != 0)
        return query

    def is_ahead(self, month: int) -> bool:
        """Whether entries know of this month."""
        return 0 <= month - month_of(self.search.on) <= SEEN_AHEAD

    def order(self) -> list[ColumnElement[Any]]:
        """The order that was chosen; by title where it says nothing, or there is no text."""
        by_title: list[ColumnElement[Any]] = [
            SearchEntry.sort_title.asc(),
            SearchEntry.number.asc(),
        ]
        match self.search.order:
            case "begin":
                return [self._next_day().asc(), *by_title]
            case "uren":
                return [SearchEntry.hours.asc(), *by_title]
            case "prijs":
                return [self.price.asc(), *by_title]
            case "nieuw":
                return [SearchEntry.number.desc()]
        return by_title

    def _next_day(self) -> ColumnElement[date]:
        day = select(func.min(SearchRun.day)).where(
            SearchRun.number == SearchEntry.number, SearchRun.day >= self.search.on
        )
        return func.coalesce(day.scalar_subquery(), NEVER)
