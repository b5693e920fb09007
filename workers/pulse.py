"""What every sweeping process does beside its sweeps: tell that it lives, and look around."""

import logging
import os
import socket
import time
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, update

from processes.base import now
from workers import health
from workers.database import open_session
from workers.observed import WorkerHeartbeat

log = logging.getLogger(__name__)

BEAT_EVERY = 10.0  # seconds
FORGET_AFTER = timedelta(days=1)


class Pulse:
    """The heartbeat of one process; it never lets a sweep fail."""

    def __init__(self) -> None:
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.sweeps = self.failed = 0
        self._is_known = False
        self._next = 0.0

    def swept(self, *, well: bool) -> None:
        """Count a sweep, and tell the database when it is time."""
        self.sweeps += 1
        self.failed += not well
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BEAT_EVERY
        try:
            self.beat()
            health.check_all()
        except Exception:
            log.exception("no heartbeat")

    def beat(self) -> None:
        """Write that we live."""
        with open_session() as session, session.begin():
            if not self._is_known:
                session.execute(
                    delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < now() - FORGET_AFTER)
                )
                host, pid = socket.gethostname(), os.getpid()
                session.add(WorkerHeartbeat(id=self.id, host=host, pid=pid))
            counted = {"sweeps": self.sweeps, "failed_sweeps": self.failed, "seen_at": now()}
            session.flush()
            session.execute(
                update(WorkerHeartbeat).where(WorkerHeartbeat.id == self.id).values(counted)
            )
        self._is_known = True
