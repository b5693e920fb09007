"""Extends the short lease of a running job from a thread; a killed worker's lease soon ends."""

import heapq
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=10)  # how long nobody else may take a job after its worker was heard of
BEAT = 2.5  # seconds between two signs of life


class Heartbeat:
    """Extends the lease for as long as the job may take without progress; then it lapses."""

    def __init__(
        self, extend: Callable[[], bool], patience: timedelta, *, every: float = BEAT
    ) -> None:
        self._extend = extend  # False when the job is no longer ours
        self._every = every
        self._patience = patience.total_seconds()
        self._stop = threading.Event()
        self.heard()

    def heard(self) -> None:
        """The job reported progress."""
        self._until = time.monotonic() + self._patience

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Extend the lease from a thread until the block ends; a short job needs none."""
        _waiting.add(self, time.monotonic() + self._every)
        try:
            yield
        finally:
            self._stop.set()

    @property
    def is_over(self) -> bool:
        """Whether the job has ended."""
        return self._stop.is_set()

    def begin(self) -> None:
        """The first beat is due."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _beat(self) -> None:
        while not self.is_over and time.monotonic() < self._until:
            try:
                if not self._extend():
                    return
            except SQLAlchemyError as error:  # the database may be back before the lease is over
                log.warning("no heartbeat", exc_info=error)
            self._stop.wait(self._every)


class _Waiting:
    """One thread that knows when each attempt of this process must beat for the first time.

    Most are over by then, so that a thread for each would be begun in vain.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._first: list[tuple[float, int, Heartbeat]] = []
        self._number = count()
        self._thread: threading.Thread | None = None

    def add(self, heartbeat: Heartbeat, due: float) -> None:
        with self._changed:
            heapq.heappush(self._first, (due, next(self._number), heartbeat))
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._go_on, name="first beat", daemon=True)
                self._thread.start()
            elif self._first[0][2] is heartbeat:
                self._changed.notify()

    def _go_on(self) -> None:
        while True:
            with self._changed:
                heartbeat = self._next()
            heartbeat.begin()

    def _next(self) -> Heartbeat:
        """Wait for the first that is due, and still at work."""
        while True:
            while self._first and self._first[0][2].is_over:
                heapq.heappop(self._first)
            wait = self._first[0][0] - time.monotonic() if self._first else None
            if wait is not None and wait <= 0:
                return heapq.heappop(self._first)[2]
            self._changed.wait(wait)


_waiting = _Waiting()
