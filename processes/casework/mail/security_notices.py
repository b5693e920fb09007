"""Tells all staff by mail of what must not go unseen: the use of a break-glass account."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.engine.execution.jobs import create_job
from processes.engine.store.work_models import KnownPerson
from processes.engine.tasks.directory import GONE, person_of

TOPIC = "send-security-notice"


def tell_staff(session: Session, what: str, at: datetime | None = None) -> int:
    """A job for each who works for the register and has an address; how many.

    Whatever mail they chose: this is none about tasks.
    """
    query = select(KnownPerson).where(
        KnownPerson.tenant.is_(None),
        KnownPerson.email.is_not(None),
        KnownPerson.seen_at > now() - GONE,
    )
    staff = [each for each in session.scalars(query) if person_of(each).is_of_register]
    notice, moment = new_id(), (at or now()).isoformat()
    for each in staff:
        given = {"person": each.reference, "what": what, "at": moment}
        create_job(session, TOPIC, given, idempotency_key=f"{TOPIC}:{notice}:{each.reference}")
    return len(staff)
