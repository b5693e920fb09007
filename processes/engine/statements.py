"""Core statements of the hot path: compiled once for each kind of database, then sent as SQL.

What SQLAlchemy does for each execution of a statement costs more than the statement: finding it in
the cache of compiled statements, and the ORM's bookkeeping of rows that are written and forgotten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.orm import Session

Process = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    names: tuple[str, ...] | None  # the order of the parameters, where the driver takes no names
    bind: tuple[tuple[str, Process], ...]
    fixed: Mapping[str, Any]
    results: tuple[Process | None, ...]

    def parameters(self, given: Mapping[str, Any]) -> Any:
        values = {**self.fixed, **given}
        for name, process in self.bind:
            values[name] = process(values[name])
        return values if self.names is None else tuple(values[name] for name in self.names)


class Statement:
    """One statement with named parameters; of an insert, the columns are named beforehand."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def execute(self, session: Session, given: Mapping[str, Any]) -> int:
        """Run it once; the number of rows that it touched."""
        connection = session.connection()
        compiled = self._for(connection)
        result = connection.exec_driver_sql(compiled.sql, compiled.parameters(given))
        return int(result.rowcount)

    def execute_many(self, session: Session, given: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these."""
        connection = session.connection()
        compiled = self._for(connection)
        rows = [compiled.parameters(each) for each in given]
        connection.exec_driver_sql(compiled.sql, rows if len(rows) > 1 else rows[0])

    def first(self, session: Session, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of what it selects, with Python values."""
        connection = session.connection()
        compiled = self._for(connection)
        row = connection.exec_driver_sql(compiled.sql, compiled.parameters(given)).first()
        if row is None:
            return None
        return tuple(
            value if process is None else process(value)
            for process, value in zip(compiled.results, row, strict=True)
        )

    def _for(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> _Compiled:
        # Without RETURNING and without a value per row: the same SQL whatever is given.
        made: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        columns = getattr(self._statement, "selected_columns", ())
        return _Compiled(
            sql=str(made),
            names=tuple(made.positiontup) if made.positional else None,
            bind=tuple(made._bind_processors.items()),  # noqa: SLF001 - no public way to them
            fixed={name: value for name, value in made.params.items() if value is not None},
            results=tuple(
                column.type.dialect_impl(dialect).result_processor(dialect, None)
                for column in columns
            ),
        )
