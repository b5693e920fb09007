"""Client of the older register: a staged export, or its own database, read-only."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from processes.engine.registry import UnavailableError
from processes.platform.settings import Settings
from processes.register.legacy.files import LONGEST_CELL, MOST_ROWS, LegacyRow, as_text

Answer = TypeVar("Answer")

PAGE = 200  # rows asked for at a time
CONNECT = 3  # seconds
PATIENCE = 20.0  # seconds for one page
SOON = 2.0  # seconds, while a person waits for the answer
MOST_FAILURES = 3  # in a row, before nobody asks for a while
CLOSED_FOR = 60.0  # seconds


class LegacyUnavailableError(UnavailableError):
    """The older register does not answer: try again later."""


class LegacyRegister(Protocol):
    """The port: what the migration needs of an older register."""

    def pages(self, kvk: str) -> Iterator[list[LegacyRow]]:
        """Pages of rows of this company that are not staged. Raises LegacyUnavailableError."""

    def count_of(self, kvk: str) -> int | None:
        """How many rows it has of this company; None when only the staged rows can tell."""


def legacy_register(settings: Settings) -> LegacyRegister:
    """The older register of these settings."""
    if settings.legacy_url is None:
        return StagedImport()
    return _remote(
        settings.legacy_url.get_secret_value(),
        Columns(settings.legacy_table, settings.legacy_id_column, settings.legacy_kvk_column),
    )


class StagedImport:
    """The rows were staged by `loket legacy import`: nothing to fetch."""

    def pages(self, _kvk: str) -> Iterator[list[LegacyRow]]:
        yield from ()

    def count_of(self, _kvk: str) -> int | None:
        return None


@dataclass(frozen=True)
class Columns:
    """The table or view, its unique id, and the column of the company."""

    table: str
    id: str
    kvk: str


class Breaker:
    """Circuit breaker: after some failures in a row, callers fail at once for a while."""

    def __init__(self, most: int = MOST_FAILURES, closed_for: float = CLOSED_FOR) -> None:
        self._most, self._closed_for = most, closed_for
        self._failures, self._closed_until = 0, 0.0
        self._lock = threading.Lock()

    def call(self, ask: Callable[[], Answer]) -> Answer:
        """Call through the breaker. Raises LegacyUnavailableError."""
        with self._lock:
            if time.monotonic() < self._closed_until:
                message = "it did not answer lately"
                raise LegacyUnavailableError(message)
            if self._failures >= self._most:  # one may try; the others wait for what it finds
                self._closed_until = time.monotonic() + self._closed_for
        try:
            answer = ask()
        except LegacyUnavailableError:
            self._failed()
            raise
        with self._lock:
            self._failures, self._closed_until = 0, 0.0
        return answer

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._closed_until = time.monotonic() + self._closed_for


class RemoteDatabase:
    """Reads a table of the older register's database, page by page, read-only."""

    def __init__(self, url: str, columns: Columns, *, page: int = PAGE) -> None:
        self.engine, self._page = _read_only_engine(url), page
        self._breaker = Breaker()
        self._id: sa.ColumnClause[Any] = sa.column(columns.id)
        self._kvk: sa.ColumnClause[Any] = sa.column(columns.kvk)
        self._table = sa.table(columns.table, self._id, self._kvk)

    def pages(self, kvk: str) -> Iterator[list[LegacyRow]]:
        last, number = None, 1  # the header of a file is row 1
        while rows := self._ask(self._page_after(kvk, last), PATIENCE):
            yield [LegacyRow(number + place, _texts(row)) for place, row in enumerate(rows, 1)]
            last, number = rows[-1][self._id.name], number + len(rows)
            if len(rows) < self._page or number > MOST_ROWS:
                return

    def count_of(self, kvk: str) -> int | None:
        counted = sa.select(sa.func.count().label("n")).select_from(self._table)
        try:
            return int(self._ask(counted.where(self._is_of(kvk)), SOON)[0]["n"])
        except LegacyUnavailableError:
            return None

    def _page_after(self, kvk: str, last: Any) -> sa.Select[Any]:
        every: sa.ColumnElement[Any] = sa.literal_column("*")
        query = sa.select(every).select_from(self._table)
        query = query.where(self._is_of(kvk)).order_by(self._id).limit(self._page)
        return query if last is None else query.where(self._id > last)

    def _is_of(self, kvk: str) -> sa.ColumnElement[bool]:
        # Kept as a number, or typed without the zeros in front, it is the same company.
        return sa.cast(self._kvk, sa.String(20)).in_([kvk, kvk.lstrip("0")])

    def _ask(self, query: sa.Select[Any], patience: float) -> list[dict[str, Any]]:
        return self._breaker.call(lambda: _within(patience, lambda: self._fetch(query)))

    def _fetch(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


@cache
def _remote(url: str, columns: Columns) -> RemoteDatabase:
    """One of each in a process: its breaker remembers."""
    return RemoteDatabase(url, columns)


def _within(seconds: float, fetch: Callable[[], Answer]) -> Answer:
    """The answer, or LegacyUnavailableError: drivers have time-outs for most of what can hang."""
    answers: list[Answer] = []
    failures: list[SQLAlchemyError | OSError] = []

    def run() -> None:
        try:
            answers.append(fetch())
        except (SQLAlchemyError, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="legacy", daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    cause = failures[0] if failures else None
    # The text of the cause may hold an address or a password: the log of the job gets its kind.
    message = type(cause).__name__ if cause else f"no answer within {seconds:g} seconds"
    raise LegacyUnavailableError(message) from None


def _read_only_engine(url: str) -> Engine:
    kind = sa.make_url(url).get_backend_name()
    options = "-c default_transaction_read_only=on -c statement_timeout=15000"
    arguments: dict[str, dict[str, Any]] = {
        "postgresql": {"connect_timeout": CONNECT, "options": options},
        "sqlite": {"timeout": CONNECT, "check_same_thread": False},
        "mysql": {"connect_timeout": CONNECT, "read_timeout": int(PATIENCE)},
        "mariadb": {"connect_timeout": CONNECT, "read_timeout": int(PATIENCE)},
    }
    # No pool: a company is migrated once, and a connection that hung is never used again.
    engine = sa.create_engine(url, poolclass=NullPool, connect_args=arguments.get(kind, {}))
    if kind == "sqlite":
        event.listen(engine, "connect", _only_query)
    return engine


def _only_query(connection: DBAPIConnection, _entry: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """The row as an export would have had it: filled cells, as text, within limits."""
    cells = {name: _text(value)[:LONGEST_CELL] for name, value in row.items()}
    return {name: text for name, text in cells.items() if text}


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return re.sub("\x00", "", as_text(value))
