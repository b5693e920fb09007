"""Connections to SQLite of which the threads of a process write one after the other.

SQLite lets one connection write at a time, and its busy handler sleeps between attempts, longer
each time: eight threads did less together than one alone. Here they wait in a line, in memory, in
the order in which they came; only other processes are still waited for by the busy handler. They
commit one after the other and wait together until that is on the disk (`group_commit`).

All of them write on one connection, which each has in its turn: what another connection wrote makes
SQLite drop all pages that it kept. Each reads on a connection of its own.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import RLock, get_ident
from typing import Any, NamedTuple, cast
from weakref import ref

from processes.group_commit import GroupCommit
from processes.sending import Sending, errors_of
from processes.waiting_line import Line, Place

TOGETHER = "synchronous=NORMAL"  # flushed by `group_commit`
PATIENCE = 15.0  # seconds in the line, where the connection does not say how long it waits


class _Database:
    """What the connections of a process to one database share."""

    def __init__(self) -> None:
        self.line = Line()
        self.commits = GroupCommit()
        self.writer: int | None = None
        """The thread that writes."""
        self._users = 0  # how many connections share the one on which they write
        self._lock = RLock()  # a connection that is collected meanwhile comes here
        self._connection: sqlite3.Connection | None = None

    def connection(self, opened: "_Opened") -> sqlite3.Connection:
        """The connection on which all write. Only for who has the turn. Raises sqlite3.Error."""
        with self._lock:
            if self._connection is not None and self._connection.in_transaction:
                self.undo(self._connection)  # of one that was broken off while it left
            if self._connection is None:
                self._connection = opened.again()
            return self._connection

    def undo(self, connection: sqlite3.Connection) -> None:
        """Roll back what was left; a connection that cannot is given up. Only for who has it."""
        with suppress(sqlite3.Error):
            connection.rollback()
        if connection.in_transaction:
            with self._lock:
                self._connection = None

    def add_user(self) -> None:
        """One more shares it."""
        with self._lock:
            self._users += 1

    def forget_user(self) -> None:
        """One of them is closed: the last one closes what they shared."""
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._connection is not None:
                self._connection.close()
                self._connection = None


class _Opened(NamedTuple):
    """How a connection was opened, so that another can be."""

    file: str
    patience: float
    pragmas: Sequence[str]

    def again(self) -> sqlite3.Connection:
        """Another one, for all threads. Raises sqlite3.Error."""
        options: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}
        made: sqlite3.Connection = sqlite3.connect(self.file, timeout=self.patience, **options)
        for pragma in (*self.pragmas, TOGETHER):
            made.execute(f"PRAGMA {pragma}")
        return made


_databases: dict[str, _Database] = {}
_of_parent: list[_Database] = []  # kept, so that a fork closes nothing that it does not own


def _begin_anew() -> None:
    _of_parent.extend(_databases.values())
    _databases.clear()


os.register_at_fork(after_in_child=_begin_anew)


def _database_in(file: str) -> _Database:
    return _databases.get(file) or _databases.setdefault(file, _Database())


class Cursor(sqlite3.Cursor):
    """A cursor that was made before its connection had its turn, and may be used in it.

    SQLAlchemy makes the cursor of a statement before it begins the transaction.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._made_by: OneWriter | None = connection

    def execute(self, *args: Any) -> "Cursor":
        self._follow()
        return super().execute(*args)

    def executemany(self, *args: Any) -> "Cursor":
        self._follow()
        return super().executemany(*args)

    def _follow(self) -> None:
        if self._made_by is not None and (writing := self._made_by.writing) is not None:
            super().__init__(writing)
            self._made_by.ours(self)
            self._made_by = None


