"""Answers a search: the page of offers in tiers of order, the total, and counts of facets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from processes.register.providers import Provider, ProviderStatus
from processes.register.search import facets
from processes.register.search.analyser import Word
from processes.register.search.expressions import Expressions
from processes.register.search.question import Question, understand
from processes.register.search.tables import SearchEntry

BROAD = 20_000  # hits, from which PostgreSQL does better with the primary key
COUNTED = 2_000  # hits as far as is counted to see how common a word is


@dataclass(frozen=True)
class Search:
    """What is asked for; values of one facet widen, facets narrow."""

    on: date
    text: str = ""
    facets: frozenset[str] = frozenset()
    hours: tuple[Decimal | None, Decimal | None] = (None, None)  # from, up to and including
    provider: str = ""  # a KvK number
    pieces: ColumnElement[bool] | None = None  # offers that have the text in them, letter by letter


@dataclass(frozen=True)
class Found:
    """A page of offers, best first, and what is said about the whole."""

    offer_ids: Sequence[UUID]
    number: int  # of the page
    total: int
    counts: dict[str, int]  # by facet: what a click on it would give
    question: Question = field(default_factory=Question)


Tier = str  # an expression
Rows = list[tuple[int, int]]


def find(session: Session, search: Search, *, page: int, per_page: int) -> Found:
    """One page; a number past the end gives the last one."""
    return _Finder(session, search).found(page, per_page)


class _Finder:
    def __init__(self, session: Session, search: Search) -> None:
        self.session, self.search = session, search
        self.write = Expressions(session.get_bind().dialect.name)

    def found(self, page: int, per_page: int) -> Found:
        question = understand(self.session, self.search.text)
        tiers, rows = self._understood(question) if question.words else ([], [])
        if not rows:  # no text, or none that is understood: letter by letter, as a last resort
            rows = self._counts(pieces=True)
            question = Question() if rows else question
        total, counts = facets.counted(rows, self.search.facets)
        number = min(max(1, page), max(1, -(-total // per_page)))
        first = (number - 1) * per_page
        if tiers:
            wanted = min(first + per_page, total)
            ids = self._in_tiers(tiers, wanted, is_broad=total > BROAD)[first:]
        else:
            ids = self._by_title(first, per_page)
        return Found(ids, number, total, counts, question)

    def _understood(self, question: Question) -> tuple[list[Tier], Rows]:
        """The tiers that hold something, from strict to loose, and the counts of the whole."""
        for words in (question.words, question.loosened().words):
            if rows := self._counts(self.write.every(words, "wn")):
                return list(self._strict(words)), rows
        if len(question.words) > 1:
            words = question.loosened().words
            if rows := self._counts(self.write.all_but_one(words, "wn")):
                return list(self._loose(words)), rows
        return [], []

    def _strict(self, words: Sequence[Word]) -> Iterator[Tier]:
        yield from (self.write.every(words, marks) for marks in ("x", "t", "tn"))
        if len(words) > 2:  # noqa: PLR2004 - of two words, all but one is one
            yield self.write.most_in_title(words)
        if len(words) > 1:
            yield self.write.one_in_title(words)
        yield self.write.every(words, "wn")

    def _loose(self, words: Sequence[Word]) -> Iterator[Tier]:
        rare = self._without_most_common(words)
        yield from (self.write.every(rare, marks) for marks in ("x", "t", "tn", "wn"))
        yield from (self.write.all_but_one(words, marks) for marks in ("x", "t", "tn", "wn"))

    def _without_most_common(self, words: Sequence[Word]) -> Sequence[Word]:
        """The rare words say most."""
        numbers = [self._number(self.write.every([word], "wn")) for word in words]
        most = numbers.index(max(numbers))
        return [*words[:most], *words[most + 1 :]]

    def _number(self, expression: Tier) -> int:
        some = self.write.narrow(self._limited(SearchEntry.number), expression).limit(COUNTED)
        return self.session.scalar(select(func.count()).select_from(some.subquery())) or 0

    def _counts(self, expression: Tier = "", *, pieces: bool = False) -> Rows:
        """How many hits there are with each set of facets, those that are chosen aside."""
        query = self._limited(SearchEntry.facets, func.count(), pieces=pieces)
        query = self.write.narrow(query, expression) if expression else query
        rows = self.session.execute(query.group_by(SearchEntry.facets))
        return [(bits, number) for bits, number in rows]

    def _in_tiers(self, tiers: Sequence[Tier], wanted: int, *, is_broad: bool) -> list[UUID]:
        found: dict[UUID, None] = {}
        for tier in tiers if wanted else ():
            query = self.write.narrow(self._chosen(self._limited(SearchEntry.offer_id)), tier)
            query = query.order_by(self.write.newest_first(is_broad=is_broad))
            # What an earlier tier gave comes again at most once, so as many more are enough.
            found |= dict.fromkeys(self.session.scalars(query.limit(wanted + len(found))))
            if len(found) >= wanted:
                break
        return list(found)[:wanted]

    def _by_title(self, first: int, number: int) -> list[UUID]:
        query = self._chosen(self._limited(SearchEntry.offer_id, pieces=True))
        query = query.order_by(SearchEntry.sort_title, SearchEntry.number)
        return list(self.session.scalars(query.offset(first).limit(number)))

    def _chosen(self, query: Select[Any]) -> Select[Any]:
        for group in facets.GROUPS.values():
            if bits := facets.mask(self.search.facets & set(group)):
                query = query.where(SearchEntry.facets.op("&")(bits) != 0)
        return query

    def _limited(self, *columns: Any, pieces: bool = False) -> Select[Any]:
        """Visible offers (F3, R60) within what is not a facet."""
        hidden = select(Provider.id).where(Provider.status == ProviderStatus.SUSPENDED)
        query = (
            select(*columns)
            .select_from(SearchEntry)
            .where(SearchEntry.last_day >= self.search.on, SearchEntry.provider_id.not_in(hidden))
        )
        least, most = self.search.hours
        if least is not None:
            query = query.where(SearchEntry.hours >= int(least * 100))
        if most is not None:
            query = query.where(SearchEntry.hours <= int(most * 100))
        if self.search.provider:
            own = select(Provider.id).where(Provider.kvk == self.search.provider)
            query = query.where(SearchEntry.provider_id.in_(own))
        if pieces and self.search.pieces is not None:
            query = query.where(self.search.pieces)
        return query
