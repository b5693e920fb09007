"""Loads a database as an earlier release left it; its rows were kept as SQLite has them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Engine,
    MetaData,
    Numeric,
    Table,
    Uuid,
    insert,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.types import JSON

from app.setup import schema

Kept = dict[str, Any]


def kept(name: str) -> Kept:
    """The rows of a release, its revision, and how its instances went on."""
    found: Kept = json.loads((Path(__file__).parent / name / "rows.json").read_text("utf-8"))
    return found


def load(engine: Engine, release: Kept) -> None:
    """Make the tables of that release, and put its rows in."""
    schema.upgrade(engine, release["revision"])
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            rows = release["tables"].get(table.name)
            if rows is None or table.name == "alembic_version":
                continue
            if engine.dialect.name == "sqlite":
                plain = sql_table(table.name, *(sql_column(name) for name in rows["columns"]))
                connection.execute(insert(plain), _as_kept(rows))
            else:
                connection.execute(insert(table), _typed(table, rows))


def _as_kept(rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(rows["columns"], map(_bytes, row), strict=True)) for row in rows["rows"]]


def _typed(table: Table, rows: dict[str, Any]) -> list[dict[str, Any]]:
    readers = [_reader(table.columns[name].type) for name in rows["columns"]]
    return [
        {
            name: None if value is None else read(value)
            for name, read, value in zip(rows["columns"], readers, row, strict=True)
        }
        for row in rows["rows"]
    ]


def _reader(type_: Any) -> Callable[[Any], Any]:
    readers: dict[type, Callable[[Any], Any]] = {
        Uuid: UUID,
        DateTime: lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC),
        Date: lambda value: datetime.fromisoformat(value).date(),
        Boolean: bool,
        JSON: json.loads,
        Numeric: str,
    }
    found = (read for kind, read in readers.items() if isinstance(type_, kind))
    return next(found, _bytes)


def _bytes(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
