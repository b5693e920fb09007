"""The last suspension of a provider: why, since when, and by whom (R60)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.changes import AuditEvent
from processes.register.providers.former_numbers import numbers_of
from processes.register.providers.providers import Provider


@dataclass(frozen=True)
class Suspension:
    """The last time that a provider was suspended."""

    reason: str
    at: datetime
    by: str  # the name of the member of the staff


def suspension_of(session: Session, provider: Provider) -> Suspension | None:
    """The last suspension, also when it has ended; None if there never was one."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.kvk.in_(numbers_of(session, provider.kvk)),
            AuditEvent.action == "provider-suspended",
        )
        .order_by(AuditEvent.at.desc())
        .limit(1)
    )
    event = session.scalar(query)
    if event is None:
        return None
    return Suspension(str(event.details.get("reason") or ""), event.at, event.actor)
