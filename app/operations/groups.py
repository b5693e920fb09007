"""Open incidents by cause: how many, since when, and what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.models import Incident, IncidentStatus, Job, ProcessInstance
from processes.engine.retries import RetryMode, RetryRun, advance, begin
from processes.register.changes import record_event
from workers.enqueue import commit_and_enqueue

MOST = 1000  # incidents in one run


@dataclass(frozen=True)
class Group:
    """The open incidents with one cause; `example` is the newest of them."""

    cause: str
    count: int
    first: datetime
    last: datetime
    example: Incident


@dataclass(frozen=True)
class Stopped:
    """An incident with what it stopped."""

    incident: Incident
    job: Job | None
    instance: ProcessInstance | None


def groups(session: Session) -> list[Group]:
    """Every cause that has open incidents, the latest first."""
    last = func.max(Incident.created_at)
    query = (
        select(Incident.cause, func.count(), func.min(Incident.created_at), last)
        .where(Incident.status == IncidentStatus.OPEN)
        .group_by(Incident.cause)
        .order_by(last.desc())
    )
    return [
        Group(cause, count, first, newest, _newest(session, cause))
        for cause, count, first, newest in session.execute(query)
    ]


def stopped_by(session: Session, cause: str, limit: int = MOST) -> list[Stopped]:
    """The open incidents with this cause, the oldest first, with what they stopped."""
    query = (
        select(Incident, Job, ProcessInstance)
        .outerjoin(Job, Job.id == Incident.job_id)
        .outerjoin(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.cause == cause, Incident.status == IncidentStatus.OPEN)
        .order_by(Incident.created_at, Incident.id)
        .limit(limit)
    )
    return [Stopped(*row) for row in session.execute(query)]


def retry(session: Session, incidents: Sequence[Incident], *, mode: RetryMode, by: str) -> RetryRun:
    """Begin trying these again, and commit; sweeps go on with it until each is decided."""
    run = begin(session, incidents, mode=mode, by=by)
    advance(session, run.id)
    record_event(
        session,
        "incidents-retried",
        actor=by,
        subject=f"retry:{run.id}",
        mode=str(mode),
        number=len(incidents),
    )
    commit_and_enqueue(session)
    return run


def _newest(session: Session, cause: str) -> Incident:
    query = select(Incident).where(Incident.cause == cause, Incident.status == IncidentStatus.OPEN)
    return session.scalars(query.order_by(Incident.created_at.desc()).limit(1)).one()
