"""Fills a database with up to a million offers in minutes.

    python -m tests.benchmarks.register_filling URL --offers 1000000

Some thousand offers are made as the product makes them, with keys by its own analyser. An offer has
the texts of one of them, and provider, kind, sectors and runs of another. Rows go past the session,
and indexes are made after them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection, Engine, Index, Table, func, insert, select, text
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.base import own_clock
from processes.database import open_database
from processes.register.offers.rules import Offer
from processes.register.offers.search.documents import document_of
from processes.register.providers.providers import Provider
from processes.register.search import answers, index, kept_counts
from processes.register.search.analyser import Text, keys_of
from processes.register.search.language import spelling
from processes.register.search.tables import (
    NARROW,
    POSTGRESQL,
    SQLITE,
    UNCOUNTED,
    SearchEntry,
    SearchRun,
    SearchState,
    SearchWord,
)
from processes.register.search.word_lists import NOTHING
from tests.benchmarks.register_offers import compounds, new_offer
from tests.processes.register.search.library import DAY, NOON, provider_called

CHUNK = 10_000  # rows of offers that are written together
PATTERNS = 10_000  # offers that others are made of
OFFERS_EACH = 50  # of a provider
FIRST_KVK = 10_000_000
FILLED: tuple[Any, ...] = (Offer, SearchEntry, SearchRun, SearchState)
WORDS: Any = SearchWord.__table__
OF_TEXTS = frozenset({"title", "subject", "contribution", "content", "audience", "search_text"})
OF_ENTRY_TEXTS = frozenset({"subject", "sort_title"})
Row = dict[str, Any]
Providers = Sequence[tuple[UUID, str]]  # with the name that is searched


@dataclass(frozen=True)
class Pattern:
    """An offer in two halves, as the database takes them: what it says, and all the rest."""

    texts: Row  # of its offer
    rest: Row
    entry_texts: Row  # of its entry
    entry: Row
    text_keys: str
    other_keys: str
    runs: Sequence[Row]
    states: Sequence[Row]


@click.command()
@click.argument("url")
@click.option("--offers", "wanted", default=1_000_000, show_default=True)
def main(url: str, wanted: int) -> None:
    """Make the tables in an empty database and fill them."""
    engine = open_database(url)
    all_tables().create_all(engine)
    began = perf_counter()
    fill_up(engine, wanted)
    click.echo(f"{wanted} offers in {perf_counter() - began:.0f} s")


def fill_up(engine: Engine, wanted: int) -> None:
    """Published offers up to this number, with providers, the index, and its counts."""
    with own_clock(lambda: NOON), Session(engine) as session:
        there = session.scalar(select(func.count()).select_from(Offer)) or 0
        _add_providers(session, wanted // OFFERS_EACH)
        last = session.scalar(select(func.max(SearchEntry.number))) or 0
        query = select(Provider.id, Provider.display_name, Provider.name).order_by(Provider.kvk)
        providers = [(row[0], f"{row[1]} {row[2]}") for row in session.execute(query)]
        session.commit()
        if there < wanted:
            _fill(engine, range(last + 1, last + 1 + wanted - there), providers)
            kept_counts.rebuild(session)
            session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")


def _add_providers(session: Session, wanted: int) -> None:
    there = session.scalar(select(func.count()).select_from(Provider)) or 0
    if rows := [_provider(number) for number in range(there, wanted)]:
        session.execute(insert(Provider), rows)


def _provider(number: int) -> Row:
    name = f"Opleider {compounds()[number % len(compounds())]} {number}"
    id_ = UUID(int=Random(f"provider {number}").getrandbits(128))  # noqa: S311 - the same each time
    made = provider_called(name, id_, str(FIRST_KVK + number), f"AB-2026-{number:06}")
    return {column.name: getattr(made, column.name) for column in Provider.__table__.columns}


def _fill(engine: Engine, numbers: range, providers: Providers) -> None:
    random = Random(f"offers from {numbers[0]}")  # noqa: S311 - the same offers each time
    patterns = _Patterns(engine, providers, random)
    made = [patterns.new() for _ in range(min(PATTERNS, len(numbers)))]
    rows = _rows(patterns, made, numbers, random)
    with _bare(engine) as connection:
        while some := list(islice(rows, CHUNK)):
            for place, model in enumerate(FILLED):
                rows_of_it = [row for each in some for row in each[place]]
                _load(connection, model.__tablename__, rows_of_it)
            connection.commit()
        known = set(connection.execute(select(WORDS.c.word)).scalars())
        words = [
            {"word": word, "cut": cut}
            for word in sorted(patterns.words - known)
            for cut in ([""] if "=" in word else sorted(spelling.cuts(word)))
        ]
        if words:
            connection.execute(insert(WORDS), words)


class _Patterns:
    """Makes offers as the product does, and takes them apart."""

    def __init__(self, engine: Engine, providers: Providers, random: Random) -> None:
        self._names, self._random = dict(providers), random
        self._ids = list(self._names)
        self._bound = {model: _binder(engine, model.__table__) for model in FILLED}
        self.id_of: Callable[[UUID], Any] = lambda each: self._bound[Offer]({"id": each})["id"]
        self.words: set[str] = set()

    def new(self) -> Pattern:
        offer = new_offer(self._random, self._ids, compounds())
        document = document_of(offer, self._names[offer.provider_id], on=DAY)
        row = self._bound[Offer]({name: getattr(offer, name) for name in _columns("offer")})
        entry = self._bound[SearchEntry](document.row(frozenset()))
        own, other = (self._keys(half) for half in _halves(offer, document.text))
        return Pattern(
            texts={name: row[name] for name in OF_TEXTS},
            rest=row,
            entry_texts={name: entry[name] for name in OF_ENTRY_TEXTS},
            entry=entry,
            text_keys=own,
            other_keys=other,
            runs=list(map(self._bound[SearchRun], index.runs_of(0, document))),
            states=list(map(self._bound[SearchState], index.states_of(0, document))),
        )

    def _keys(self, text: Text) -> str:
        keys, words = keys_of(text, NOTHING)
        self.words |= words | index.marked(keys)
        return " ".join(sorted(keys))


def _halves(offer: Offer, whole: Text) -> tuple[Text, Text]:
    """What it says; and what follows from the rest, such as the names of its sectors."""
    own = replace(whole, body=offer.search_text, names="", facets=frozenset())
    return own, replace(whole, head="", body=whole.body.removeprefix(offer.search_text))


def _rows(
    patterns: _Patterns, made: Sequence[Pattern], numbers: range, random: Random
) -> Iterator[tuple[list[Row], ...]]:
    """The rows of each table for each offer: the first are the patterns themselves."""
    for place, number in enumerate(numbers):
        own = made[place] if place < len(made) else random.choice(made)
        other = own if place < len(made) else random.choice(made)
        offer_id = patterns.id_of(UUID(int=random.getrandbits(128)))
        keys = {"keys": f"{own.text_keys} {other.other_keys}"}
        numbered = {"number": number}
        yield (
            [other.rest | own.texts | {"id": offer_id}],
            [other.entry | own.entry_texts | keys | numbered | {"offer_id": offer_id}],
            [row | numbered for row in other.runs],
            [row | numbered for row in other.states],
        )


def _binder(engine: Engine, table: Table) -> Callable[[Mapping[str, Any]], Row]:
    """Makes of the values of a row what the driver takes."""
    bind = {
        column.name: column.type.dialect_impl(engine.dialect).bind_processor(engine.dialect)
        for column in table.columns
    }

    def bound(values: Mapping[str, Any]) -> Row:
        return {
            name: process(value) if (process := bind[name]) else value
            for name, value in values.items()
        }

    return bound


@contextmanager
def _bare(engine: Engine) -> Iterator[Connection]:
    """The tables without indexes and triggers, which come back in the end."""
    indexes = [each for model in FILLED for each in _indexes(model.__table__)]
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        for each in indexes:
            each.drop(connection)
        for statement in _taken_away(is_sqlite=is_sqlite):
            connection.exec_driver_sql(statement)
        yield connection
        for each in indexes:
            each.create(connection)
        for statement in _put_back(is_sqlite=is_sqlite):
            connection.execute(text(statement))
        connection.commit()
    engine.dispose()


def _indexes(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda each: str(each.name))


def _triggers() -> list[str]:
    every = (*SQLITE, *UNCOUNTED["sqlite"], *answers.TRIGGERS["sqlite"])
    return [each for each in every if each.startswith("CREATE TRIGGER")]


def _taken_away(*, is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return [f"DROP TRIGGER {trigger.split()[2]}" for trigger in _triggers()]
    return ["DROP INDEX ix_search_entry_keys", "SET session_replication_role = replica"]


def _put_back(*, is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return _triggers()
    highest = "(SELECT max(number) FROM search_entry)"
    return [
        *("SET session_replication_role = DEFAULT", "SET maintenance_work_mem = '512MB'"),
        *POSTGRESQL,
        f"SELECT setval(pg_get_serial_sequence('search_entry', 'number'), {highest})",
    ]


def _load(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """In one statement: `executemany` on SQLite, COPY on PostgreSQL."""
    if not rows:
        return
    if table == "search_entry" and connection.dialect.name == "sqlite":
        _load_of_sqlite(connection, rows)
        rows = [{**row, "keys": ""} for row in rows]
    names = list(rows[0])
    values = [tuple(map(row.__getitem__, names)) for row in rows]
    columns = ", ".join(names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        insert_all = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(insert_all, values)
        return
    connection.exec_driver_sql("SELECT 1")  # a transaction has begun
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _load_of_sqlite(connection: Connection, entries: Sequence[Row]) -> None:
    """As the triggers do: keys in the full-text table, and what is counted in narrow rows."""
    keys = [{"rowid": row["number"], "keys": row["keys"]} for row in entries]
    _load(connection, "search_fts", keys)
    hits = [{name: _kept(name, row[name]) for name in NARROW.split(", ")} for row in entries]
    _load(connection, "search_hit_row", hits)


def _kept(name: str, value: Any) -> Any:
    return None if value == USUAL.get(name) else value


def _columns(table: str) -> list[str]:
    return [column.name for column in all_tables().tables[table].columns]


USUAL = {
    "addable_from": str(date.min),
    **dict.fromkeys(("last_day", "addable_until", "valid_until"), str(date.max)),
}
"""What stands as NULL in the narrow rows."""


if __name__ == "__main__":
    main()
