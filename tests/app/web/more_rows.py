"""Copies the rows of all tables, as a database is after a while, for tests of how pages grow."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.setup.tables import all_tables

Row = dict[str, Any]
CHAINED = frozenset({"audit_event", "audit_seal", "audit_checkpoint"})  # the database guards them
LONG = 1000


def copy_rows(session: Session, numbers: Collection[int], *, without: Collection[str]) -> None:
    """Copy each row once for each number, but for some tables.

    Copies of an even number have the same parents as the row, those of an odd one have copies of
    them. What may not be there twice is left out.
    """
    there = {
        table: [dict(row._mapping) for row in session.execute(table.select())]  # noqa: SLF001 - its own name
        for table in all_tables().sorted_tables
        if table.name not in {*CHAINED, *without}
    }
    for table, rows in there.items():
        for number in numbers:
            for row in rows:
                copy = _copy(table, row, number, there)
                try:
                    with session.begin_nested():
                        session.execute(table.insert().values(copy))
                except sa.exc.IntegrityError:
                    continue
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
