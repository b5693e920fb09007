"""One part of an export: rows of a table as people read them, and whole as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from processes.base import Record, local
from processes.dutch import decimal_text

NEVER = frozenset({"content", "state", "search_text", "search_name", "search_contact", "html"})
"""Columns that hold bytes or a copy for searching; files stand in the archive by themselves."""


BACKUPS = (
    "Reservekopieën: die overschrijven wij volgens een vast schema, en wij lezen ze alleen terug "
    "na een storing."
)
"""Of every export."""


@dataclass(frozen=True)
class File:
    """A file in the archive, below `bestanden/`."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Part:
    """Rows of one kind: `headings` and `cells` for people, `records` for programs."""

    name: str  # of the CSV file, without suffix
    title: str
    headings: Sequence[str]
    cells: Sequence[Sequence[str]]
    records: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Contents:
    """Everything of an export, and what is not in it, and why, in Dutch."""

    title: str
    parts: Sequence[Part]
    left_out: Sequence[str]
    files: Sequence[File] = field(default_factory=tuple)


def part(
    name: str,
    title: str,
    columns: Mapping[str, str],
    rows: Iterable[Record],
    *,
    without: frozenset[str] = frozenset(),
) -> Part:
    """The rows of a table; `columns` are those that people read, with their Dutch headings.

    JSON has every column, but for `without`.
    """
    found = list(rows)
    cells = [[text_of(getattr(row, column)) for column in columns] for row in found]
    records = [record_of(row, without) for row in found]
    return Part(name, title, list(columns.values()), cells, records)


def record_of(row: Record, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """All columns of a row, for `as_json`."""
    names = (each.key for each in inspect(type(row)).column_attrs)
    return {each: getattr(row, each) for each in names if each not in NEVER | without}


def as_json(value: Any) -> str:
    """Records as JSON text; moments as ISO 8601 in UTC, sets as sorted lists."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def text_of(value: Any) -> str:
    """The value as people read it."""
    match value:
        case None | "":
            return ""
        case bool():
            return "ja" if value else "nee"
        case dict():
            return "; ".join(f"{key}: {text_of(each)}" for key, each in value.items())
        case list() | tuple() | frozenset():
            return ", ".join(text_of(each) for each in sorted(value, key=str))
        case _:
            return _text_of_one(value)


def _text_of_one(value: Any) -> str:
    match value:
        case datetime():
            return f"{local(value):%d-%m-%Y %H:%M}"
        case date():
            return f"{value:%d-%m-%Y}"
        case Decimal():
            return decimal_text(value)
        case _:
            return str(value)
