"""Connections to SQLite of which the threads of a process write one after the other.

SQLite lets one connection write at a time, and its busy handler sleeps between attempts, longer
each time: eight threads did less together than one alone. Here they wait in a line, in memory, in
the order in which they came; only other processes are still waited for by the busy handler. They
commit one after the other and wait together until that is on the disk (`group_commit`).
"""

import os
import sqlite3
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from sqlalchemy import Connection

from processes.group_commit import GroupCommit
from processes.statements import errors_of

PATIENCE = 15.0  # seconds in the line, where the connection does not say how long it waits


class Place:
    """A place in the line: its owner alone waits at it. As an `Event`, which takes 4 µs to make."""

    __slots__ = ("_gate", "_is_first")

    def __init__(self) -> None:
        self._gate = Lock()
        self._gate.acquire()
        self._is_first = False

    def is_set(self) -> bool:
        """Whether it is, or was, the first."""
        return self._is_first

    def set(self) -> None:
        """It is the first now; told again, it stays so. Only under the lock of its line."""
        if not self._is_first:
            self._is_first = True
            self._gate.release()

    def wait(self, seconds: float) -> bool:
        """Wait until it is the first; False where that took too long."""
        return self._is_first or self._gate.acquire(timeout=seconds)


class Line:
    """Who waits to write to one database, first come first served."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: deque[Place] = deque()

    def join(self) -> Place:
        """A place in the line; it is set when it is the first."""
        place = Place()
        with self._lock:
            self._places.append(place)
            if len(self._places) == 1:
                place.set()
        return place

    def leave(self, place: Place) -> None:
        """Give a place up, the first or any other; the next one is told."""
        with self._lock:
            self._places.remove(place)
            if self._places:
                self._places[0].set()


class _Database:
    """What the connections of a process to one database share."""

    def __init__(self) -> None:
        self.line = Line()
        self.commits = GroupCommit()
        self.writer: int | None = None
        """The thread that writes."""


_databases: dict[str, _Database] = {}
os.register_at_fork(after_in_child=_databases.clear)


def _database_in(file: str) -> _Database:
    return _databases.get(file) or _databases.setdefault(file, _Database())


class OneWriter(sqlite3.Connection):
    """A connection that waits for the other threads of its process before it writes."""

    def __init__(self, database: Any, *args: Any, **options: Any) -> None:
        self._turn: tuple[_Database, Place] | None = None
        self._wal: int | None = None  # its file, where commits are flushed in groups
        super().__init__(database, *args, **options)
        in_memory = str(database) in ("", ":memory:")  # each connection has a database of its own
        self._file = f":memory:{id(self)}" if in_memory else os.path.realpath(str(database))
        self._patience = float(options.get("timeout", PATIENCE))

    def commit_in_groups(self) -> None:
        """From here on what it commits is flushed together with others', where there is a WAL.

        SQLite deletes no WAL of a connection that is open, and locks no byte of it: closing our
        descriptor ends no lock of the process.
        """
        (mode,) = self.execute("PRAGMA journal_mode").fetchone()
        self.execute("SELECT 1 FROM sqlite_master").fetchone()  # begins the WAL of a new file
        wal = f"{self._file}-wal"
        if mode == "wal" and Path(wal).exists():
            self.execute("PRAGMA synchronous=NORMAL")
            self._wal = os.open(wal, os.O_RDWR)

    def begin_writing(self) -> None:
        """BEGIN IMMEDIATE, in turn.

        Raises sqlite3.OperationalError when others write for too long, when another connection of
        this thread does, and after the disk failed.
        """
        database = _database_in(self._file)
        database.commits.check()
        if database.writer == get_ident():
            message = "database is locked by another connection of this thread"
            raise sqlite3.OperationalError(message)
        place = database.line.join()
        self._turn = database, place
        try:
            self._wait_for(place)
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise
        database.writer = get_ident()

    def commit(self) -> None:
        """Commit; when it returns, what was written is durable, and what was read.

        Raises sqlite3.Error.
        """
        has_written, was_open = self._turn is not None, self.in_transaction
        super().commit()
        commits = _database_in(self._file).commits
        number = commits.add() if has_written else commits.last
        self._leave()
        if was_open:
            self._wait_until_durable(number)

    def rollback(self) -> None:
        """Roll back; when it returns, what was read is durable, unless the disk fails."""
        was_open = self.in_transaction
        try:
            super().rollback()
        finally:
            self._leave()
        if was_open:
            with suppress(sqlite3.OperationalError):
                self._wait_until_durable(_database_in(self._file).commits.last)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._forget()

    def __del__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._leave()
        wal, self._wal = self._wal, None
        if wal is not None:
            os.close(wal)

    def _wait_until_durable(self, number: int) -> None:
        if self._wal is not None:
            commits = _database_in(self._file).commits
            commits.wait_for(number, partial(os.fdatasync, self._wal))

    def _wait_for(self, place: Place) -> None:
        if not place.wait(self._patience):
            message = "database is locked by other threads"
            raise sqlite3.OperationalError(message)

    def _leave(self) -> None:
        """Give the turn up; a process that was forked inherits none."""
        if self._turn is None:
            return
        (database, place), self._turn = self._turn, None
        if _databases.get(self._file) is database:
            if place.is_set():
                database.writer = None
            database.line.leave(place)


def begin_writing(connection: Connection) -> None:
    """Begin a transaction of SQLite that writes, in turn. Raises DBAPIError."""
    with errors_of(connection):
        driver: Any = connection.connection.driver_connection
        driver.begin_writing()
