"""Append-only audit trail: who did what to whose record, and when (R61)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Index, Table, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.statements import Statement
from processes.unit_of_work import unit_of_work
from processes.webhooks.events import tell_of_record


class AuditEvent(Record):
    """One event of the audit trail. `details` holds old and new values, never secrets."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_kvk_at", "kvk", "at"), Index("ix_audit_event_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    action: Mapped[str]  # login, login-refused, task-completed, offer-published, mail-sent, …
    actor: Mapped[str]  # the label of a user, 'worker', 'loket'
    kvk: Mapped[str | None] = mapped_column(default=None)
    subject: Mapped[str | None] = mapped_column(default=None)  # "offer:<id>", "provider:<id>"
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    at: Mapped[datetime] = mapped_column(default_factory=now)


_ADD = Statement(
    insert(cast(Table, AuditEvent.__table__)),
    ("id", "action", "actor", "kvk", "subject", "details", "at"),
)


def record_event(
    session: Session,
    action: str,
    *,
    actor: str,
    kvk: str | None = None,
    subject: str | None = None,
    **details: Any,
) -> UUID:
    """Insert one event in the caller's transaction, without the ORM's bookkeeping; its id.

    Webhook addresses that asked for it are told, after the commit.
    """
    event_id = new_id()
    event = {
        "id": event_id,
        "action": action,
        "actor": actor,
        "kvk": kvk,
        "subject": subject,
        "details": details,
        "at": now(),
    }
    unit = unit_of_work(session)
    unit.write([(_ADD, [event])])
    tell_of_record(unit, action, subject, details, kvk)
    return event_id


def events_of(session: Session, *kvks: str, limit: int = 1000) -> Sequence[AuditEvent]:
    """What happened around the provider with these KvK numbers, newest first."""
    query = select(AuditEvent).where(AuditEvent.kvk.in_(kvks))
    return session.scalars(query.order_by(AuditEvent.at.desc(), AuditEvent.id).limit(limit)).all()
