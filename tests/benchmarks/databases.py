"""Durable databases for benchmarks: SQLite and PostgreSQL with fsync, as in production."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from app.setup.tables import all_tables
from processes.database import open_database
from tests import servers

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


@dataclass(frozen=True)
class Database:
    """One database with the tables of Loket in it."""

    name: str  # sqlite, postgresql
    url: str
    version: str

    def open(self) -> Engine:
        """The database as the product opens it."""
        return open_database(self.url)

    def bare(self) -> "Bare":
        """The database as its driver opens it, with nothing in between."""
        return Bare(self)


class Bare:
    """A driver's own connection: statements go in, nothing else happens."""

    def __init__(self, database: Database) -> None:
        self.is_sqlite = database.name == "sqlite"
        self.mark = "?" if self.is_sqlite else "%s"
        if self.is_sqlite:
            self._connection: Any = sqlite3.connect(_path(database.url), isolation_level=None)
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            self.run = self._connection.execute
        else:
            address = make_url(database.url).set(drivername="postgresql")
            self._connection = psycopg.connect(address.render_as_string(hide_password=False))
            self.run = self._connection.cursor().execute
        self.commit = self._connection.commit
        self.close = self._connection.close

    def begin(self) -> None:
        """Take SQLite's write lock at once; psycopg begins by itself."""
        if self.is_sqlite:
            self.run("BEGIN IMMEDIATE")

    def rows(self, sql: str, given: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of the columns, and the rows as the driver gives them."""
        cursor = self.run(sql, given)
        return [column[0] for column in cursor.description], list(cursor.fetchall())


def as_parameter(value: Any) -> Any:
    """What psycopg reads as a dict, it writes as JSON only when told so."""
    return Json(value) if isinstance(value, dict | list) else value


@contextmanager
def sqlite() -> Iterator[Database]:
    """A file in a folder of its own, on a real disk."""
    folder = Path(tempfile.mkdtemp(prefix="loket-bench-"))
    try:
        yield _with_tables("sqlite", f"sqlite:///{folder / 'loket.db'}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[Database]:
    """A server of our own, with the settings that it has by default: nothing is lost."""
    with servers.postgresql(settings=()) as server:
        yield _with_tables("postgresql", f"{server}/postgres")


@contextmanager
def several(names: Sequence[str]) -> Iterator[list[Database]]:
    """Databases beside each other on one server of our own."""
    with servers.postgresql(settings=()) as server:
        engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        yield [_with_tables("postgresql", f"{server}/{name}") for name in names]


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


def _with_tables(name: str, url: str) -> Database:
    engine = open_database(url)
    all_tables().create_all(engine)
    with engine.connect() as connection:
        version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    engine.dispose()
    return Database(name, url, version)


def _path(url: str) -> str:
    return make_url(url).database or ""
