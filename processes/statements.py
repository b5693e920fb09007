"""Core statements of the hot path: compiled once for each kind of database, sent by its driver.

SQLAlchemy's execution of a statement, and the ORM's bookkeeping of rows that are written and
forgotten, cost more than the statement: docs/adr/0012-compiled-statements.md has the figures.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Dialect,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    column,
    values,
)
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import replacement_traverse

from processes.driver_values import Process, process_of, result_of
from processes.sending import Sending, errors_of

Rows = Sequence[Mapping[str, Any]]

TOGETHER = (50, 25, 8, 4, 2, 1)
"""How many rows go to PostgreSQL in one statement: few numbers, since each is a plan that is kept.

A chunk of `processes.engine.execution.bulk` goes in one.
"""


class UnwrittenError(Exception):
    """A counted statement touched fewer rows than it was given: somebody else changed one."""


@dataclass(frozen=True)
class _Compiled:
    sql: Any  # what the driver's cursor takes
    names: tuple[str, ...]  # of the parameters, in their order
    processes: tuple[tuple[int, Process], ...]  # by place, what makes a parameter ready
    fixed: Mapping[str, Any]
    results: tuple[tuple[int, Process], ...]

    def parameters(self, given: Mapping[str, Any]) -> list[Any]:
        if self.fixed:
            given = {**self.fixed, **given}
        values = [given[name] for name in self.names]
        for place, process in self.processes:
            values[place] = process(values[place])
        return values

    def values(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row of what the driver gives, with Python values."""
        values = list(row)
        for place, process in self.results:
            values[place] = process(values[place])
        return tuple(values)


