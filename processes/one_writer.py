"""Connections to SQLite of which the threads of a process write one after the other.

SQLite lets one connection write at a time, and its busy handler sleeps between attempts, longer
each time: eight threads did less together than one alone. Here they wait in a line, in memory, in
the order in which they came; only other processes are still waited for by the busy handler.
"""

import os
import sqlite3
from collections import deque
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection

from processes.statements import errors_of

PATIENCE = 15.0  # seconds in the line, where the connection does not say how long it waits


class Line:
    """Who waits to write to one database, first come first served."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: deque[Event] = deque()

    def join(self) -> Event:
        """A place in the line; it is set when it is the first."""
        place = Event()
        with self._lock:
            self._places.append(place)
            if len(self._places) == 1:
                place.set()
        return place

    def leave(self, place: Event) -> None:
        """Give a place up, the first or any other; the next one is told."""
        with self._lock:
            self._places.remove(place)
            if self._places:
                self._places[0].set()


_lines: dict[str, Line] = {}


def _line_of(database: str) -> Line:
    return _lines.setdefault(os.path.realpath(database), Line())


os.register_at_fork(after_in_child=_lines.clear)


class OneWriter(sqlite3.Connection):
    """A connection that waits for the other threads of its process before it writes."""

    def __init__(self, database: Any, *args: Any, **options: Any) -> None:
        super().__init__(database, *args, **options)
        self._database = str(database)
        self._patience = float(options.get("timeout", PATIENCE))
        self._place: tuple[Line, Event] | None = None

    def begin_writing(self) -> None:
        """BEGIN IMMEDIATE, in turn.

        Raises sqlite3.OperationalError when others write for too long.
        """
        line = _line_of(self._database)
        place = line.join()
        self._place = line, place
        try:
            self._wait_for(place)
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise

    def commit(self) -> None:
        super().commit()
        self._leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._leave()

    def _wait_for(self, place: Event) -> None:
        if not place.wait(self._patience):
            message = "database is locked by other threads"
            raise sqlite3.OperationalError(message)

    def _leave(self) -> None:
        if self._place is not None:
            line, place = self._place
            self._place = None
            line.leave(place)


def begin_writing(connection: Connection) -> None:
    """Begin a transaction of SQLite that writes, in turn. Raises DBAPIError."""
    with errors_of(connection):
        driver: Any = connection.connection.driver_connection
        driver.begin_writing()
