"""Incidents: of a step that failed, those that are open, and retrying one.

A retry gives its job fresh attempts, and fires its timers at once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution.failure_sentences import sentence_for
from processes.engine.execution.hidden_values import trace_without
from processes.engine.interpreter.codec import StateTooLargeError
from processes.engine.interpreter.data.joins import MergeConflictError
from processes.engine.interpreter.outcomes import (
    BudgetExceededError,
    ElementError,
    UncaughtBpmnError,
)
from processes.engine.language.expressions import ExpressionError
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus, Timer
from processes.unit_of_work import unit_of_work
from processes.webhooks.cases import tell_of_incident
from processes.webhooks.events import EVENT_TOPIC

log = logging.getLogger(__name__)

KINDS: Mapping[type[Exception], str] = {
    UncaughtBpmnError: "uncaught-error",
    MergeConflictError: "merge-conflict",
    BudgetExceededError: "budget",
    StateTooLargeError: "budget",
    ElementError: "expression",
    ExpressionError: "expression",
}
"""The kind of incident that each of these makes; of those without an element: what was running."""

TIMER = "timer:"  # begins the fingerprint of what a timer's step left behind


class IncidentNotOpenError(Exception):
    """The incident is resolved already."""


@dataclass(frozen=True)
class Failure:
    """The exception of a step, at which element, and whose step it was."""

    error: Exception
    running: str | None
    names: Mapping[str, str]
    is_first: bool  # of an instance that then does not exist
    job_id: UUID | None = None
    token_id: UUID | None = None  # that somebody wanted to complete
    cause: str | None = None  # what tells this failure from others, where the element does not
    values: Sequence[Mapping[str, Any]] | None = ()
    """The variables, which no text may hold; None where they are not known: then no text is kept.
    """

    def name_of(self, element_id: str) -> str:
        """The name of an element as drawn, else its id."""
        return self.names.get(element_id, element_id)


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


def record_incident(session: Session, instance_id: UUID, failure: Failure) -> Incident:
    """An open incident for this failure; the same failure again is not a second one."""
    kind, element_id = _kind_and_element(failure)
    message = sentence_for(_reason(failure.error), element_id, failure)
    trace = trace_without(failure.error, failure.values)
    log.warning(
        "a step failed and was rolled back",
        extra={"process_instance_id": str(instance_id), "element_id": element_id, "kind": kind},
    )
    fingerprint = failure.cause or sha256(f"{instance_id}{kind}{element_id}".encode()).hexdigest()
    incident = session.scalars(
        select(Incident)
        .where(Incident.fingerprint == fingerprint)  # of an instance, of a timer, or of a start
        .where(Incident.status == IncidentStatus.OPEN)
    ).first()
    is_new = incident is None
    if incident is None:
        incident = Incident(
            instance_id=instance_id,
            job_id=failure.job_id,
            element_id=element_id,
            kind=kind,
            message=message,
            fingerprint=fingerprint,
            token_id=failure.token_id,
        )
        session.add(incident)
    incident.message, incident.details = message, trace
    session.flush()
    if is_new:
        of_case = None if failure.is_first else instance_id
        tell_of_incident(unit_of_work(session), incident.id, kind, of_case)
    return incident


def record_of_job(session: Session, job: Job, kind: str, message: str, details: str) -> None:
    """An open incident for a job that is tried no more."""
    incident = Incident(
        instance_id=job.instance_id,
        job_id=job.id,
        element_id=job.element_id,
        kind=kind,
        message=message,
        details=details,
        fingerprint=f"job:{job.id}",
    )
    session.add(incident)
    session.flush()
    if job.topic != EVENT_TOPIC:  # that an event did not arrive would be another that cannot
        tell_of_incident(unit_of_work(session), incident.id, kind, job.instance_id)


def _kind_and_element(failure: Failure) -> tuple[str, str | None]:
    error = failure.error
    for type_, kind in KINDS.items():
        if isinstance(error, type_):
            return kind, getattr(error, "element_id", failure.running)
    spec = getattr(error, "task_spec", None)  # SpiffWorkflow's exceptions name the task spec
    if spec is not None:
        return "expression", getattr(spec, "bpmn_id", None)
    return "step-failed", failure.running


def _reason(error: Exception) -> BaseException:
    """Why it failed: SpiffWorkflow's own exception only says where, and has ours as its context."""
    ours = error.__context__
    is_told = isinstance(error, ExpressionError | ElementError)
    return ours if isinstance(ours, ExpressionError) and not is_told else error
