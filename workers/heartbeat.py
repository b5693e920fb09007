"""Holds the lease of an attempt that is at work: short, so that a killed worker is soon missed."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=10)  # how long nobody else may take a job after its worker was heard of
BEAT = 2.5  # seconds between two signs of life


class Heartbeat:
    """Beats for as long as the work may take without progress; then somebody else may try."""

    def __init__(
        self, extend: Callable[[], bool], patience: timedelta, *, every: float = BEAT
    ) -> None:
        self._extend = extend  # False when the job is no longer ours
        self._every = every
        self._patience = patience.total_seconds()
        self._stop = threading.Event()
        self.heard()

    def heard(self) -> None:
        """The work itself gave a sign of life."""
        self._until = time.monotonic() + self._patience

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat from a thread of its own, until the work is over."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        try:
            yield
        finally:
            self._stop.set()

    def _beat(self) -> None:
        while not self._stop.wait(self._every) and time.monotonic() < self._until:
            try:
                if not self._extend():
                    return
            except SQLAlchemyError as error:  # the database may be back before the lease is over
                log.warning("no heartbeat", exc_info=error)
