"""Sends many statements: to PostgreSQL in one exchange, those of few rows as one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, TypeAlias

from sqlalchemy import Dialect, func, literal_column, select

from processes.sending import Sending, errors_of
from processes.statements import (
    Rows,
    Statement,
    UnwrittenError,
    cursor_of,
    driver_of,
    own_cursor_of,
)

JOINED_ROWS = 16
"""Of so many rows at most, what is written to several tables goes to PostgreSQL as one statement.
"""

JOINED_KINDS = 32
"""So many of these statements a process makes: the server keeps a plan of each."""


_Part: TypeAlias = tuple[Statement, Rows]
"""A statement with the rows of one sending of it."""


def write(connection: Sending, writes: Sequence[tuple[Statement, Rows]]) -> None:
    """Run statements with their rows, in this order, in one round trip.

    Raises UnwrittenError, DBAPIError.
    """
    dialect = connection.dialect
    with errors_of(connection):
        if dialect.name == "sqlite":
            _one_by_one(connection, writes)
            return
        parts = [
            (statement, part)
            for statement, rows in writes
            for part in statement.parts(dialect, rows)
        ]
        touched = _written(connection, parts)
    for (statement, rows), number in zip(parts, touched, strict=True):
        if statement.counted and number != len(rows):
            raise UnwrittenError


def _one_by_one(connection: Sending, writes: Sequence[tuple[Statement, Rows]]) -> None:
    dialect, cursor = connection.dialect, cursor_of(connection)
    for statement, rows in writes:
        number = statement.send(cursor, dialect, rows)
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
    if len(parts) == 1:
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
        cursor = own_cursor_of(connection)
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
    """What goes as one statement: what follows each other and can, where it is few rows."""
    groups: list[Sequence[_Part]] = []
    for begin, end, pairs in _runs(_kind(parts)):
        group = parts[begin:end]
        may_join = len(group) > 1 and not any(_meet(parts[one], parts[two]) for one, two in pairs)
        if may_join and _joined(dialect, group) is not None:
            groups.append(group)
        else:
            groups.extend([part] for part in group)
    return groups


_Kind: TypeAlias = tuple[tuple[Statement, int], ...]
"""The statements of a sending, each with its number of rows."""


def _kind(parts: Sequence[_Part]) -> _Kind:
    return tuple([(statement, len(rows)) for statement, rows in parts])


@lru_cache(maxsize=256)
def _runs(kind: _Kind) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """What may go as one statement, each from the first of its parts until after the last.

    With each the pairs that write to one table, and may do so where it is to different rows: parts
    of one statement see the rows of before it, and no order among them is promised.
    """
    runs: list[list[int]] = []
    for place, part in enumerate(kind):
        if runs and all(_go_together(kind[other], part) for other in runs[-1]):
            runs[-1].append(place)
        else:
            runs.append([place])
    return [
        (
            run[0],
            run[-1] + 1,
            [(a, b) for a, b in combinations(run, 2) if _share_a_table(kind[a][0], kind[b][0])],
        )
        for run in runs
    ]


def _go_together(one: tuple[Statement, int], other: tuple[Statement, int]) -> bool:
    if not all(statement.goes_with_others(rows) for statement, rows in (one, other)):
        return False
    own_keys = one[0].own_key, other[0].own_key
    return not _share_a_table(one[0], other[0]) or None not in own_keys


def _share_a_table(one: Statement, other: Statement) -> bool:
    """Whether both write to it, and one of them to rows that are there."""
    return one.table is other.table and not (one.inserts and other.inserts)


def _meet(one: _Part, other: _Part) -> bool:
    return not _ids(one).isdisjoint(_ids(other))


def _ids(part: _Part) -> set[Any]:
    statement, rows = part
    return {row[statement.own_key or ""] for row in rows}


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
    """Several statements as one, which counts the rows of those that ask it."""

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


_joined_before: dict[_Kind, _Joined] = {}


def _joined(dialect: Dialect, group: Sequence[_Part]) -> _Joined | None:
    """The statement of all of them; None of many rows, and where enough others are known."""
    kind = _kind(group)
    known = _joined_before.get(kind)
    if known is not None:
        return known
    is_small = sum(rows for _statement, rows in kind) <= JOINED_ROWS
    if not is_small or len(_joined_before) >= JOINED_KINDS:
        return None
    made = _joined_before[kind] = _join(dialect, kind)
    return made


def _join(dialect: Dialect, kind: _Kind) -> _Joined:
    writer: Any = type(dialect)
    ends = [[f"_{part}_{row}" for row in range(rows)] for part, (_, rows) in enumerate(kind)]
    parts = [
        statement.of_rows(dialect, of_part)
        for (statement, _rows), of_part in zip(kind, ends, strict=True)
    ]
    written = [
        (part.returning(literal_column("1")) if statement.counted else part).cte(f"written_{n}")
        for n, (part, (statement, _rows)) in enumerate(zip(parts, kind, strict=True))
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
