"""Core statements of the hot path: compiled once for each kind of database, then sent as SQL.

What SQLAlchemy does for each execution of a statement costs more than the statement: finding it in
the cache of compiled statements, and the ORM's bookkeeping of rows that are written and forgotten.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from processes.base import UtcDateTime

Process = Callable[[Any], Any]
Rows = Sequence[Mapping[str, Any]]

MOST_ROWS = 20  # of one table in one statement; with more of them there are too many shapes

_NAMED = re.compile(r"%\((\w+)\)s")
_PLACE = re.compile(r"%[s%]")


@dataclass(frozen=True)
class _Compiled:
    sql: str
    binds: tuple[tuple[str, Process | None], ...]  # the parameters, in their order
    fixed: Mapping[str, Any]
    results: tuple[Process | None, ...]

    def parameters(self, given: Mapping[str, Any]) -> list[Any]:
        if self.fixed:
            given = {**self.fixed, **given}
        return [
            given[name] if process is None else process(given[name]) for name, process in self.binds
        ]

    def for_rows(self, count: int) -> str:
        """The SQL that inserts so many rows at once."""
        head, values, row = self.sql.partition(" VALUES ")
        return head + values + ", ".join([row] * count) if count > 1 else self.sql


class Statement:
    """One statement with named parameters; of an insert, the columns are named beforehand."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    @property
    def inserts(self) -> bool:
        """It adds rows, so nobody can have changed them before."""
        return self._columns is not None

    @property
    def most_rows(self) -> int:
        """How many rows fit in one statement of this kind."""
        return MOST_ROWS if self.inserts else 1

    def first(self, connection: Connection, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of what it selects or returns, with Python values."""
        compiled = self.compiled(connection.dialect)
        with driver_cursor(connection) as cursor:
            cursor.execute(_sent([(self, 1)], connection.dialect), compiled.parameters(given))
            row = cursor.fetchone()
        if row is None:
            return None
        return tuple(
            value if process is None else process(value)
            for process, value in zip(compiled.results, row, strict=True)
        )

    def compiled(self, dialect: Dialect) -> _Compiled:
        """The statement in the SQL of this kind of database."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> _Compiled:
        # Without RETURNING and without a value per row: the same SQL whatever is given.
        made: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        columns = getattr(self._statement, "exported_columns", ())
        text = str(made)
        names = made.positiontup if made.positional else _NAMED.findall(text)
        return _Compiled(
            sql=_NAMED.sub("%s", text),
            binds=tuple((name, _process(made, name)) for name in names),
            fixed={name: value for name, value in made.params.items() if value is not None},
            results=tuple(
                column.type.dialect_impl(dialect).result_processor(dialect, None)
                for column in columns
            ),
        )


_moments: dict[str, Process] = {}  # one moment is in most rows of a step


def _process(made: Any, name: str) -> Process | None:
    """What makes a value of this parameter ready for the driver."""
    process: Process | None = made._bind_processors.get(name)  # noqa: SLF001 - no public way to it
    if process is not None and isinstance(made.binds[name].type, UtcDateTime):
        return _moments.setdefault(made.dialect.name, lru_cache(process))
    return process


class UnwrittenError(Exception):
    """A statement touched fewer rows than it was given: another transaction changed one."""


def write(connection: Connection, writes: Sequence[tuple[Statement, Rows]]) -> int:
    """Run statements that do not depend on one another; how many rows the last of them touched."""
    dialect = connection.dialect
    small = all(len(rows) <= statement.most_rows for statement, rows in writes)
    with driver_cursor(connection) as cursor:
        if dialect.name == "postgresql" and small:
            shape = [(statement, len(rows)) for statement, rows in writes]
            cursor.execute(_sent(shape, dialect), _parameters(writes, dialect))
        else:
            _one_by_one(cursor, writes, dialect)
        return int(cursor.rowcount)


def _one_by_one(cursor: Any, writes: Sequence[tuple[Statement, Rows]], dialect: Dialect) -> None:
    for statement, rows in writes:
        sql, compiled = _sent([(statement, 1)], dialect), statement.compiled(dialect)
        if len(rows) == 1:
            cursor.execute(sql, compiled.parameters(rows[0]))
        else:
            cursor.executemany(sql, [compiled.parameters(row) for row in rows])


_made: dict[tuple[str, tuple[tuple[Statement, int], ...]], str | bytes] = {}


def _sent(shape: Sequence[tuple[Statement, int]], dialect: Dialect) -> str | bytes:
    """The SQL of these statements as one, each for so many rows; made once for each shape."""
    key = (dialect.name, tuple(shape))
    sql = _made.get(key)
    if sql is None:
        *others, last = [each.compiled(dialect).for_rows(count) for each, count in shape]
        parts = ", ".join(f"w{number} AS ({sql})" for number, sql in enumerate(others))
        sql = f"WITH {parts} {last}" if parts else last
        _made[key] = sql = _numbered(sql) if dialect.name == "postgresql" else sql
    return sql


def _numbered(sql: str) -> bytes:
    """With $1, $2, … for %s: psycopg takes a long text with %s apart each time it is sent."""
    numbers = count(1)
    return _PLACE.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql).encode()


def _parameters(writes: Sequence[tuple[Statement, Rows]], dialect: Dialect) -> list[Any]:
    return [
        value
        for statement, rows in writes
        for row in rows
        for value in statement.compiled(dialect).parameters(row)
    ]


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor; its errors are raised as SQLAlchemy's DBAPIError."""
    driver: Any = connection.dialect.dbapi
    opened: Any = connection.connection.driver_connection
    is_postgresql = connection.dialect.name == "postgresql"
    cursor = driver.RawCursor(opened) if is_postgresql else opened.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise DBAPIError.instance(
            None, None, error, driver.Error, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()
