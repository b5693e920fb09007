"""A connection by whose driver statements are sent, and what its driver raises."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection


class Sending(Protocol):
    """A connection by whose driver statements are sent: SQLAlchemy's, or `late_session.Direct`."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def connection(self) -> PoolProxiedConnection: ...


def errors_of(connection: Sending) -> AbstractContextManager[None]:
    """What the driver raises is raised as SQLAlchemy would have. Raises DBAPIError."""
    return _Errors(connection.dialect)


class _Errors:
    """As a generator would do it, in a third of the time."""

    __slots__ = ("_dialect",)

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is None:
            return
        errors: Any = self._dialect.loaded_dbapi.Error
        if isinstance(error, errors):
            raise DBAPIError.instance(None, None, error, errors, dialect=self._dialect) from error
