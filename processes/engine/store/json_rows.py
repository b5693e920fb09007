"""Rows as JSON and back, by the types of their columns: for snapshots."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, Uuid

from processes.base import UtcDateTime


def to_json(row: Any) -> dict[str, Any]:
    """The columns of a row, by name: dates in ISO 8601, ids as text."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def from_json(model: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row of this table again, each of the type of its column."""
    columns = model.__table__.columns
    return {name: _typed(columns[name], value) for name, value in row.items()}


def _typed(column: Any, value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case UtcDateTime():
            return datetime.fromisoformat(value)
        case Uuid():
            return UUID(value)
        case Enum(enum_class=words) if words is not None:
            return words(value)
    return value
