"""A connection of psycopg that keeps its prepared statements, and commits all or tells.

docs/adr/0012-compiled-statements.md has why, and what it saves.
"""

from contextlib import suppress
from functools import cached_property
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.rows import TupleRow


class KeepingConnection(psycopg.Connection[TupleRow]):
    """Rolls back past psycopg, which would drop the plans of all statements.

    Each request that only reads ends with a rollback. psycopg guards against tables made anew
    since a statement was prepared; ours are not.
    """

    @cached_property
    def own_cursor(self) -> psycopg.RawCursor[TupleRow]:
        """A cursor for one statement after the other, each read before the next: do not close it.

        Making one costs a quarter of what a small statement does.
        """
        return psycopg.RawCursor(self)

    def commit(self) -> None:
        """Commit. Raises InFailedSqlTransaction where a statement failed: it would be rolled back.

        PostgreSQL answers such a COMMIT with ROLLBACK, which psycopg takes for well done. What
        cannot be committed is rolled back at once: SQLAlchemy gives such a connection back to its
        pool without a rollback, and whoever got it next could do nothing.
        """
        try:
            self._refuse_what_failed()
            super().commit()
        except BaseException:
            with suppress(psycopg.Error):
                self.rollback()
            raise

    def _refuse_what_failed(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            message = "a statement of this transaction failed: nothing of it can be committed"
            raise psycopg.errors.InFailedSqlTransaction(message)

    def rollback(self) -> None:
        """Roll back. Raises OperationalError when the server does not answer."""
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            return  # psycopg would take its lock for it, at each return to the pool
        if self.closed:
            super().rollback()
            return
        result = self.pgconn.exec_(b"ROLLBACK")
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(result.get_error_message())


def connect(*args: Any, **options: Any) -> KeepingConnection:
    """Connect as `psycopg.connect` does. Raises OperationalError."""
    return KeepingConnection.connect(*args, **options)
