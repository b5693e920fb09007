"""Erases what is personal in audit events; the chain stays whole, and tells of the erasure."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.register.audit import sealing
from processes.register.audit.chain import ERASED
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent, record_event

AT_A_TIME = 500  # identifiers in one statement
UNSEEN = {"synchronize_session": False}


def erase(session: Session, event_ids: Sequence[UUID], *, by: str, reason: str) -> int:
    """Erase actor, company, subject and details of these events; how many.

    What happened and when stay. The database lets nothing else of an event be changed, and no
    event be deleted. An event tells who erased how many, and why.
    """
    if not event_ids:
        return 0
    if sealing.waits(session, event_ids):
        sealing.seal_rest(session)
    told = record_event(session, "trail-erased", actor=by, reason=reason, number=len(event_ids))
    for start in range(0, len(event_ids), AT_A_TIME):
        ids = event_ids[start : start + AT_A_TIME]
        events = update(AuditEvent).where(AuditEvent.id.in_(ids)).values(ERASED._asdict())
        seals = update(AuditSeal).where(AuditSeal.event_id.in_(ids), AuditSeal.salt.is_not(None))
        session.execute(events, execution_options=UNSEEN)
        session.execute(seals.values(salt=None, erased_by=told), execution_options=UNSEEN)
    return len(event_ids)
