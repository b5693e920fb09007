"""Jobs: create, claim under a lease, finish, retry with backoff, fail into an incident."""

import random
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import effects, incidents, instances, steps, task_errors
from processes.engine.execution.failure_sentences import (
    ReportedError,
    WorkerLostError,
    sentence_for_job,
)
from processes.engine.execution.hidden_values import trace_without, without_values
from processes.engine.language import iso8601
from processes.engine.language.values import json_value
from processes.engine.registry import TOPICS, BadDataError, BpmnError, UnavailableError
from processes.engine.sentences.catalogue import say
from processes.engine.store import job_rows
from processes.engine.store.causes import JOB_FAILED
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
)
from processes.engine.store.rows import LockedInstance
from processes.questions import Question, ago
from processes.unit_of_work import unit_of_work

LONGEST_PAUSE = timedelta(hours=6)
JITTER = 0.2
MAX_ERROR = 2000
OUTSIDE = "worker-outside"  # the kind of incident that a worker outside reports


def create_job(  # noqa: PLR0913 - each is a fact about the job, given by name
    session: Session,
    topic: str,
    arguments: Mapping[str, Any],
    *,
    idempotency_key: str,
    tenant: str | None = None,
    max_attempts: int | None = None,
    retry_every: str | None = None,
) -> Job:
    """Create a job without an instance; an idempotency key gives the same job again."""
    declared = TOPICS.get(topic)
    job = Job(
        topic=topic,
        idempotency_key=idempotency_key,
        arguments=json_value(dict(arguments)),
        tenant=tenant,
        max_attempts=max_attempts
        or (declared.max_attempts if declared else effects.DEFAULT_ATTEMPTS),
        retry_every=retry_every or (declared.retry_every if declared else effects.DEFAULT_RETRY),
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        query = select(Job).where(Job.idempotency_key == idempotency_key)
        return session.scalars(query).one()
    unit_of_work(session).announce(job.id, topic)
    return job


def due_jobs(session: Session, limit: int, topics: Collection[str] | None = None) -> list[UUID]:
    """Jobs for a worker to look at now: due, or with a lease that ran out.

    At most `limit` per topic, the oldest first: a long queue of one topic hides no other. With
    `topics`, of these alone.
    """
    place = func.row_number().over(partition_by=Job.topic, order_by=Job.due_at)
    rows = select(Job.id, Job.due_at, place.label("place"))
    rows = rows.where(job_rows.UNFINISHED, job_rows.claimable(now()))
    due = (rows if topics is None else rows.where(Job.topic.in_(topics))).subquery()
    query = select(due.c.id).where(due.c.place <= limit).order_by(due.c.due_at)
    return list(session.scalars(query))


ANY_DUE = Question(exists().where(job_rows.UNFINISHED, job_rows.claimable(ago())))
"""Whether there are any, of whatever topic: to look at, or worn out."""


def worn_out(session: Session, limit: int, known: Collection[str]) -> list[UUID]:
    """Jobs of other topics than these whose last attempt was lost: no worker of ours sees them."""
    query = select(Job.id).where(Job.topic.not_in(known), Job.attempts >= Job.max_attempts)
    query = query.where(
        job_rows.UNFINISHED, Job.status == JobStatus.LEASED, job_rows.claimable(now())
    )
    return list(session.scalars(query.order_by(Job.lease_until).limit(limit)))


def claim(
    session: Session, job_id: UUID, *, owner: str, lease: timedelta
) -> job_rows.ClaimedJob | None:
    """Claim a due job for the time of the lease; the attempt counts from now."""
    claimed = job_rows.take(session, job_id, owner=owner, lease=lease)
    if claimed is None:
        fail_if_out_of_attempts(session, job_id)
    return claimed


def extend_lease(session: Session, job: job_rows.ClaimedJob, lease: timedelta) -> bool:
    """Extend the lease; False when another worker holds it by now."""
    return job_rows.extend(session, job, lease)


def finish(
    session: Session,
    job_id: UUID,
    owner: str,
    attempt: int,
    variables: Mapping[str, Any] | None = None,
) -> bool:
    """Finish the job and advance its instance; False, and nothing, when the lease is lost."""
    return finish_with(session, job_id, owner, attempt, instances.JobResult(variables))


def finish_with(
    session: Session, job_id: UUID, owner: str, attempt: int, result: instances.JobResult
) -> bool:
    """As `finish`, with all that a worker may give."""
    instance = job_rows.lock_instance(session, job_id)
    if instance is not None and instance.status != InstanceStatus.ACTIVE:
        _fenced(session, job_id, owner, attempt)  # of an instance that ended, it is cancelled
        return False
    ended = job_rows.end(session, job_id, owner, attempt)
    if ended is None:
        return False
    (token_id,) = ended
    if instance is not None and token_id is not None:
        _go_on(session, instance, (job_id, token_id), result)
    return True


def _go_on(
    session: Session,
    instance: LockedInstance,
    job: tuple[UUID, UUID],
    result: instances.JobResult,
) -> None:
    try:
        instances.complete_job(session, instance, *job, result)
    except steps.StepFailedError as failed:
        stopped = session.get_one(Job, job[0], populate_existing=True)
        stopped.done_at = None
        _stop(stopped, failed.incident.message)
    session.flush()


def fail(  # noqa: PLR0913 - each is a fact about the attempt
    session: Session,
    job_id: UUID,
    owner: str,
    attempt: int,
    error: BaseException,
    *,
    by: str = "worker",
) -> bool:
    """The attempt raised: a BPMN error goes to the diagram, else a retry or an incident."""
    job = _fenced(session, job_id, owner, attempt)
    if job is None:
        return False
    job.last_error = without_values(_text(error), steps.values_of_job(session, job))
    if isinstance(error, BpmnError):
        _throw(session, job, error, by)
    elif drawn := task_errors.at_failure(session, job, str(error), _text(error)):
        _throw(session, job, drawn, by)
    elif isinstance(error, BadDataError) or job.attempts >= job.max_attempts:
        _give_up(session, job, error)
    else:
        _try_later(job, _pause(job, error))
    session.flush()
    return True


def fail_as_told(
    session: Session, job_id: UUID, owner: str, attempt: int, failure: ReportedError
) -> bool:
    """The attempt failed as its worker tells: tried again as often as it says, or an incident."""
    job = _fenced(session, job_id, owner, attempt)
    if job is None:
        return False
    told = str(failure)[:MAX_ERROR]
    job.last_error = without_values(told, steps.values_of_job(session, job))
    if drawn := task_errors.at_failure(session, job, told, failure.details):
        _throw(session, job, drawn, "worker")
    elif failure.retries > 0:
        job.max_attempts = job.attempts + failure.retries
        _try_later(job, failure.pause)
    else:
        _give_up(session, job, failure)
    session.flush()
    return True


def put_back(session: Session, job_id: UUID, owner: str, attempt: int) -> bool:
    """Release the job without counting an attempt, so that others get their turn."""
    job = _fenced(session, job_id, owner, attempt)
    if job is None:
        return False
    job.status, job.due_at = JobStatus.NEW, now()
    job.attempts -= 1
    job.lease_owner = job.lease_until = None
    session.flush()
    unit_of_work(session).announce(job.id, job.topic)
    return True


def _fenced(session: Session, job_id: UUID, owner: str, attempt: int) -> Job | None:
    """The job, locked after its instance, if it is still leased to this owner's attempt."""
    instance_id = session.scalar(select(Job.instance_id).where(Job.id == job_id))
    instance = steps.lock_instance(session, instance_id) if instance_id else None
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None or job.status != JobStatus.LEASED:
        return None
    if job.lease_owner != owner or job.attempts != attempt:
        return None
    if instance is not None and instance.status != InstanceStatus.ACTIVE:
        if instance.status != InstanceStatus.SUSPENDED:
            _end(job, JobStatus.CANCELLED)
            session.flush()
        return None
    return job


def _try_later(job: Job, pause: timedelta) -> None:
    job.status, job.due_at = JobStatus.NEW, now() + pause
    job.lease_owner = job.lease_until = None


def _throw(session: Session, job: Job, error: BpmnError, by: str) -> None:
    if job.instance_id is None:
        _give_up(session, job, error)
        return
    try:
        instances.throw_bpmn_error(session, job, error, by)
    except steps.StepFailedError as failed:
        _stop(job, failed.incident.message)
    else:
        _end(job, JobStatus.DONE)


def _end(job: Job, status: JobStatus) -> None:
    job.status, job.done_at = status, now()
    job.lease_owner = job.lease_until = None


def _stop(job: Job, message: str) -> None:
    job.status, job.last_error = JobStatus.FAILED, message
    job.lease_owner = job.lease_until = None


def _give_up(session: Session, job: Job, error: BaseException) -> None:
    told = error if isinstance(error, ReportedError) else None
    text = str(told)[:MAX_ERROR] if told else _text(error)
    values = steps.values_of_job(session, job)
    _stop(job, without_values(text, values))
    message = sentence_for_job(error, _name_of(session, job), values)
    details = without_values(told.details, values) if told else trace_without(error, values)
    incidents.record_of_job(session, job, OUTSIDE if told else JOB_FAILED, message, details)


def _name_of(session: Session, job: Job) -> str:
    """The name of the job's task as drawn, in the process that it stands in."""
    if job.instance_id is None or job.token_id is None:
        return say("incidents.no-task")
    element = task_errors.element_of(session, job)
    return element.name if element else str(job.element_id)


def fail_if_out_of_attempts(session: Session, job_id: UUID) -> None:
    """Make an incident of a job whose last attempt killed its worker."""
    query = select(Job).where(Job.id == job_id).where(job_rows.claimable(now())).with_for_update()
    job = session.scalars(query.execution_options(populate_existing=True)).first()
    if job is None or job.attempts < job.max_attempts:
        return
    known = select(Incident.id).where(Incident.fingerprint == f"job:{job.id}")
    if session.scalar(known.where(Incident.status == IncidentStatus.OPEN)) is None:
        _give_up(session, job, WorkerLostError("the worker was lost in the last attempt"))
    session.flush()


def _pause(job: Job, error: BaseException) -> timedelta:
    """Twice as long after each attempt, at most six hours, and never all jobs at once.

    No sooner than the other system asked for.
    """
    first = iso8601.duration(job.retry_every or effects.DEFAULT_RETRY).approximate
    pause: timedelta = min(first * 2 ** (job.attempts - 1), LONGEST_PAUSE)
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, no secret
    asked = error.after if isinstance(error, UnavailableError) else None
    return max(pause * spread, asked or timedelta(0))


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_ERROR]
