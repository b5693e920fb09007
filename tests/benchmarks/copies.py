"""Makes a filled database larger by copies of its rows, written by the database itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, ForeignKey

from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    Job,
    ProcessInstance,
    UserTask,
)
from processes.register.changes import AuditEvent
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider
from processes.register.search.tables import SearchEntry
from processes.webhooks.models import WebhookDelivery

COPIED: Mapping[Any, frozenset[str]] = {
    Provider: frozenset({"kvk", "reference"}),
    ProcessInstance: frozenset({"business_key", "tenant"}),
    ActivityInstance: frozenset(),
    UserTask: frozenset({"tenant"}),
    AuditEvent: frozenset({"kvk"}),
    Job: frozenset({"idempotency_key", "tenant"}),
    Incident: frozenset(),
    Offer: frozenset(),
    SearchEntry: frozenset(),
    WebhookDelivery: frozenset({"event_id"}),
}
"""The tables, and which of their columns differ in each copy beside ids."""
NAMES = frozenset(model.__tablename__ for model in COPIED)
NUMBERED = "number"  # given by the database
INDEX = ("ix_", "uq_process_instance_open")  # no constraint of a table hangs on these


def copy(engine: Engine, times: int, rows: int) -> None:
    """Copy each row so many times; there are so many of each kind that has a number in its key."""
    is_sqlite = engine.dialect.name == "sqlite"
    with _unchecked(engine) as connection, _without_indexes(connection, is_sqlite=is_sqlite):
        connection.exec_driver_sql("CREATE TEMPORARY TABLE copies (n INTEGER)")
        connection.execute(
            sa.text("INSERT INTO copies VALUES (:n)"), [{"n": n} for n in range(1, times + 1)]
        )
        for model in COPIED:
            name = model.__tablename__
            old = f"CREATE TEMPORARY TABLE old_{name} AS SELECT * FROM {name}"  # noqa: S608 - our own names
            connection.exec_driver_sql(old)
        for model, differs in COPIED.items():
            table: sa.Table = model.__table__
            columns = [column for column in table.columns if column.name != NUMBERED]
            values = [_value(column, differs, rows, is_sqlite=is_sqlite) for column in columns]
            names = ", ".join(f'"{column.name}"' for column in columns)
            given, source = ", ".join(values), f"old_{table.name} CROSS JOIN copies"
            copying = f"INSERT INTO {table.name} ({names}) SELECT {given} FROM {source}"  # noqa: S608 - our own names
            connection.exec_driver_sql(copying)


@contextmanager
def _unchecked(engine: Engine) -> Iterator[Connection]:
    """A connection on which nothing is flushed for safety, and no reference is looked up."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:  # outside a transaction, where these are heard
            driver: Any = connection.connection.driver_connection
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-1000000"):
                driver.execute(f"PRAGMA {pragma}")
        with connection.begin():
            if not is_sqlite:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
            yield connection
    engine.dispose()


@contextmanager
def _without_indexes(connection: Connection, *, is_sqlite: bool) -> Iterator[None]:
    """Take the indexes of these tables away, and make them anew at the end: sorted at once."""
    table, sql = ("tbl_name", "sql") if is_sqlite else ("tablename", "indexdef")
    where = "sqlite_master WHERE type = 'index'" if is_sqlite else "pg_indexes WHERE true"
    name = "name" if is_sqlite else "indexname"
    found = sa.text(f"SELECT {name}, {sql} FROM {where} AND {table} IN :names")  # noqa: S608 - our own names
    rows = connection.execute(
        found.bindparams(sa.bindparam("names", sorted(NAMES), expanding=True))
    ).all()
    indexes = {index: made for index, made in rows if index.startswith(INDEX)}
    for index in indexes:
        connection.exec_driver_sql(f"DROP INDEX {index}")
    yield
    for made in indexes.values():
        connection.exec_driver_sql(made)


def _value(column: sa.Column[Any], differs: frozenset[str], rows: int, *, is_sqlite: bool) -> str:
    name = f'"{column.name}"'
    if column.name == "keys" and is_sqlite:  # they stand in the full-text table
        return "(SELECT keys FROM search_fts WHERE rowid = old_search_entry.number)"
    is_id = isinstance(column.type, sa.Uuid)
    of_copy = column.name in differs or (column.primary_key and is_id)
    if of_copy or any(_is_copied(key) for key in column.foreign_keys):
        return _other_id(name, is_sqlite=is_sqlite) if is_id else _other_text(name, column, rows)
    return name


def _is_copied(key: ForeignKey) -> bool:
    return key.column.table.name in NAMES


def _other_id(name: str, *, is_sqlite: bool) -> str:
    """The id with its last eight digits replaced by the number of the copy."""
    if is_sqlite:
        return f"substr({name}, 1, 24) || printf('%08x', n)"
    digits = f"substr(replace({name}::text, '-', ''), 1, 24) || lpad(to_hex(n), 8, '0')"
    return f"({digits})::uuid"


def _other_text(name: str, column: sa.Column[Any], rows: int) -> str:
    if column.name in {"idempotency_key", "reference"}:
        return f"{name} || ' ' || n"
    return f"CAST(CAST({name} AS INTEGER) + {rows} * n AS VARCHAR)"
