"""Answers of a search that are given again as long as nothing changed that they are made of.

Who asks reads the stamps first: an answer is kept for these alone, so that it is never older than
they are (docs/adr/0035-answers-kept-in-memory.md). What was read of many hits is kept longer, for
stamps also say which entries changed: these are read again, and no others (docs/adr/0040).
"""

import secrets
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Engine, delete, event, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record
from processes.questions import Question
from processes.register.search.hit_columns import HitColumns
from processes.register.search.tables import SearchEntry
from processes.statements import Statement

MOST = 1_000  # answers of one database: some 6 MB, or 40 when all are long
MOST_HITS = 300_000  # of which the columns are kept: some 20 MB
CHANGED = 200  # entries at most that are read again among many hits
FEW = 500  # stamps that a search adds up without ado
TOO_MANY = 2_000  # stamps that nobody adds up
BITS = 52  # of a stamp: SQLite adds up as many as there can be


class SearchStamp(Record):
    """Numbers that are others after each change of entries, or of which providers are shown.

    Each change adds its own, so that on PostgreSQL no transaction waits for another; a worker puts
    them together. Numbers by chance: no state has those of another, not even one that was rolled
    back.
    """

    __tablename__ = "search_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[int] = mapped_column(BigInteger)
    entry: Mapped[int | None] = mapped_column(default=None)
    """The number of the entry that changed, where nothing else did."""


_OF_ENTRIES = ("INSERT", "UPDATE", "DELETE")
_OF_PROVIDERS = "UPDATE OF status, kvk, search_name"
_BY_CHANCE = "random() / 4096"  # BITS
_UUID = "hashtextextended(CAST(gen_random_uuid() AS text), 0) / 4096"
TRIGGERS = {
    "sqlite": [
        *(
            f"""CREATE TRIGGER search_stamp_search_entry_{what.lower()} AFTER {what}
            ON search_entry BEGIN INSERT INTO search_stamp (number, entry)
            VALUES ({_BY_CHANCE}, {"old" if what == "DELETE" else "new"}.number); END"""
            for what in _OF_ENTRIES
        ),
        f"""CREATE TRIGGER search_stamp_provider_update AFTER {_OF_PROVIDERS} ON provider
        BEGIN INSERT INTO search_stamp (number) VALUES ({_BY_CHANCE}); END""",
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION search_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO search_stamp (number) VALUES ({_UUID}); RETURN NULL; END $$""",
        f"""CREATE OR REPLACE FUNCTION search_entry_stamped() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN INSERT INTO search_stamp (number, entry)
        VALUES ({_UUID}, coalesce(new.number, old.number)); RETURN NULL; END $$""",
        f"""CREATE TRIGGER search_stamp_search_entry AFTER {" OR ".join(_OF_ENTRIES)}
        ON search_entry FOR EACH ROW EXECUTE FUNCTION search_entry_stamped()""",
        f"""CREATE TRIGGER search_stamp_provider AFTER {_OF_PROVIDERS} ON provider
        FOR EACH STATEMENT EXECUTE FUNCTION search_stamped()""",
    ],
}
"""Triggers, so that no code that writes entries can forget it, nor that of the release before."""
STAMPS: Any = SearchStamp.__table__
_SOME = select(STAMPS.c.number).limit(TOO_MANY).subquery()
STATE = Statement(select(func.count(), func.sum(_SOME.c.number)))
EVERY = Statement(select(STAMPS.c.number, STAMPS.c.entry).limit(TOO_MANY))

Stamps = frozenset[tuple[int, int | None]]


@dataclass
class Answers:
    """What was answered in one state of the index, and what was read of many hits before it."""

    state: Any = None
    stamps: Stamps = frozenset()
    """Those of this state, read when they are first needed and never after what they stand for."""
    kept: dict[Hashable, Any] = field(default_factory=dict)
    columns: dict[Hashable, tuple[Stamps, HitColumns]] = field(default_factory=dict)

    def columns_of(self, key: Hashable) -> tuple[HitColumns, frozenset[int]] | None:
        """What was read of these hits, and the numbers of entries that changed since, or did not.

        None where nobody can tell which.
        """
        known = self.columns.get(key)  # in one step: another thread may take it away
        if known is None:
            return None
        stamps, columns = known
        changed = [entry for _number, entry in stamps ^ self.stamps]
        if len(changed) > CHANGED:
            return None
        numbers = frozenset(entry for entry in changed if entry is not None)
        return None if None in changed else (columns, numbers)

    def keep(self, key: Hashable, columns: HitColumns) -> None:
        """As of this state."""
        self.columns.pop(key, None)
        others = list(self.columns.values())
        if sum(each.size for _stamps, each in others) + columns.size > MOST_HITS:
            self.columns.clear()
        if self.stamps and columns.size <= MOST_HITS:
            self.columns[key] = (self.stamps, columns)


_kept: WeakKeyDictionary[Engine, Answers] = WeakKeyDictionary()
_turn = Lock()


def answers_of(connection: Connection) -> Answers:
    """What was answered in the state that this connection sees; to add to, and not to change."""
    state = STATE.first(connection, {})
    if not state or not 0 < state[0] < TOO_MANY:  # no stamps, or too many: nobody can tell
        return Answers()
    with _turn:
        kept = _kept.get(connection.engine)
    if kept is not None and kept.state == state and len(kept.kept) < MOST:
        return kept
    stamps = EVERY.all(connection, {})
    if len(stamps) == TOO_MANY:
        return Answers()
    numbers = [number for number, _entry in stamps]
    columns = kept.columns if kept is not None and len(kept.kept) < MOST else {}
    answers = Answers((len(numbers), sum(numbers)), frozenset(stamps), columns=columns)
    with _turn:
        _kept[connection.engine] = answers
    return answers


ANY_STAMPS = Question(select(STAMPS.c.id).offset(FEW).limit(1).exists())
"""Whether there are so many stamps that they should be put together."""


def put_together(session: Session, _moment: datetime) -> None:
    """One stamp in place of those that are there; what is answered from now on is kept anew."""
    session.execute(delete(STAMPS))
    session.execute(insert(STAMPS), {"number": secrets.randbits(BITS)})


@event.listens_for(SearchEntry.__table__, "after_create")
def _create_triggers(_table: Any, connection: Connection, **_more: Any) -> None:
    for statement in TRIGGERS[connection.dialect.name]:
        connection.execute(text(statement))


@event.listens_for(STAMPS, "after_create")
def _create_first_stamp(_table: Any, connection: Connection, **_more: Any) -> None:
    connection.execute(insert(STAMPS), {"number": secrets.randbits(BITS)})
