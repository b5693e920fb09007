"""The search index: entries of published offers, and the vocabulary, written and removed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text as SqlText
from sqlalchemy import cast, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from processes.register.search import facets, spelling
from processes.register.search.analyser import VERSION, Text, keys_of
from processes.register.search.tables import (
    NEVER,
    UNKNOWN_PRICE,
    SearchEntry,
    SearchRun,
    SearchWord,
    month_of,
)
from processes.register.search_words import folded

LONGEST_SORT_TITLE = 100


@dataclass(frozen=True)
class Document:
    """What the index keeps of one offer."""

    offer_id: UUID
    provider_id: UUID
    title: str
    text: Text
    hours: Decimal
    last_day: date | None
    price: Decimal | None  # of the cheapest run
    subject: str
    begins: frozenset[date]  # the days on which its runs begin

    def columns(self) -> dict[str, Any]:
        """The row, but for the keys."""
        return {
            "offer_id": self.offer_id,
            "provider_id": self.provider_id,
            "facets": facets.mask(self.text.facets),
            "hours": int(self.hours * 100),
            "last_day": self.last_day or NEVER,
            "price": UNKNOWN_PRICE if self.price is None else int(self.price * 100),
            "subject": self.subject.lower()[:LONGEST_SORT_TITLE],
            "sort_title": folded(self.title)[:LONGEST_SORT_TITLE],
            "version": VERSION,
        }

    @property
    def digest(self) -> str:
        """What two documents with the same entry have in common."""
        return self._digest(keys_of(self.text)[0])

    def _digest(self, keys: frozenset[str]) -> str:
        told = (self.columns(), sorted(self.begins), sorted(keys))
        return hashlib.sha256(repr(told).encode()).hexdigest()


def put(session: Session, document: Document) -> None:
    """Put an offer in the index, or what changed of it. Flushes nothing."""
    keys, words = keys_of(document.text)
    columns = document.columns() | {"digest": document._digest(keys)}  # noqa: SLF001 - its own
    known = select(SearchEntry.number).where(SearchEntry.offer_id == document.offer_id)
    number = session.scalar(known)
    columns["keys"] = _stored(session, keys)
    if number is None:
        added = insert(SearchEntry).values(**columns).returning(SearchEntry.number)
        number = session.scalars(added).one()
    else:
        session.execute(update(SearchEntry).where(SearchEntry.number == number).values(**columns))
        session.execute(delete(SearchRun).where(SearchRun.number == number))
    if document.begins:
        days = sorted(document.begins)
        rows = [{"number": number, "day": day, "month": month_of(day)} for day in days]
        session.execute(insert(SearchRun), rows)
    _learn(session, words | {key for key in keys if key[0] in "wn"})


def remove(session: Session, offer_ids: Iterable[UUID]) -> None:
    """Take these offers out of the index, if they are in it."""
    gone = SearchEntry.offer_id.in_(list(offer_ids))
    numbers = select(SearchEntry.number).where(gone)
    session.execute(delete(SearchRun).where(SearchRun.number.in_(numbers)))
    session.execute(delete(SearchEntry).where(gone))


def clear(session: Session) -> None:
    """Empty the index and the vocabulary."""
    session.execute(delete(SearchRun))
    session.execute(delete(SearchEntry))
    session.execute(delete(SearchWord))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))


def _stored(session: Session, keys: frozenset[str]) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return func.array_to_tsvector(cast(sorted(keys), ARRAY(SqlText)))
    return " ".join(sorted(keys))


def _learn(session: Session, found: Iterable[str]) -> None:
    """Add what is new to the vocabulary: almost always nothing."""
    words = set(found)
    known = session.scalars(select(SearchWord.word).where(SearchWord.word.in_(words)).distinct())
    rows = [
        {"word": word, "cut": cut}
        for word in sorted(words - set(known))
        for cut in ([""] if "=" in word else sorted(spelling.cuts(word)))
    ]
    if rows:
        session.execute(insert(SearchWord), rows)
