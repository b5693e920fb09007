"""A session that begins on the driver's connection, and in which SQLAlchemy joins when it is asked.

A step that is replayed reads and writes by compiled statements alone: a session that begins and
commits costs it as much as all that it asks of the database (docs/adr/0034-late-session.md).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import PoolProxiedConnection

from processes.one_writer import begin_writing
from processes.sending import Sending, errors_of
from processes.statements import send

Listener = TypeVar("Listener", bound=Callable[[Session], object])
_told_of_commits: list[Callable[[Session], object]] = []


def told_of_commits(listener: Listener) -> Listener:
    """Tell this function of each session that has committed, by SQLAlchemy or without it."""
    event.listen(Session, "after_commit", listener)
    _told_of_commits.append(listener)
    return listener


class Joined(Connection):
    """Of SQLAlchemy, on a connection of the driver whose transaction was begun without it."""


def begin_to_write(connection: Sending) -> None:
    """Begin a transaction past the events of SQLAlchemy; psycopg does it with its first statement.

    Raises DBAPIError.
    """
    if connection.dialect.name == "sqlite":
        allow_writing(connection, is_allowed=True)
        begin_writing(connection)


def allow_writing(connection: Sending, *, is_allowed: bool) -> None:
    """Set `query_only` when the one who had this connection before wanted it otherwise."""
    info = connection.connection.info
    if info.get("may_write", True) is not is_allowed:
        send(connection, f"PRAGMA query_only={'OFF' if is_allowed else 'ON'}")
        info["may_write"] = is_allowed


class Direct:
    """A transaction on a connection of the driver, which SQLAlchemy does not know of yet."""

    __slots__ = ("connection", "dialect", "engine", "joined")

    def __init__(self, engine: Engine) -> None:
        """Begin it, so that it may write at once. Raises DBAPIError."""
        self.engine = engine
        self.dialect: Dialect = engine.dialect
        self.joined: Connection | None = None
        with errors_of(self):
            self.connection: PoolProxiedConnection = engine.raw_connection()
        try:
            begin_to_write(self)
        except BaseException:
            self.close()
            raise

    def join(self) -> Connection:
        """The same transaction for SQLAlchemy, which ends it from here on."""
        if self.joined is None:
            self.joined = Joined(self.engine, self.connection)
        return self.joined

    @property
    def has_joined(self) -> bool:
        """Whether SQLAlchemy ends it."""
        return self.joined is not None and self.joined.in_transaction()

    def commit(self) -> None:
        """Commit, for who has not joined. Raises DBAPIError."""
        with errors_of(self):
            self._driver.commit()

    def rollback(self) -> None:
        """Roll back, for who has not joined, unless SQLAlchemy gave the connection up.

        Raises DBAPIError.
        """
        if self.connection.is_valid:
            with errors_of(self):
                self._driver.rollback()

    def close(self) -> None:
        """Give the connection back to its pool, which rolls back what was not ended."""
        if self.joined is None:
            self.connection.close()
        else:
            self.joined.close()

    @property
    def _driver(self) -> DBAPIConnection:
        driver: Any = self.connection.dbapi_connection
        return driver  # type: ignore[no-any-return]


class LateSession(Session):
    """A session of which the transaction begins without SQLAlchemy, where a unit of work asks it.

    Whatever is asked of the session itself joins that transaction.
    """

    _direct: Direct | None = None

    def direct(self) -> Direct | None:
        """The transaction on the driver's connection, begun if none is; None if SQLAlchemy has it.

        Raises DBAPIError.
        """
        if super().in_transaction():
            return None
        if self._direct is None:
            engine = super().get_bind()
            if isinstance(engine, Engine) and not engine.get_execution_options():
                self._direct = Direct(engine)
        return self._direct

    @property
    def is_direct(self) -> bool:
        """Whether a transaction is open that began without SQLAlchemy."""
        return self._direct is not None

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        if self._direct is not None:
            return self._direct.join()
        return super().get_bind(*args, **kwargs)

    def in_transaction(self) -> bool:
        return self._direct is not None or super().in_transaction()

    def begin(self, nested: bool = False) -> SessionTransaction:  # noqa: FBT001, FBT002 - its name
        self._join()
        return super().begin(nested)

    def commit(self) -> None:
        """Commit; what fails is rolled back at once, also in a flush."""
        direct = self._direct
        if super().in_transaction() or self.identity_map or self.new:
            direct = None  # SQLAlchemy commits
        try:
            if direct is not None:
                direct.commit()
            else:
                self._join()
                super().commit()
        except BaseException:
            with suppress(DBAPIError):  # what made it fail is told
                self.rollback()
            raise
        self._end()
        if direct is not None:
            for listener in _told_of_commits:
                listener(self)

    def rollback(self) -> None:
        direct = self._direct
        if direct is None:
            super().rollback()
            return
        is_ours = not direct.has_joined
        try:
            if not super().in_transaction():
                super().begin()  # whose end is told to who listens
            super().rollback()
            if is_ours:
                direct.rollback()
        finally:
            self._end()

    def close(self) -> None:
        try:
            if self._direct is not None:
                self.rollback()
        finally:
            if super().in_transaction() or self.identity_map or self.new or self.deleted:
                super().close()  # nothing is open or held otherwise

    def _join(self) -> None:
        if self._direct is not None:
            self.connection()

    def _end(self) -> None:
        direct, self._direct = self._direct, None
        if direct is not None:
            direct.close()
