"""Heartbeat and health checks of a sweeping process, in a thread beside its sweeps."""

import logging
import os
import socket
import threading
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, update

from processes.base import now
from processes.platform.observed import WorkerHeartbeat
from workers import bounced_mail, health
from workers.enqueue import open_session

log = logging.getLogger(__name__)

BEAT_EVERY = 10.0  # seconds
FIRST = 1.0  # seconds until the first sweep is over
FORGET_AFTER = timedelta(days=1)


class Pulse:
    """The heartbeat of one process; a failure never stops a sweep."""

    def __init__(self) -> None:
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.sweeps = self.failed = 0
        self._is_known = False

    def swept(self, *, well: bool) -> None:
        """Count a sweep."""
        self.sweeps += 1
        self.failed += not well

    def go_on(self, stop: threading.Event) -> None:
        """Write heartbeats and check health until told to stop, in a thread of its own.

        A system that does not answer must not hold up the sweeps, and a worker whose sweeps hang is
        not alive.
        """
        told = 0
        while not stop.wait(BEAT_EVERY if told else FIRST):
            if self.sweeps == told:
                continue
            told = self.sweeps
            try:
                self.beat()
                health.check_all()
                bounced_mail.process_bounces()
            except Exception:
                log.exception("no heartbeat")

    def beat(self) -> None:
        """Write the heartbeat."""
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
