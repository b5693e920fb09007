"""The search index: entries of offers and the vocabulary, written and removed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from processes.register.search import entries, facets, kept_counts
from processes.register.search.analyser import VERSION, Text, keys_of
from processes.register.search.tables import (
    APART,
    GONE,
    NEVER,
    UNKNOWN_PRICE,
    SearchEntry,
    SearchRun,
    SearchState,
    SearchWord,
    month_bits,
    month_of,
)
from processes.register.search_words import folded

LONGEST_SORT_TITLE = 100


@dataclass(frozen=True)
class State:
    """What changes with the days, because runs begin and are over: facets, price, months."""

    first_day: date
    facets: frozenset[str]
    price: Decimal | None  # of the cheapest run that is not over
    months: frozenset[int]  # `month_of` the days to come on which it begins

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The columns that entries and states share."""
        return {
            "facets": facets.mask(self.facets),
            "price": UNKNOWN_PRICE if self.price is None else int(self.price * 100),
            "months": month_bits(self.months),
        }


@dataclass(frozen=True)
class Document:
    """What the index keeps of one offer."""

    offer_id: UUID
    provider_id: UUID
    title: str
    text: Text
    hours: Decimal
    last_day: date  # in the catalogue
    addable: tuple[date, date]  # to a portfolio: from, until
    subject: str
    states: Sequence[State]  # that of today, and those to come; each other than the one before
    begins: frozenset[date]  # the days on which its runs begin

    def row(self, keys: frozenset[str]) -> dict[str, Any]:
        """The row but for its number, which the database gives.

        A key has no sign that means anything to FTS5 or in a tsvector.
        """
        in_order, kept = sorted(keys), self._kept()
        return {
            "digest": self._digest(in_order, kept),
            "keys": " ".join(in_order),
            **kept,
            **self.states[0].columns,
            "valid_until": self._valid_until,
            "version": VERSION,
            "counted": 1,
        }

    def _kept(self) -> dict[str, Any]:
        """What does not change with the days."""
        return {
            "offer_id": self.offer_id,
            "provider_id": self.provider_id,
            "hours": int(self.hours * 100),
            "last_day": self.last_day,
            "addable_from": self.addable[0],
            "addable_until": self.addable[1],
            "subject": self._subject,
            "sort_title": folded(self.title)[:LONGEST_SORT_TITLE],
        }

    def counted(self) -> Mapping[kept_counts.Change, int]:
        """How it changes the counts of the catalogue, day by day."""
        days = [
            (state.first_day, state.columns["facets"], state.columns["months"])
            for state in self.states
        ]
        return kept_counts.changes_of(self.last_day, (self.provider_id, self._subject), days)

    @property
    def _subject(self) -> str:
        return self.subject.lower().replace(APART, " ")[:LONGEST_SORT_TITLE]

    @property
    def _valid_until(self) -> date:
        later = self.states[1:]
        return later[0].first_day - timedelta(days=1) if later else NEVER

    def digest(self, keys: frozenset[str]) -> str:
        """What two documents with the same entry have in common; the days do not change it."""
        return self._digest(sorted(keys), self._kept())

    def _digest(self, keys: list[str], kept: dict[str, Any]) -> str:
        told = (kept, self.states[-1].columns, sorted(self.begins), keys, VERSION)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def put(session: Session, documents: Sequence[Document]) -> None:
    """Put offers in the index, or what changed of them: two round trips, mostly, or three."""
    wanted = {document.offer_id: document for document in documents}
    connection = session.connection()
    there, lists = entries.known(connection, wanted)
    before = kept_counts.changes_of_all(connection, list(there.values()))
    keys = {offer_id: keys_of(document.text, lists) for offer_id, document in wanted.items()}
    told = {offer_id: document.row(keys[offer_id][0]) for offer_id, document in wanted.items()}
    after = Counter[kept_counts.Change]()
    for document in wanted.values():
        after.update(document.counted())
    every, words = (set().union(*each) for each in zip(*keys.values(), strict=True))
    numbers, lacking = entries.put(
        connection,
        new=[row for offer_id, row in told.items() if offer_id not in there],
        changed={each.number: told[each.offer_id] for each in there.values()},
        told=kept_counts.rows_of(before, after),
        words=words | marked(every),
    )
    numbers |= {each.offer_id: each.number for each in there.values()}
    entries.put_days(
        connection,
        runs=[row for one in wanted.values() for row in runs_of(numbers[one.offer_id], one)],
        states=[row for one in wanted.values() for row in states_of(numbers[one.offer_id], one)],
        words=lacking,
    )


def marked(keys: Iterable[str]) -> set[str]:
    """The keys that the vocabulary knows."""
    return {key for key in keys if key[0] in "wn"}


def runs_of(number: int, document: Document) -> list[dict[str, Any]]:
    """The rows of `search_run` for the entry with this number."""
    first_day = document.states[0].first_day
    return [
        {"number": number, "day": day, "month": month_of(day)}
        for day in sorted(document.begins)
        if day >= first_day
    ]


def states_of(number: int, document: Document) -> list[dict[str, Any]]:
    """The rows of `search_state` for the entry with this number."""
    return [
        {"number": number, "first_day": state.first_day, **state.columns}
        for state in document.states[1:]
    ]


def remove(session: Session, offer_ids: Iterable[UUID]) -> None:
    """Take these offers out of the index, if they are in it."""
    taken = list(offer_ids)
    if not taken:
        return
    gone = SearchEntry.offer_id.in_(taken)
    there = session.connection().execute(select(*kept_counts.KEPT).where(gone)).all()
    if not there:
        return
    before = kept_counts.changes_of_all(session.connection(), there)
    kept_counts.write(session.connection(), before, Counter())
    numbers = [row.number for row in there]
    for child in (SearchRun, SearchState):
        session.execute(delete(child).where(child.number.in_(numbers)))
    session.execute(update(SearchEntry).where(gone).values(counted=GONE))
    session.execute(delete(SearchEntry).where(gone))


def clear(session: Session) -> None:
    """Empty the index, the vocabulary and the counts."""
    for table in (SearchRun, SearchState, SearchEntry, SearchWord):
        session.execute(delete(table))
    kept_counts.clear(session)  # with what the triggers told of entries that went
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM search_fts"))
