"""What a search asks for beside its text: visibility, ranges, chosen facets, and the order."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from processes.register.providers import Provider, ProviderStatus
from processes.register.search import facets
from processes.register.search.tables import NEVER, SearchEntry, SearchRun
from processes.register.search_words import words

MONTHS = 12  # ahead, the current one among them, that a search can choose
KVK_DIGITS = 8
EVERY_LIST = "*"


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
    order: str = ""  # "": the best match first; begin, uren, prijs, nieuw
    pieces: ColumnElement[bool] | None = None  # offers that have the text in them, letter by letter


class Restrictions:
    """Narrows queries of entries to one search."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def chosen(self, query: Select[Any]) -> Select[Any]:
        """Only offers with a value of each facet of which some are chosen."""
        for group in facets.GROUPS.values():
            if bits := facets.mask(self.search.facets & set(group)):
                query = query.where(SearchEntry.facets.op("&")(bits) != 0)
        return query

    def limit(self, query: Select[Any], *, without: str = "") -> Select[Any]:
        """Visible offers (F3, R60) within what is no facet of `facets`, one kind aside."""
        hidden = select(Provider.id).where(Provider.status == ProviderStatus.SUSPENDED)
        query = query.where(
            SearchEntry.last_day >= self.search.on, SearchEntry.provider_id.not_in(hidden)
        )
        least, most = self.search.hours
        if least is not None:
            query = query.where(SearchEntry.hours >= int(least * 100))
        if most is not None:
            query = query.where(SearchEntry.hours <= int(most * 100))
        if self.search.provider:
            query = query.where(SearchEntry.provider_id.in_(self._named()))
        return query.where(*self._listed(without))

    def _named(self) -> Select[Any]:
        asked = self.search.provider
        ids = select(Provider.id)
        if asked.isdecimal() and len(asked) == KVK_DIGITS:
            return ids.where(Provider.kvk == asked)
        parts = (Provider.search_name.contains(w, autoescape=True) for w in words(asked))
        return ids.where(and_(True, *parts))  # noqa: FBT003 - words without letters narrow nothing

    @property
    def has_lists(self) -> bool:
        """Whether months, providers or subjects are chosen."""
        return bool(self.search.months or self.search.providers or self.search.subjects)

    def _listed(self, without: str) -> list[ColumnElement[bool]]:
        if without == EVERY_LIST:
            return []
        search = self.search
        found: list[ColumnElement[bool]] = []
        if search.providers and without != "providers":
            own = select(Provider.id).where(Provider.kvk.in_(sorted(search.providers)))
            found.append(SearchEntry.provider_id.in_(own))
        if search.subjects and without != "subjects":
            found.append(SearchEntry.subject.in_(sorted(search.subjects)))
        if search.months and without != "months":
            begins = select(SearchRun.number).where(
                SearchRun.number == SearchEntry.number,
                SearchRun.day >= search.on,
                SearchRun.month.in_(sorted(search.months)),
            )
            found.append(begins.exists())
        return found

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
                return [SearchEntry.price.asc(), *by_title]
            case "nieuw":
                return [SearchEntry.number.desc()]
        return by_title

    def _next_day(self) -> ColumnElement[date]:
        day = select(func.min(SearchRun.day)).where(
            SearchRun.number == SearchEntry.number, SearchRun.day >= self.search.on
        )
        return func.coalesce(day.scalar_subquery(), NEVER)
