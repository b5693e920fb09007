"""What makes a value of Python ready for a driver, and a value of the driver one of Python."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Enum, Numeric, Uuid

from processes.base import UtcDateTime

Process = Callable[[Any], Any]

_moments: dict[str, Process] = {}  # one moment is in most rows of a step


def process_of(bound: Any, dialect: Dialect) -> Process | None:
    """What makes a value of this parameter ready for the driver."""
    process: Process | None = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if process is not None and isinstance(bound.type, UtcDateTime):
        quick = _as_sqlite_stores_it if dialect.name == "sqlite" else process
        return _moments.setdefault(dialect.name, lru_cache(quick))
    if process is not None and isinstance(bound.type, Enum):
        return lru_cache(process)  # a handful of words
    if process is not None and isinstance(bound.type, Uuid) and bound.type.as_uuid:
        return _hex
    return process


def result_of(kind: Any, dialect: Dialect) -> Process | None:
    """What makes a value of the driver one of Python; psycopg gives decimals by itself."""
    if dialect.name == "postgresql" and isinstance(kind, Numeric):
        return None
    process: Process | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    if process is not None and isinstance(kind, Enum | Uuid):
        # A handful of words, and of ids those that were asked last.
        return lru_cache(_id if isinstance(kind, Uuid) and kind.as_uuid else process)
    return process


def _id(text: str | None) -> UUID | None:
    """An id that was written by `_hex`."""
    return None if text is None else UUID(int=int(text, 16))


def _hex(id_: UUID | None) -> str | None:
    """As SQLAlchemy writes an id where the database has no type for it, in half of the time."""
    return None if id_ is None else f"{id_.int:032x}"


def _as_sqlite_stores_it(moment: datetime | None) -> str | None:
    """As SQLAlchemy writes it, in a third of the time. Raises ValueError for a naive datetime."""
    moment = UtcDateTime.in_utc(moment)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:26]
