"""Tables of the search index: a row beside each published offer, and the vocabulary."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ForeignKey, Index, String, Text, event, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record

ALWAYS, NEVER = date.min, date.max  # days before and after every other
UNKNOWN_PRICE = 2**31 - 1  # after every other
MONTH_BITS = 62
APART = "\x1f"  # between subjects that are read as one text: a sign for that, which none has
SEEN_AHEAD = 48  # months that an entry knows of runs to come: fewer than there are bits


class SearchEntry(Record):
    """A published offer as search knows it, written in the transaction that changes the offer."""

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_order", "sort_title", "number"),
        Index("ix_search_entry_hours", "hours", "sort_title", "number"),
        Index("ix_search_entry_price", "price", "sort_title", "number"),
        Index("ix_search_entry_valid", "valid_until"),
        Index("ix_search_entry_version", "version"),  # each sweep asks for older ones
    )

    number: Mapped[int] = mapped_column(primary_key=True, init=False)  # a newer offer's is higher
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), unique=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    facets: Mapped[int] = mapped_column(BigInteger)  # the bits of `facets.BITS`
    hours: Mapped[int]  # contact and self-study, in hundredths of an hour
    last_day: Mapped[date]  # in the catalogue; ALWAYS: never in it
    price: Mapped[int]  # of its cheapest run that is not over, in cents; UNKNOWN_PRICE
    subject: Mapped[str] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql")  # in lower case
    )
    sort_title: Mapped[str] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql")  # one order in both databases
    )
    version: Mapped[int]  # of the analyser that made the keys
    digest: Mapped[str]  # of the keys, to verify them by
    keys: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    """On SQLite empty, and in its full-text table: the fewer blocks a count reads.

    Who writes them here (an update, code of before) has them moved there by a trigger.
    """
    addable_from: Mapped[date] = mapped_column(server_default="0001-01-01")  # to a portfolio (D-a)
    addable_until: Mapped[date] = mapped_column(server_default="9999-12-31")
    months: Mapped[int] = mapped_column(BigInteger, server_default="0")  # `month_bits` of its runs
    valid_until: Mapped[date] = mapped_column(server_default="9999-12-31")
    """The last day on which `facets`, `price` and `months` hold; then a `SearchState` does."""
    counted: Mapped[int] = mapped_column(server_default="0")  # other with each change that is told


class SearchState(Record):
    """What an entry is from a day on, because a run of its offer has begun or is over then."""

    __tablename__ = "search_state"

    number: Mapped[int] = mapped_column(
        ForeignKey("search_entry.number", ondelete="CASCADE"), primary_key=True
    )
    first_day: Mapped[date] = mapped_column(primary_key=True)
    facets: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int]
    months: Mapped[int] = mapped_column(BigInteger)


class SearchRun(Record):
    """A day to come on which a run of an offer begins: for the order by begin."""

    __tablename__ = "search_run"
    __table_args__ = (Index("ix_search_run_day", "day", "number", "month"),)

    number: Mapped[int] = mapped_column(ForeignKey("search_entry.number"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    month: Mapped[int]  # `month_of` the day


def month_of(day: date) -> int:
    """The number of the month since the beginning of the calendar."""
    return day.year * 12 + day.month - 1


def month_bits(months: Iterable[int]) -> int:
    """A bit for each month; those of MONTH_BITS months in a row differ."""
    return sum(1 << month % MONTH_BITS for month in set(months))


def month_text(month: int) -> str:
    """The number of a month as 2027-03."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def month_value(text: str) -> int | None:
    """The number of a month such as 2027-03; None for what is none."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    return int(found[1]) * 12 + int(found[2]) - 1 if found and int(found[1]) else None


def first_of(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


class SearchChange(Record):
    """That so many offers with these facets are in the catalogue from a day on: fewer below zero.

    Written with the entries; each entry comes on one day and goes after its last, and in between
    changes with its states. Whoever publishes adds a row, so that nobody waits for a shared one. A
    worker folds what is due into `SearchCount` (`kept_counts`). With number 0: nobody knows what
    changed (`UNCOUNTED`).
    """

    __tablename__ = "search_change"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    first_day: Mapped[date] = mapped_column(index=True)
    number: Mapped[int]
    facets: Mapped[int] = mapped_column(BigInteger)
    months: Mapped[int] = mapped_column(BigInteger)
    provider_id: Mapped[UUID]
    subject: Mapped[str]


class SearchCount(Record):
    """How many offers of the catalogue have a facet, month, provider or subject, as folded."""

    __tablename__ = "search_count"

    chosen: Mapped[int] = mapped_column(BigInteger, primary_key=True)  # a facet's bit; 0: all
    kind: Mapped[str] = mapped_column(primary_key=True)  # `kept_counts.TOTAL` and others
    value: Mapped[str] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql"), primary_key=True
    )
    number: Mapped[int]


class SearchWord(Record):
    """A word or key that an offer has or had; a word has a row for each form with one letter less.

    Nothing is unique on purpose: two transactions that learn one word need not wait for each other.
    """

    __tablename__ = "search_word"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    word: Mapped[str] = mapped_column(index=True)
    cut: Mapped[str] = mapped_column(index=True)  # empty for a key


KEPT = "facets months provider_id subject hours last_day addable_from addable_until valid_until"
NARROW = ", ".join(["number", *KEPT.split()])
"""What is counted of a hit."""
_OF_NEW = f"""new.number, new.facets, new.months, new.provider_id, new.subject, new.hours,
    nullif(new.last_day, '{NEVER}'), nullif(new.addable_from, '0001-01-01'),
    nullif(new.addable_until, '{NEVER}'), nullif(new.valid_until, '{NEVER}')"""
HITS = (
    """CREATE TABLE search_hit_row (number INTEGER PRIMARY KEY, facets INTEGER, months INTEGER,
    provider_id, subject, hours INTEGER, last_day, addable_from, addable_until, valid_until)""",
    f"""CREATE VIEW search_hit AS SELECT number, facets, months, provider_id, subject, hours,
    coalesce(last_day, '{NEVER}') AS last_day, coalesce(addable_from, '0001-01-01') AS addable_from,
    coalesce(addable_until, '{NEVER}') AS addable_until,
    coalesce(valid_until, '{NEVER}') AS valid_until FROM search_hit_row""",
    f"""CREATE TRIGGER search_hit_insert AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_hit_row ({NARROW}) VALUES ({_OF_NEW}); END""",
    """CREATE TRIGGER search_hit_delete AFTER DELETE ON search_entry BEGIN
    DELETE FROM search_hit_row WHERE number = old.number; END""",
    f"""CREATE TRIGGER search_hit_update AFTER UPDATE OF {KEPT.replace(" ", ", ")}
    ON search_entry BEGIN
    REPLACE INTO search_hit_row ({NARROW}) VALUES ({_OF_NEW}); END""",
)
"""A narrow row of each entry for SQLite: a count reads a quarter of the blocks."""
GONE = -1  # `SearchEntry.counted` of an entry that goes and whose change is told
_MARK = f"""INSERT INTO search_change (first_day, number, facets, months, provider_id, subject)
    VALUES ('{ALWAYS}', 0, 0, 0, '{UUID(int=0).hex}', '')"""
_UNTOLD = {
    "search_uncounted_insert": ("INSERT", "new.counted = 0"),
    "search_uncounted_update": (
        "UPDATE OF facets, months, provider_id, subject, last_day, valid_until",
        "new.counted = old.counted",
    ),
    "search_uncounted_delete": ("DELETE", f"old.counted <> {GONE}"),
}
UNCOUNTED = {
    "sqlite": [
        f"CREATE TRIGGER {name} AFTER {what} ON search_entry WHEN {condition} BEGIN {_MARK}; END"
        for name, (what, condition) in _UNTOLD.items()
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION search_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {_MARK}; RETURN NULL; END $$""",
        *(
            f"""CREATE TRIGGER {name} AFTER {what} ON search_entry FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION search_uncounted()"""
            for name, (what, condition) in _UNTOLD.items()
        ),
    ],
}
"""Triggers that tell when entries change and their counts do not, as by the release before."""
SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(keys, detail=none, columnsize=0,
    tokenize="ascii tokenchars '=-'")""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entry WHEN new.keys != '' BEGIN
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys);
    UPDATE search_entry SET keys = '' WHERE number = new.number; END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_entry BEGIN
    DELETE FROM search_fts WHERE rowid = old.number; END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE OF keys ON search_entry
    WHEN new.keys != '' BEGIN
    DELETE FROM search_fts WHERE rowid = old.number;
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys);
    UPDATE search_entry SET keys = '' WHERE number = new.number; END""",
    *HITS,
)
_IN_BATCHES = "fastupdate=on, gin_pending_list_limit=256"  # kB
POSTGRESQL = (
    f"CREATE INDEX ix_search_entry_keys ON search_entry USING gin (keys) WITH ({_IN_BATCHES})",
)
"""What SQLAlchemy's metadata cannot say: the full-text index of each database.

Keys of a new entry go to a list of the index, which a search reads too: short, so that it costs
little. It is emptied into the index, sorted, by whoever fills it up, or by autovacuum.
"""
MOST = "CREATE INDEX ix_search_count_most ON search_count (chosen, kind, number DESC, value)"
"""Nor can Alembic compare an index in descending order."""


@event.listens_for(SearchEntry.__table__, "after_create")
def _create_full_text(_table: Any, connection: Connection, **_more: Any) -> None:
    dialect = connection.dialect.name
    statements = SQLITE if dialect == "sqlite" else POSTGRESQL
    for statement in (*statements, *UNCOUNTED[dialect]):
        connection.execute(text(statement))


@event.listens_for(SearchCount.__table__, "after_create")
def _create_index_of_counts(_table: Any, connection: Connection, **_more: Any) -> None:
    connection.execute(text(MOST))
