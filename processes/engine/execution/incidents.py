"""Open incidents, and retrying one: fresh attempts for its job, its timers at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus, Timer
from processes.unit_of_work import unit_of_work

TIMER = "timer:"  # begins the fingerprint of what a timer's step left behind


class IncidentNotOpenError(Exception):
    """The incident is resolved already."""


def open_incidents(session: Session) -> list[Incident]:
    """All open incidents, oldest first."""
    query = select(Incident).where(Incident.status == IncidentStatus.OPEN)
    return list(session.scalars(query.order_by(Incident.created_at)))


def retry_incident(session: Session, incident_id: UUID, *, by: str) -> Incident:
    """Resolve the incident and retry. Raises IncidentNotOpenError.

    Its job gets fresh attempts; timers of a failed step fire again at the next sweep.
    """
    incident = session.get_one(Incident, incident_id, with_for_update=True, populate_existing=True)
    if incident.status != IncidentStatus.OPEN:
        raise IncidentNotOpenError
    incident.status = IncidentStatus.RESOLVED
    incident.resolved_at, incident.resolved_by = now(), by
    if incident.job_id is not None:
        _renew(session, incident.job_id)
    elif incident.fingerprint.startswith(TIMER):
        timer_id = UUID(incident.fingerprint.removeprefix(TIMER))
        session.execute(update(Timer).where(Timer.id == timer_id).values(due_at=now()))
    session.flush()
    return incident


def _renew(session: Session, job_id: UUID) -> None:
    job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    if job.status != JobStatus.FAILED:
        return
    job.status, job.attempts, job.due_at = JobStatus.NEW, 0, now()
    job.lease_owner = job.lease_until = None
    unit_of_work(session).announce(job.id, job.topic)


def stuck_among(session: Session, instance_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these instances that have an open incident: nobody is at work on them."""
    query = select(Incident.instance_id).where(
        Incident.status == IncidentStatus.OPEN, Incident.instance_id.in_(instance_ids)
    )
    return {id_ for id_ in session.scalars(query) if id_}
