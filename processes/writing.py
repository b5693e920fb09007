"""Sends many statements: to PostgreSQL in one exchange, few inserts as one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Dialect, func, literal_column, select

from processes.sending import Sending, errors_of
from processes.statements import (
    Rows,
    Statement,
    UnwrittenError,
    cursor_of,
    driver_of,
)

JOINED_ROWS = 16
"""Of so many rows at most, INSERTs into several tables go to PostgreSQL as one statement."""

JOINED_KINDS = 32
"""So many of these statements a process makes: the server keeps a plan of each."""


_Part: TypeAlias = tuple[Statement, Rows]
"""A statement with the rows of one sending of it."""


def write(connection: Sending, writes: Sequence[tuple[Statement, Rows]]) -> None:
    """Run statements with their rows, in this order, in one round trip.

    Raises UnwrittenError, DBAPIError.
    """
    dialect = connection.dialect
    parts = [
        (statement, part) for statement, rows in writes for part in statement.parts(dialect, rows)
    ]
    with errors_of(connection):
        touched = _written(connection, parts)
    for (statement, rows), number in zip(parts, touched, strict=True):
        if statement.counted and number != len(rows):
            raise UnwrittenError


def read(
    connection: Sending, asked: Sequence[tuple[Statement, Rows]]
) -> list[list[tuple[Any, ...]]]:
    """Run statements with their rows, in this order, in one round trip.

    What each of them selects or returns, with Python values; nothing of one that only writes.
    Raises DBAPIError.
    """
    dialect = connection.dialect
    parts = [
        (place, statement, part)
        for place, (statement, rows) in enumerate(asked)
        for part in statement.parts(dialect, rows)
    ]
    found: list[list[tuple[Any, ...]]] = [[] for _ in asked]
    with errors_of(connection):
        sent = [[(statement, part)] for _place, statement, part in parts]
        for (place, statement, _part), cursor in zip(parts, _sent(connection, sent), strict=True):
            if cursor.description is not None:
                compiled = statement.compiled(dialect)
                found[place] += [compiled.values(row) for row in cursor.fetchall()]
    return found


def _written(connection: Sending, parts: Sequence[_Part]) -> list[int]:
    """How many rows each of them touched."""
    if connection.dialect.name != "postgresql" or len(parts) == 1:
        return [cursor.rowcount for cursor in _sent(connection, [[part] for part in parts])]
    groups = _groups(connection.dialect, parts)
    touched = map(_touched, _sent(connection, groups), groups)
    return [number for numbers in touched for number in numbers]


def _sent(connection: Sending, groups: Sequence[Sequence[_Part]]) -> Iterator[Any]:
    """The cursor of each group, which SQLite sends when the one before was read.

    PostgreSQL is sent all of them before the answer to the first is read: each has its own.
    """
    dialect = connection.dialect
    if dialect.name != "postgresql" or len(groups) == 1:
        cursor = cursor_of(connection)
        for group in groups:
            _send(cursor, dialect, group)
            yield cursor
        return
    cursors = [cursor_of(connection) for _ in groups]
    with driver_of(connection).pipeline():
        for group, cursor in zip(groups, cursors, strict=True):
            _send(cursor, dialect, group)
    yield from cursors


def _groups(dialect: Dialect, parts: Sequence[_Part]) -> list[Sequence[_Part]]:
    """What goes as one statement: inserts that follow each other, where they are few rows."""
    groups: list[Sequence[_Part]] = []
    for inserts, following in groupby(parts, lambda part: part[0].inserts):
        group = list(following)
        if inserts and len(group) > 1 and _joined(dialect, group) is not None:
            groups.append(group)
        else:
            groups.extend([part] for part in group)
    return groups


def _send(cursor: Any, dialect: Dialect, group: Sequence[_Part]) -> None:
    joined = _joined(dialect, group) if len(group) > 1 else None
    if joined is not None:
        cursor.execute(joined.sql, joined.parameters(dialect, group))
        return
    for statement, rows in group:
        statement.send(cursor, dialect, rows)


def _touched(cursor: Any, group: Sequence[_Part]) -> list[int]:
    """How many rows each part touched; of one that is not counted, how many it was given."""
    if len(group) == 1:
        return [cursor.rowcount]
    counted = iter(cursor.fetchone())
    return [next(counted) if statement.counted else len(rows) for statement, rows in group]


@dataclass(frozen=True)
class _Joined:
    """Inserts into several tables as one statement, which counts the rows of those that ask it."""

    sql: bytes
    order: Sequence[int]  # of its parameters among those of the rows, one row after the other

    def parameters(self, dialect: Dialect, group: Sequence[_Part]) -> list[Any]:
        given = [
            each
            for statement, rows in group
            for row in rows
            for each in statement.compiled(dialect).parameters(row)
        ]
        return [given[place] for place in self.order]


_joined_before: dict[tuple[tuple[Statement, int], ...], _Joined] = {}


def _joined(dialect: Dialect, group: Sequence[_Part]) -> _Joined | None:
    """The statement of all these inserts; None of many rows, and where enough others are known."""
    kind = tuple((statement, len(rows)) for statement, rows in group)
    known = _joined_before.get(kind)
    if known is not None:
        return known
    is_small = sum(rows for _statement, rows in kind) <= JOINED_ROWS
    if not is_small or len(_joined_before) >= JOINED_KINDS:
        return None
    made = _joined_before[kind] = _join(dialect, kind)
    return made


def _join(dialect: Dialect, kind: Sequence[tuple[Statement, int]]) -> _Joined:
    writer: Any = type(dialect)
    ends = [[f"_{part}_{row}" for row in range(rows)] for part, (_, rows) in enumerate(kind)]
    inserts = [
        statement.of_rows(dialect, of_part)
        for (statement, _rows), of_part in zip(kind, ends, strict=True)
    ]
    written = [
        (insert.returning(literal_column("1")) if statement.counted else insert).cte(f"written_{n}")
        for n, (insert, (statement, _rows)) in enumerate(zip(inserts, kind, strict=True))
    ]
    numbers: list[Any] = [
        select(func.count()).select_from(each).scalar_subquery()
        for each, (statement, _rows) in zip(written, kind, strict=True)
        if statement.counted
    ]
    asked = select(*numbers or [literal_column("1")]).add_cte(*written)
    made: Any = asked.compile(dialect=writer(paramstyle="numeric_dollar"))
    places = {
        f"{name}{end}": None
        for (statement, _rows), of_part in zip(kind, ends, strict=True)
        for end in of_part
        for name in statement.names(dialect)
    }
    place_of = {name: place for place, name in enumerate(places)}
    return _Joined(str(made).encode(), [place_of[name] for name in made.positiontup])
