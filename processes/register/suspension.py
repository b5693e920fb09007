"""Suspending a provider: why, since when, and until when it may object (R60)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import local
from processes.register.changes import AuditEvent
from processes.register.providers import Provider

OBJECTION_TERM = timedelta(weeks=6)  # Awb 6:7, from the day after it was made known (6:8)


@dataclass(frozen=True)
class Suspension:
    """The last time that a provider was suspended."""

    reason: str
    at: datetime

    @property
    def object_until(self) -> date:
        """The last day of the term, in Amsterdam."""
        return local(self.at).date() + OBJECTION_TERM


def suspension_of(session: Session, provider: Provider) -> Suspension | None:
    """The last suspension, also when it has ended; None if there never was one."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.kvk == provider.kvk, AuditEvent.action == "provider-suspended")
        .order_by(AuditEvent.at.desc())
        .limit(1)
    )
    event = session.scalar(query)
    return Suspension(str(event.details.get("reason") or ""), event.at) if event else None
