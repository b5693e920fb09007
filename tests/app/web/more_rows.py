"""Copies the rows of all tables, as a database is after a while, for tests of how pages grow."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.setup.tables import all_tables

Row = dict[str, Any]
Rows = Mapping[sa.Table, list[Row]]
CHAINED = frozenset({"audit_event", "audit_seal", "audit_checkpoint"})  # the database guards them
LONG = 1000


def all_rows(session: Session, *, without: Collection[str]) -> Rows:
    """The rows of all tables, but for some."""
    return {
        table: [dict(row._mapping) for row in session.execute(table.select())]  # noqa: SLF001 - its own name
        for table in all_tables().sorted_tables
        if table.name not in {*CHAINED, *without}
    }


def copy_rows(session: Session, rows: Rows, numbers: Collection[int]) -> None:
    """Copy each of these rows once for each number; SQLite goes on after what it refuses.

    Copies of an even number have the same parents as the row, those of an odd one have copies of
    them. What may not be there twice is left out.
    """
    connection = session.connection()
    for table, of_table in rows.items():
        for number in numbers:
            for row in of_table:
                with suppress(sa.exc.IntegrityError):
                    connection.execute(table.insert(), _copy(table, row, number, rows))
    session.commit()


def _copy(table: sa.Table, row: Row, number: int, there: Collection[sa.Table]) -> Row:
    copy, unique = dict(row), set().union(*_unique(table))
    for column in table.columns:
        value = row[column.name]
        parents = [key.column.table for key in column.foreign_keys]
        if parents:
            has_copy = parents[0] in there
            if has_copy and (number % 2 or column.name in unique):
                copy[column.name] = _other(value, number)
        elif column.name in unique:
            copy[column.name] = _other(value, number)
    return copy


def _unique(table: sa.Table) -> Iterator[list[str]]:
    """The columns of each key and unique index."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns]


def _other(value: Any, number: int) -> Any:
    if isinstance(value, UUID):
        return uuid5(value, str(number))
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value + LONG * number
    return f"{value}-{number}" if type(value) is str else value