class OneWriter(sqlite3.Connection):
    """A connection that waits for the other threads of its process before it writes."""

    def __init__(self, database: Any, *args: Any, **options: Any) -> None:
        self._turn: tuple[_Database, Place] | None = None
        self._wal: int | None = None  # its file, where commits are flushed in groups
        self._opened: _Opened | None = None  # how to open the connection on which all write
        self._shares: _Database | None = None
        self._writing: sqlite3.Connection | None = None  # that one, in our turn
        self._cursors: set[ref[sqlite3.Cursor]] = set()  # made on it in our turn
        super().__init__(database, *args, **options)
        in_memory = str(database) in ("", ":memory:")  # each connection has a database of its own
        self._file = f":memory:{id(self)}" if in_memory else os.path.realpath(str(database))
        self._patience = float(options.get("timeout", PATIENCE))

    def cursor(self) -> Any:  # type: ignore[override]
        """A cursor on the connection on which it reads or, in its turn to write, all write."""
        if self._writing is None:
            return super().cursor(Cursor)
        return self.ours(self._writing.cursor())

    def execute(self, *args: Any) -> sqlite3.Cursor:
        return cast("sqlite3.Cursor", self.cursor().execute(*args))

    @property
    def writing(self) -> sqlite3.Connection | None:
        """The connection on which all write, in our turn."""
        return self._writing

    def ours(self, cursor: sqlite3.Cursor) -> sqlite3.Cursor:
        """Close this cursor with our turn."""
        self._cursors.add(ref(cursor, self._cursors.discard))  # a WeakSet takes thrice as long
        return cursor

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return super().in_transaction if self._writing is None else self._writing.in_transaction

    def prepare(self, pragmas: Sequence[str]) -> None:
        """Set these pragmas; where there is a WAL, share it with the others. Raises sqlite3.Error.

        From here on all write on one connection, and what is committed is flushed together.
        """
        for pragma in pragmas:
            self.execute(f"PRAGMA {pragma}")
        self._commit_in_groups()
        if self._wal is not None:
            self._opened = _Opened(self._file, self._patience, pragmas)
            self._shares = _database_in(self._file)
            self._shares.add_user()

    def _commit_in_groups(self) -> None:
        """From here on what it commits is flushed together with others', where there is a WAL.

        SQLite deletes no WAL of a connection that is open, and locks no byte of it: closing our
        descriptor ends no lock of the process.
        """
        (mode,) = self.execute("PRAGMA journal_mode").fetchone()
        self.execute("SELECT 1 FROM sqlite_master").fetchone()  # begins the WAL of a new file
        wal = f"{self._file}-wal"
        if mode == "wal" and Path(wal).exists():
            self.execute(f"PRAGMA {TOGETHER}")
            self._wal = os.open(wal, os.O_RDWR)

    def begin_writing(self) -> None:
        """BEGIN IMMEDIATE, in turn.

        Raises sqlite3.OperationalError when others write for too long, when another connection of
        this thread does, and after the disk failed.
        """
        if self.in_transaction:
            message = "cannot start a transaction within a transaction"
            raise sqlite3.OperationalError(message)
        database = _database_in(self._file)
        database.commits.check()
        if database.writer == get_ident():
            message = "database is locked by another connection of this thread"
            raise sqlite3.OperationalError(message)
        place = database.line.join()
        self._turn = database, place
        try:
            self._wait_for(place)
            if self._opened is not None:
                self._writing = database.connection(self._opened)
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise
        database.writer = get_ident()

    def commit(self) -> None:
        """Commit; when it returns, what was written is durable, and what was read.

        What cannot be committed, as on a full disk, is rolled back at once: SQLAlchemy gives such
        a connection back to its pool without a rollback, and nobody else would get a turn.
        Raises sqlite3.Error.
        """
        has_written, was_open = self._turn is not None, self.in_transaction
        try:
            if self._writing is None:
                super().commit()
            else:
                self._writing.commit()
        except BaseException:
            with suppress(sqlite3.Error):
                self.rollback()
            raise
        commits = _database_in(self._file).commits
        number = commits.add() if has_written else commits.last
        self._leave()
        if was_open:
            self._wait_until_durable(number)

    def rollback(self) -> None:
        """Roll back; when it returns, what was read is durable, unless the disk fails."""
        was_open = self.in_transaction
        try:
            if self._writing is None:
                super().rollback()
            else:
                self._writing.rollback()
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
        shares, self._shares = self._shares, None
        if shares is not None and _databases.get(self._file) is shares:
            shares.forget_user()
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
        writing, self._writing = self._writing, None
        cursors, self._cursors = self._cursors, set()
        if _databases.get(self._file) is not database:
            return
        try:
            # No reading of ours may go on where others write now: they would see what was then.
            for each in tuple(cursors):
                if (cursor := each()) is not None:
                    cursor.close()
            if writing is not None and writing.in_transaction:
                database.undo(writing)
        finally:  # also where a time limit breaks it off
            if place.is_set():
                database.writer = None
            database.line.leave(place)


def begin_writing(connection: Sending) -> None:
    """Begin a transaction of SQLite that writes, in turn. Raises DBAPIError."""
    with errors_of(connection):
        driver: Any = connection.connection.dbapi_connection
        driver.begin_writing()
