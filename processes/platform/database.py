"""The database engine of a worker process, opened after the fork; sessions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from processes.database import READ_ONLY, open_database
from processes.platform.settings import current_settings
from processes.unit_of_work import UnitOfWork


@cache
def _engine(url: str) -> Engine:
    return open_database(url)


def database() -> Engine:
    """The engine of this process."""
    return _engine(current_settings().database_url)


@cache
def _quick(engine: Engine) -> Engine:
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(isolation_level="AUTOCOMMIT") if is_postgresql else engine


@contextmanager
def one_statement() -> Iterator[Connection]:
    """A transaction of one statement (autocommit): one round trip on PostgreSQL."""
    with _quick(database()).begin() as connection:
        yield connection


def missing_file(engine: Engine) -> Path | None:
    """Where SQLite's file should be; opening it would make an empty one."""
    file = engine.engine.url.database  # a test lends a connection
    if engine.dialect.name != "sqlite" or not file or file == ":memory:" or Path(file).exists():
        return None
    return Path(file)


def open_reading_session() -> Session:
    """A new read-only session, which never waits for SQLite's writer."""
    session = Session(database().execution_options(**READ_ONLY))
    UnitOfWork(session, is_writing=False)
    return session


def close_databases() -> None:
    """Close every connection (end of a test)."""
    database().dispose()
    _engine.cache_clear()
    _quick.cache_clear()
