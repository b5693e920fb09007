"""What a search asks for beside its text, as conditions in SQL: visibility, ranges, what is chosen.

The statements of a search are written as text: to make them of objects costs many times what the
databases need to answer them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, TextClause, bindparam, text

from processes.register.providers.providers import IS_CLOSED
from processes.register.search import facets
from processes.register.search.tables import NEVER, SEEN_AHEAD, month_bits, month_of
from processes.register.search_words import words

KVK_DIGITS = 8
OF_DAY = """CASE WHEN e.valid_until >= :day THEN e.{0} ELSE coalesce(
    (SELECT s.{0} FROM search_state s WHERE s.number = e.number AND s.first_day <= :day
    ORDER BY s.first_day DESC LIMIT 1), e.{0}) END"""
"""A column of an entry as it is on the day of the search."""
FACETS, MONTHS = (OF_DAY.format(name) for name in ("facets", "months"))
CLOSED = f"SELECT p.id FROM provider p WHERE p.{IS_CLOSED}"
"""The providers whose offers are not shown: its condition is that of their partial index (R60)."""
DAYS = tuple(bindparam(name, type_=Date) for name in ("day", "never"))


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


class Restrictions:
    """The conditions of one search on entries `e`, and what is given to them."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.given: dict[str, Any] = {"day": search.on, "never": NEVER}
        scope, narrowed = self._scope(), [*self._hours(), *self._named()]
        self.searched = [*scope, *narrowed]
        """The offers that are searched, within hours and the name of a provider."""
        self._is_whole = search.scope is Scope.CATALOGUE and not narrowed
        self._lists = dict(self._listed())
        self.wishes = {
            name: bits
            for name, group in facets.GROUPS.items()
            if (bits := facets.mask(search.facets & set(group)))
        }
        """The bits of each group of facets of which some values are chosen."""
        self._facets = [
            f"{{facets}} & {self._bits(f'{name}_bits', bits)} != 0"
            for name, bits in self.wishes.items()
        ]

    @property
    def asked(self) -> Search:
        """What is asked beside the text and the order."""
        return replace(self.search, text="", order="")

    def listed_entries(self) -> dict[str, str]:
        """The conditions on entries for the months, providers and subjects that are chosen."""
        return {name: _of_entry(each) for name, each in self._lists.items()}

    def chosen_entries(self) -> list[str]:
        """The conditions on entries for all that is chosen."""
        return [_of_entry(each) for each in (*self._facets, *self._lists.values())]

    def keyed_facets(self) -> list[list[str]]:
        """The chosen values of each group of facets, where entries have keys of them all."""
        groups = (self.search.facets & set(group) for group in facets.GROUPS.values())
        return [sorted(each) for each in groups if each and each <= set(facets.ASKED_BY_NAME)]

    @property
    def only_facet(self) -> tuple[str, int] | None:
        """The one facet that is chosen of the whole catalogue, as its group and bit.

        An empty group and 0 when nothing is; None when the kept counts do not tell of it.
        """
        chosen = list(self.wishes.items()) or [("", 0)]
        if self._lists or not self._is_whole or len(chosen) > 1 or chosen[0][1].bit_count() > 1:
            return None
        return chosen[0]

    @property
    def two_facets(self) -> list[tuple[str, int]]:
        """The groups and bits where two facets of different groups are all that is chosen."""
        chosen = list(self.wishes.items())
        is_only = self._is_whole and not self._lists and len(chosen) == 2  # noqa: PLR2004 - two
        return chosen if is_only and all(bits.bit_count() == 1 for _, bits in chosen) else []

    @property
    def only_list(self) -> str:
        """The kind, where providers or subjects are all that is chosen of the whole catalogue."""
        kinds = list(self._lists)
        is_only = self._is_whole and not self.wishes and len(kinds) == 1
        return kinds[0] if is_only and kinds[0] in ("providers", "subjects") else ""

    def pieces(self) -> list[str]:
        """Offers in which every word stands letter by letter, or a piece of a longer word is."""
        conditions = [
            f"(o.search_text LIKE {pattern} ESCAPE '/' OR p.search_name LIKE {pattern} ESCAPE '/')"
            for pattern in self._patterns("piece", words(self.search.text))
        ]
        if not conditions:
            return []
        found = "SELECT o.id FROM offer o JOIN provider p ON p.id = o.provider_id WHERE "
        return [f"e.offer_id IN ({found}{' AND '.join(conditions)})"]

    def _scope(self) -> list[str]:
        if self.search.scope is Scope.PORTFOLIO:
            return ["e.addable_from <= :day", "e.addable_until >= :day"]
        return ["e.last_day >= :day", f"e.provider_id NOT IN ({CLOSED})"]

    def _hours(self) -> list[str]:
        return [
            f"e.hours {sign} {self._value(name, int(hours * 100))}"
            for name, sign, hours in zip(
                ("least", "most"), (">=", "<="), self.search.hours, strict=True
            )
            if hours is not None
        ]

    def _named(self) -> list[str]:
        asked = self.search.provider
        if asked.isdecimal() and len(asked) == KVK_DIGITS:
            conditions = [f"p.kvk = {self._value('kvk', asked)}"]
        else:
            patterns = self._patterns("name", words(asked))
            conditions = [f"p.search_name LIKE {pattern} ESCAPE '/'" for pattern in patterns]
        if not conditions:
            return []
        found = f"SELECT p.id FROM provider p WHERE {' AND '.join(conditions)}"
        return [f"e.provider_id IN ({found})"]

    def _listed(self) -> Iterable[tuple[str, str]]:
        search = self.search
        if search.providers:
            own = f"SELECT p.id FROM provider p WHERE p.kvk IN {self._values(search.providers)}"
            yield "providers", f"e.provider_id IN ({own})"
        if search.subjects:
            yield "subjects", f"e.subject IN {self._values(search.subjects)}"
        if search.months:
            first = month_of(search.on)
            near = {month for month in search.months if 0 <= month - first <= SEEN_AHEAD}
            bits = f"{{months}} & {self._bits('month_bits', month_bits(near))} != 0"
            far = sorted(month for month in search.months if month > first + SEEN_AHEAD)
            yield "months", f"({bits} OR {self._begins_in(far)})" if far else bits

    def _begins_in(self, months: Sequence[int]) -> str:
        """A run begins in one of these months, of which the bits of an entry do not know."""
        names = (self._value(f"month{n}", month) for n, month in enumerate(months))
        return (
            "EXISTS (SELECT 1 FROM search_run r WHERE r.number = e.number"
            f" AND r.month IN ({', '.join(names)}))"
        )

    def _patterns(self, name: str, typed: Iterable[str]) -> list[str]:
        escaped = (re.sub(r"([/%_])", r"/\1", word) for word in typed)
        return [self._value(f"{name}{n}", f"%{word}%") for n, word in enumerate(escaped)]

    def _values(self, values: Iterable[str]) -> str:
        first = len(self.given)
        names = (self._value(f"v{first + n}", each) for n, each in enumerate(sorted(values)))
        return f"({', '.join(names)})"

    def _bits(self, name: str, bits: int) -> str:
        return f"CAST({self._value(name, bits)} AS BIGINT)"

    def _value(self, name: str, value: Any) -> str:
        self.given[name] = value
        return f":{name}"


def _of_entry(condition: str) -> str:
    """A condition with the facets and months of the day of the search."""
    return condition.format(facets=f"({FACETS})", months=f"({MONTHS})")


def statement(sql: str) -> TextClause:
    """A statement of a search, with its days as each database keeps them."""
    used = [day for day in DAYS if f":{day.key}" in sql]
    return text(sql).bindparams(*used)
