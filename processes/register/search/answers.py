"""Answers of a search that are given again as long as nothing changed that they are made of.

Who asks reads the stamps first: an answer is kept for these alone, so that it is never older than
they are (docs/adr/0035-answers-kept-in-memory.md).
"""

import secrets
from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Engine, delete, event, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record
from processes.register.search.tables import SearchEntry
from processes.statements import Statement

MOST = 1_000  # answers of one database: some 6 MB, or 40 when all are long
FEW = 50  # stamps that a search adds up without ado
BITS = 62  # of a stamp


class SearchStamp(Record):
    """Numbers that are others after each change of entries, or of which providers are shown.

    Each transaction on PostgreSQL adds its own, so that none waits for another; a worker puts them
    together. SQLite has one row. Numbers by chance: no state has those of another, not even one
    that was rolled back.
    """

    __tablename__ = "search_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[int] = mapped_column(BigInteger)


_STAMPED = {
    "search_entry": ("INSERT", "UPDATE", "DELETE"),
    "provider": ("UPDATE OF status, kvk, search_name",),
}
TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER search_stamp_{table}_{what.split()[0].lower()} AFTER {what} ON {table}
        BEGIN INSERT INTO search_stamp (id, number) VALUES (1, random())
        ON CONFLICT (id) DO UPDATE SET number = excluded.number; END"""
        for table, changes in _STAMPED.items()
        for what in changes
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION search_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO search_stamp (number)
        VALUES (hashtextextended(CAST(gen_random_uuid() AS text), 0)); RETURN NULL; END $$""",
        *(
            f"""CREATE TRIGGER search_stamp_{table} AFTER {" OR ".join(changes)} ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION search_stamped()"""
            for table, changes in _STAMPED.items()
        ),
    ],
}
"""Triggers, so that no code that writes entries can forget it, nor that of the release before."""
STAMPS: Any = SearchStamp.__table__
STATE = Statement(select(func.count(), func.sum(STAMPS.c.number)))

Answers = dict[Hashable, Any]
_kept: WeakKeyDictionary[Engine, tuple[Any, Answers]] = WeakKeyDictionary()
_turn = Lock()


def answers_of(connection: Connection) -> Answers:
    """What was answered in the state that this connection sees; to add to, and not to change."""
    state = STATE.first(connection, {})
    if not state or not state[0]:  # no stamps: nobody can tell
        return {}
    with _turn:
        kept = _kept.get(connection.engine)
        if kept is None or kept[0] != state or len(kept[1]) >= MOST:
            kept = _kept[connection.engine] = (state, {})
    return kept[1]


def any_stamps(session: Session, _moment: datetime) -> bool:
    """Whether there are so many stamps that they should be put together."""
    found = session.execute(select(STAMPS.c.id).offset(FEW).limit(1))
    return found.first() is not None


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