class Statement:
    """One statement with named parameters; of an insert, the columns are named beforehand.

    Of one that is counted, each row that it is given is there, or UnwrittenError is raised.
    Of an update of one row that reads no other, `key` is the parameter with its id: updates of
    different rows do not depend on one another: they may go together, and with inserts of others.
    With `planned_anew`, PostgreSQL plans it for the parameters of each time that `first` is asked:
    a plan that is kept takes no partial index for a status that is given.
    """

    def __init__(
        self,
        statement: Any,
        columns: Sequence[str] | None = None,
        *,
        counted: bool = False,
        key: str | None = None,
        planned_anew: bool = False,
    ) -> None:
        self.counted = counted
        self._planned_anew = planned_anew
        self._statement = statement
        self._columns = columns
        self._key = key
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def first(self, connection: Sending, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of what it selects or returns, with Python values.

        Raises DBAPIError.
        """
        compiled = self.compiled(connection.dialect)
        with errors_of(connection):
            cursor = own_cursor_of(connection)
            is_unkept = self._planned_anew and connection.dialect.name == "postgresql"
            options = {"prepare": False} if is_unkept else {}
            cursor.execute(compiled.sql, compiled.parameters(given), **options)
            row = cursor.fetchone()
            if connection.dialect.name == "sqlite":
                cursor.close()  # it reads no further
        return None if row is None else compiled.values(row)

    def all(self, connection: Sending, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of what it selects or returns, with Python values. Raises DBAPIError."""
        compiled = self.compiled(connection.dialect)
        with errors_of(connection), closing(cursor_of(connection)) as cursor:
            cursor.execute(compiled.sql, compiled.parameters(given))
            return [compiled.values(row) for row in cursor.fetchall()]

    def execute(self, connection: Sending, given: Mapping[str, Any]) -> int:
        """Run it once; the number of rows that it touched. Raises DBAPIError."""
        with errors_of(connection):
            return self.send(own_cursor_of(connection), connection.dialect, [given])

    def send(self, cursor: Any, dialect: Dialect, rows: Rows) -> int:
        """Run it for each of these rows by a cursor of the driver, which may raise its errors.

        The number of rows that it touched, where the driver knows it by then.
        """
        compiled = self.compiled(dialect)
        if len(rows) == 1:
            cursor.execute(compiled.sql, compiled.parameters(rows[0]))
        elif self._go_together(dialect, rows):
            together = self.compiled(dialect, len(rows)).sql
            cursor.execute(together, [each for row in rows for each in compiled.parameters(row)])
        else:
            cursor.executemany(compiled.sql, [compiled.parameters(row) for row in rows])
        return int(cursor.rowcount)

    def parts(self, dialect: Dialect, rows: Rows) -> list[Rows]:
        """These rows as they are sent: many in one statement, where that spares the server work."""
        if len(rows) == 1 or not self._go_together(dialect, rows):
            return [rows]
        parts, begin = [], 0
        for size in TOGETHER:
            while begin + size <= len(rows):
                parts.append(rows[begin : begin + size])
                begin += size
        return parts

    def _go_together(self, dialect: Dialect, rows: Rows) -> bool:
        if dialect.name != "postgresql":
            return False
        if self.inserts:
            return True
        return self._key is not None and len({row[self._key] for row in rows}) == len(rows)

    @property
    def inserts(self) -> bool:
        """Whether it is an insert."""
        return self._columns is not None

    def goes_with_others(self, rows: int) -> bool:
        """Whether so many rows may go with inserts into other tables: inserts, or one update."""
        return self.inserts or (self._key is not None and rows == 1)

    @property
    def table(self) -> Any:
        """The table to which it writes."""
        return self._statement.table

    @cached_property
    def own_key(self) -> str | None:
        """The parameter with the id of a row; None where its table knows rows by more than that."""
        table = self.table
        if not isinstance(table, Table) or len(table.primary_key) != 1:
            return None
        is_unique = any(isinstance(each, UniqueConstraint) for each in table.constraints)
        if is_unique or any(each.unique for each in table.indexes):
            return None
        (column,) = table.primary_key
        return str(column.name) if self.inserts else self._key

    def compiled(self, dialect: Dialect, rows: int = 1) -> _Compiled:
        """The statement in the SQL of this kind of database, for so many rows."""
        compiled = self._compiled.get((dialect.name, rows))
        if compiled is None:
            compiled = self._compiled[dialect.name, rows] = self._compile(dialect, rows)
        return compiled

    def _compile(self, dialect: Dialect, rows: int) -> _Compiled:
        writer: Any = dialect
        if dialect.name == "postgresql":  # $1, $2, …: psycopg sends such a text as it is
            writer = type(writer)(paramstyle="numeric_dollar")
        # Without RETURNING and without a value per row: the same SQL whatever is given.
        statement = self._statement if rows == 1 else self._of_many(dialect, rows)
        made: Any = statement.compile(dialect=writer, column_keys=self._columns)
        columns = getattr(statement, "exported_columns", ())
        return _Compiled(
            sql=str(made).encode() if dialect.name == "postgresql" else str(made),
            names=tuple(made.positiontup),
            processes=_processes(
                [process_of(made.binds[name], dialect) for name in made.positiontup]
            ),
            fixed={
                name: value
                for name, value in made.params.items()
                if value is not None and not made.binds[name].required
            },
            results=_processes([result_of(column.type, dialect) for column in columns]),
        )

    def _of_many(self, dialect: Dialect, rows: int) -> Any:
        """For so many rows: it takes the parameters of one row, and then those of the next."""
        if not self.inserts:
            return self._update_of_many(dialect, self.names(dialect), rows)
        return self.of_rows(dialect, [f"_{place}" for place in range(rows)])

    def of_rows(self, dialect: Dialect, ends: Sequence[str]) -> Any:
        """What writes a row for each of these ends of the names of its parameters; one updates."""
        names = self.names(dialect)
        if not self.inserts:
            return self._renamed(dialect, names, ends[0])
        types = {name: self._statement.table.c[name].type for name in names}
        return self._statement.values(
            [{name: bindparam(f"{name}{end}", type_=types[name]) for name in names} for end in ends]
        )

    def _renamed(self, dialect: Dialect, names: Sequence[str], end: str) -> Any:
        known = self._statement.compile(dialect=dialect).binds
        return _with_binds(
            self._statement,
            {known[name].key: bindparam(f"{name}{end}", type_=known[name].type) for name in names},
        )

    def names(self, dialect: Dialect) -> Sequence[str]:
        """The parameters of one row, in their order."""
        return self.compiled(dialect).names

    def _update_of_many(self, dialect: Dialect, names: Sequence[str], rows: int) -> Any:
        """The update with each of its parameters, also those that are fixed, from a list of rows.

        UPDATE t SET a = given.a FROM (VALUES ($1, $2), ($3, $4)) AS given (a, id) WHERE t.id = ...
        """
        known = self._statement.compile(dialect=dialect).binds
        types = {name: known[name].type for name in names}
        given = values(*(column(name, types[name]) for name in names), name="given").data(
            [
                tuple(_told(bindparam(f"{name}_{place}", type_=types[name])) for name in names)
                for place in range(rows)
            ]
        )
        return _with_binds(self._statement, {known[name].key: given.c[name] for name in names})


def _with_binds(statement: Any, by_key: Mapping[str, Any]) -> Any:
    """The statement with these in place of its parameters."""

    def other(element: Any, **_kw: Any) -> Any:
        return by_key.get(element.key) if isinstance(element, BindParameter) else None

    return replacement_traverse(statement, {}, other)


def _told(bound: BindParameter[Any]) -> Any:
    """In a list of rows PostgreSQL sees no column that says what a parameter is; nothing is cut."""
    return cast(bound, Text() if isinstance(bound.type, String) else bound.type)


def _processes(found: Sequence[Process | None]) -> tuple[tuple[int, Process], ...]:
    return tuple((place, each) for place, each in enumerate(found) if each is not None)


def send(connection: Sending, sql: str) -> None:
    """Run plain SQL, past the events of the connection. Raises DBAPIError."""
    with errors_of(connection), closing(cursor_of(connection)) as cursor:
        cursor.execute(sql)


def driver_of(connection: Sending) -> Any:
    """The connection of the driver."""
    return connection.connection.dbapi_connection  # which SQLAlchemy looks up in three calls


def own_cursor_of(connection: Sending) -> Any:
    """A cursor for one statement, to be read before the next is sent: PostgreSQL's is kept."""
    kept = getattr(driver_of(connection), "own_cursor", None)
    return cursor_of(connection) if kept is None else kept


def cursor_of(connection: Sending) -> Any:
    """A cursor of the driver, which takes what a statement is compiled to."""
    if connection.dialect.name == "postgresql":
        driver: Any = connection.dialect.loaded_dbapi
        return driver.RawCursor(driver_of(connection))
    return driver_of(connection).cursor()
