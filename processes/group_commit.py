"""Group commit on SQLite: commits that wait together become durable by one flush of the WAL.

With `synchronous=NORMAL` a commit writes its pages to the write-ahead log (WAL) and does not flush
it: transactions stay whole and in their order, but the last ones are lost when the machine stops.
Who committed therefore waits here until a flush has ended that began after the commit. One thread
flushes at a time; what the others commit meanwhile goes with the next flush (ADR 0027).
"""

import logging
import sqlite3
from collections.abc import Callable
from threading import Condition, RLock

log = logging.getLogger(__name__)

_FAILED = "disk I/O error: what was committed could not be made durable"


class GroupCommit:
    """The commits that one process made to one database, and up to which they are durable."""

    def __init__(self) -> None:
        self._lock = RLock()  # a connection that is collected meanwhile rolls back, and comes here
        self._changed = Condition(self._lock)
        self._committed = self._durable = 0
        self._is_flushing = self._has_failed = False

    @property
    def last(self) -> int:
        """The number of the last commit."""
        return self._committed

    def add(self) -> int:
        """The number of a commit that was made just now."""
        with self._lock:
            self._committed += 1
            return self._committed

    def check(self) -> None:
        """Raises sqlite3.OperationalError for ever after a flush that failed.

        The kernel reports that once and forgets the pages: later commits would be lost with them,
        though their own flush ends well.
        """
        if self._has_failed:
            raise sqlite3.OperationalError(_FAILED)

    def wait_for(self, number: int, flush: Callable[[], object]) -> None:
        """Return when this commit is durable: another thread flushed it, or we did.

        Raises sqlite3.OperationalError when a flush fails.
        """
        while number > self._durable:
            is_ours = False
            try:
                with self._lock:
                    self.check()
                    if self._is_flushing:
                        self._changed.wait()
                        continue
                    is_ours = self._is_flushing = True
                    made = self._committed
                self._try(flush)
                self._durable = made
            finally:
                if is_ours:
                    self._wake_all()

    def _try(self, flush: Callable[[], object]) -> None:
        try:
            flush()
        except OSError as error:
            self._has_failed = True
            log.critical("the WAL cannot be flushed: nothing is committed any more", exc_info=True)
            raise sqlite3.OperationalError(_FAILED) from error

    def _wake_all(self) -> None:
        with self._lock:
            self._is_flushing = False
            self._changed.notify_all()
