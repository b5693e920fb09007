"""The search index: entries of offers and the vocabulary, written and removed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from processes.register.search import facets, kept_counts, spelling
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
from processes.register.search.word_lists import lists_of
from processes.register.search_words import folded

LONGEST_SORT_TITLE = 100
ENTRY: Any = SearchEntry.__table__
WORD: Any = SearchWord.__table__
ADDED = insert(ENTRY).returning(ENTRY.c.offer_id, ENTRY.c.number, sort_by_parameter_order=True)
ADD_KEYS = text("INSERT INTO search_fts (rowid, keys) VALUES (:number, :keys)")
_NEW = "NOT EXISTS (SELECT 1 FROM search_word w WHERE w.word = value)"
_LISTED = "json_array_elements_text(CAST(:words AS json)) AS value"
UNKNOWN = {
    "sqlite": text(f"SELECT value FROM json_each(:words) WHERE {_NEW}"),
    "postgresql": text(f"SELECT value FROM {_LISTED} WHERE {_NEW}"),
}
""":words that the vocabulary has not: one value, however many they are."""


@dataclass(frozen=True)
class State:
    """What changes with the days, because runs begin and are over: facets, price, months."""

    first_day: date
    facets: frozenset[str]
    price: Decimal | None  # of the cheapest run that is not over
    months: frozenset[int]  # `month_of` the days to come on which it begins

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
            **self.states[0].columns(),
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
            (state.first_day, facets.mask(state.facets), month_bits(state.months))
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
        told = (kept, self.states[-1].columns(), sorted(self.begins), keys, VERSION)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def put(session: Session, documents: Sequence[Document]) -> None:
    """Put offers in the index, or what changed of them; some ten statements for all together."""
    wanted = {document.offer_id: document for document in documents}
    send = session.connection().execute  # a session costs more than these statements
    query = select(ENTRY.c.offer_id, *kept_counts.KEPT)
    there = send(query.where(ENTRY.c.offer_id.in_(list(wanted)))).all()
    known: dict[UUID, int] = {row.offer_id: row.number for row in there}
    before = kept_counts.changes_of_all(session.connection(), there)
    lists = lists_of(session)
    keys = {offer_id: keys_of(document.text, lists) for offer_id, document in wanted.items()}
    told = {offer_id: document.row(keys[offer_id][0]) for offer_id, document in wanted.items()}
    if known:
        _change(session, {number: told[offer_id] for offer_id, number in known.items()})
    if new := [row for offer_id, row in told.items() if offer_id not in known]:
        known |= _add(session, new)
    _put_days(session, {known[offer_id]: document for offer_id, document in wanted.items()})
    after = Counter[kept_counts.Change]()
    for document in wanted.values():
        after.update(document.counted())
    kept_counts.write(session.connection(), before, after)
    every, words = (set().union(*each) for each in zip(*keys.values(), strict=True))
    _learn(session, words | marked(every))


def _add(session: Session, rows: Sequence[dict[str, Any]]) -> dict[UUID, int]:
    """Add entries; the number of each offer's.

    On SQLite keys go straight to the full-text table: a trigger would write each row twice.
    """
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    own = [{**row, "keys": ""} for row in rows] if is_sqlite else rows
    added = connection.execute(ADDED, own if len(own) > 1 else own[0])  # one without more ado
    numbers = {row.offer_id: row.number for row in added}
    if is_sqlite:
        keys = [{"number": numbers[row["offer_id"]], "keys": row["keys"]} for row in rows]
        connection.execute(ADD_KEYS, keys)
    return numbers


def marked(keys: Iterable[str]) -> set[str]:
    """The keys that the vocabulary knows."""
    return {key for key in keys if key[0] in "wn"}


def _change(session: Session, rows: dict[int, dict[str, Any]]) -> None:
    names = next(iter(rows.values()))
    changed = update(SearchEntry).where(SearchEntry.number == bindparam("own_number"))
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    changed = changed.values(new | {"counted": ENTRY.c.counted + 1})
    session.connection().execute(
        changed,
        [
            {"own_number": number, **{f"new_{name}": value for name, value in row.items()}}
            for number, row in rows.items()
        ],
    )
    for child in (SearchRun, SearchState):
        session.execute(delete(child).where(child.number.in_(list(rows))))


def _put_days(session: Session, documents: dict[int, Document]) -> None:
    runs = [row for one in documents.items() for row in runs_of(*one)]
    states = [row for one in documents.items() for row in states_of(*one)]
    for table, rows in ((SearchRun, runs), (SearchState, states)):
        if rows:
            session.connection().execute(insert(table.__table__), rows)  # type: ignore[arg-type]


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
        {"number": number, "first_day": state.first_day, **state.columns()}
        for state in document.states[1:]
    ]


def remove(session: Session, offer_ids: Iterable[UUID]) -> None:
    """Take these offers out of the index, if they are in it."""
    gone = SearchEntry.offer_id.in_(list(offer_ids))
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


def _learn(session: Session, found: Iterable[str]) -> None:
    """Add what is new to the vocabulary: almost always nothing."""
    words, connection = sorted(set(found)), session.connection()
    asked = UNKNOWN[connection.dialect.name]
    new = connection.execute(asked, {"words": json.dumps(words)}).scalars()
    rows = [
        {"word": word, "cut": cut}
        for word in sorted(new)
        for cut in ([""] if "=" in word else sorted(spelling.cuts(word)))
    ]
    if rows:
        connection.execute(insert(WORD), rows)
