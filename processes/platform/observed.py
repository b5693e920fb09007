"""Tables of worker heartbeats and health checks of the systems around Loket."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, now

ALIVE_FOR = timedelta(seconds=45)
FRESH_FOR = timedelta(minutes=3)


class WorkerHeartbeat(Record):
    """One worker process; it updates this row every few seconds."""

    __tablename__ = "worker_heartbeat"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    sweeps: Mapped[int] = mapped_column(default=0)
    failed_sweeps: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    seen_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)

    @property
    def is_alive(self) -> bool:
        """Whether its last heartbeat is recent."""
        return self.seen_at > now() - ALIVE_FOR


class HealthCheck(Record):
    """The last health check of a system, and since when its result holds."""

    __tablename__ = "health_check"

    name: Mapped[str] = mapped_column(primary_key=True)
    is_well: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[str] = mapped_column(default="")  # Dutch, for the operator; no secrets
    since: Mapped[datetime] = mapped_column(default_factory=now)
    checked_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def is_fresh(self) -> bool:
        """Whether the check is recent; otherwise the state is unknown."""
        return self.checked_at > now() - FRESH_FOR
