"""Resolves incidents of an instance, a start or a message whose cause is over, after a success."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import Incident, IncidentStatus, Job

BY = "engine"


@dataclass(frozen=True)
class Success:
    """What an instance is after a step, or after a change by hand."""

    tokens: Collection[UUID]  # those that still wait
    done: UUID | None = None  # the token whose step succeeded
    passed: Collection[str] = field(default_factory=frozenset)  # the elements that it passed
    has_ended: bool = False
    by: str | None = None


def resolve(session: Session, instance_id: UUID, success: Success) -> None:
    """Resolve what failed before and has succeeded, or can no longer happen."""
    query = (
        select(Incident, Job.token_id)
        .join(Job, Job.id == Incident.job_id, isouter=True)
        .where(Incident.instance_id == instance_id)
        .where(Incident.status == IncidentStatus.OPEN)
    )
    for incident, of_job in session.execute(query):
        if _is_over(incident, incident.token_id or of_job, success):
            incident.status, incident.resolved_at = IncidentStatus.RESOLVED, now()
            incident.resolved_by = success.by or BY
    session.flush()


def resolve_same(session: Session, fingerprint: str, by: str) -> None:
    """Resolve what an earlier start, or a message of the same name and key, left behind."""
    session.execute(
        update(Incident)
        .where(Incident.fingerprint == fingerprint)
        .where(Incident.status == IncidentStatus.OPEN)
        .values(status=IncidentStatus.RESOLVED, resolved_at=now(), resolved_by=by)
    )


def _is_over(incident: Incident, token_id: UUID | None, success: Success) -> bool:
    if success.has_ended or token_id is None:  # without one: of an earlier release
        return success.has_ended or incident.element_id in success.passed
    return token_id == success.done or token_id not in success.tokens
