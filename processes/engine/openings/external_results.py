"""What workers outside ask and report of the jobs that they hold: done, a failure, more time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.deployment.definitions import specification_of
from processes.engine.execution import jobs
from processes.engine.execution.failure_sentences import ReportedError
from processes.engine.execution.instances import JobResult
from processes.engine.language.values import same
from processes.engine.openings.external_tasks import ExternalTask, Worker, may_fetch, owners_of
from processes.engine.openings.sending import actor
from processes.engine.registry import BpmnError
from processes.engine.store import job_rows
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.engine.store.opening_models import Opening
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

_ENDED = (JobStatus.DONE, JobStatus.CANCELLED)
_TASKS = select(
    *(Job, ProcessInstance.business_key, ProcessInstance.process_key),
    *(ProcessInstance.definition_id, ProcessInstance.status),
).join(ProcessInstance, ProcessInstance.id == Job.instance_id)


class UnknownExternalTaskError(LookupError):
    """There is no such task, or no more, for this opening."""


class NotHeldError(Exception):
    """The worker does not hold the lock of this task (any more)."""


class CaseSuspendedError(Exception):
    """The case of this task stands still: nothing goes on in it until an operator lets it."""


class ReservedVariableError(ValueError):
    """A worker gives another value to a variable that only Loket may set."""


@dataclass(frozen=True)
class Result:
    """What a worker gives back."""

    variables: Mapping[str, Any]
    local: Mapping[str, Any]


@dataclass(frozen=True)
class ReportedJob:
    """What has to be known of a job to judge who holds it."""

    id: UUID
    topic: str
    tenant: str | None
    instance_id: UUID | None
    status: JobStatus
    attempts: int
    lease_owner: str | None
    lease_until: datetime | None


_READ = Statement(
    select(*(getattr(Job, each.name) for each in fields(ReportedJob))).where(
        Job.id == bindparam("job_id")
    )
)


def task_of(session: Session, opening: Opening, task_id: UUID) -> ExternalTask:
    """A task that is not done yet. Raises UnknownExternalTaskError."""
    query = _TASKS.where(Job.id == task_id).execution_options(populate_existing=True)
    row = session.execute(query).first()
    if row is None or not _is_seen_by(opening, row[0]):
        raise UnknownExternalTaskError(task_id)
    return _task(*row)


def tasks_of(session: Session, worker: Worker, most: int) -> list[ExternalTask]:
    """What this worker has locked, or had until its lock ran out; at most so many, oldest first.

    One that was given back, or that another has locked since, is not among them.
    """
    mine = (Job.status == JobStatus.LEASED, Job.lease_owner == worker.owner)
    query = _TASKS.where(Job.topic.in_(worker.opening.topics), job_rows.UNFINISHED, *mine)
    query = query.order_by(Job.created_at, Job.id).limit(most)
    rows = session.execute(query.execution_options(populate_existing=True))
    return [_task(*row) for row in rows if _is_seen_by(worker.opening, row[0])]


def _task(job: Job, *case: Any) -> ExternalTask:
    business_key, process_key, definition_id, status = case
    is_suspended = status == InstanceStatus.SUSPENDED
    return ExternalTask(job, business_key, process_key, definition_id, is_suspended=is_suspended)


def job_of(session: Session, opening: Opening, task_id: UUID) -> ReportedJob:
    """The job of a task that is not done yet. Raises UnknownExternalTaskError."""
    job = _read(session, task_id)
    if job is None or job.instance_id is None or not _is_seen_by(opening, job):
        raise UnknownExternalTaskError(task_id)
    return job


def _read(session: Session, job_id: UUID) -> ReportedJob | None:
    row = unit_of_work(session).first(_READ, {"job_id": job_id})
    return None if row is None else ReportedJob(*row)


def _is_seen_by(opening: Opening, job: Job | ReportedJob) -> bool:
    is_theirs = opening.tenant is None or job.tenant == opening.tenant
    return is_theirs and job.status not in _ENDED and may_fetch(opening, job.topic)


def complete(
    session: Session, worker: Worker, job: ReportedJob, result: Result, reserved: Collection[str]
) -> bool:
    """Complete the job of a task; False where the step after it failed: an incident tells.

    `reserved` are variables that nobody outside may change. Raises UnknownExternalTaskError,
    NotHeldError, CaseSuspendedError, ReservedVariableError.
    """
    _judge_lock(worker, job)
    _keep_reserved(session, job, {**result.local, **result.variables}, reserved)
    given = JobResult(result.variables, result.local, actor(worker.opening))
    if not jobs.finish_with(session, job.id, worker.owner, job.attempts, given):
        _refuse(session, worker, job.id)
    after = _read(session, job.id)
    return after is not None and after.status is JobStatus.DONE


def throw(
    session: Session, worker: Worker, job: ReportedJob, error: BpmnError, reserved: Collection[str]
) -> None:
    """Throw a BPMN error; where nothing catches it an incident tells. Raises as `complete`."""
    _judge_lock(worker, job)
    _keep_reserved(session, job, error.variables, reserved)
    by = actor(worker.opening)
    if not jobs.fail(session, job.id, worker.owner, job.attempts, error, by=by):
        _refuse(session, worker, job.id)


def fail(session: Session, worker: Worker, job: ReportedJob, failure: ReportedError) -> None:
    """Give a task back as failed: it is tried again, or an incident tells.

    Raises UnknownExternalTaskError, NotHeldError, CaseSuspendedError.
    """
    _judge_lock(worker, job)
    if not jobs.fail_as_told(session, job.id, worker.owner, job.attempts, failure):
        _refuse(session, worker, job.id)


def lock(session: Session, worker: Worker, job: ReportedJob, time: timedelta) -> None:
    """Lock one task, or go on holding it. Raises NotHeldError."""
    is_mine = job.status is JobStatus.LEASED and job.lease_owner == worker.owner
    if is_mine:
        _extend(session, worker, job, time)
    elif job_rows.take(session, job.id, owner=worker.owner, lease=time) is None:
        raise NotHeldError(job.id)


def extend(session: Session, worker: Worker, job: ReportedJob, time: timedelta) -> None:
    """Hold the lock until so long from now; not one that ran out. Raises NotHeldError."""
    _judge_lock(worker, job)
    if job.lease_until is None or job.lease_until < now():
        raise NotHeldError(job.id)
    _extend(session, worker, job, time)


def unlock(session: Session, opening: Opening, job: ReportedJob) -> None:
    """Give a task back without a result; the attempt does not count.

    The protocol names no worker here: any of the same opening may. Raises UnknownExternalTaskError,
    NotHeldError, CaseSuspendedError.
    """
    if job.status is not JobStatus.LEASED:
        return
    owner = job.lease_owner or ""
    if not owner.startswith(owners_of(opening)):
        raise NotHeldError(job.id)
    if not jobs.put_back(session, job.id, owner, job.attempts):
        _refuse(session, Worker(opening, owner.removeprefix(owners_of(opening))), job.id)


def _judge_lock(worker: Worker, job: ReportedJob) -> None:
    if job.status is not JobStatus.LEASED or job.lease_owner != worker.owner:
        raise NotHeldError(job.id)


def _extend(session: Session, worker: Worker, job: ReportedJob, time: timedelta) -> None:
    mine = (Job.lease_owner == worker.owner, Job.attempts == job.attempts)
    extending = update(Job).where(Job.id == job.id, Job.status == JobStatus.LEASED, *mine)
    done: Any = session.execute(extending.values(lease_until=now() + time))
    if done.rowcount != 1:
        raise NotHeldError(job.id)


def _refuse(session: Session, worker: Worker, task_id: UUID) -> None:
    """Why a job of this worker was not taken back. Raises one of the errors above."""
    job = job_of(session, worker.opening, task_id)
    _judge_lock(worker, job)
    case = session.get_one(ProcessInstance, job.instance_id, populate_existing=True)
    if case.status == InstanceStatus.SUSPENDED:
        raise CaseSuspendedError(task_id)
    raise UnknownExternalTaskError(task_id)


def _keep_reserved(
    session: Session, job: ReportedJob, given: Mapping[str, Any], reserved: Collection[str]
) -> None:
    """A worker may send back what it got; who may do a task, or whose it is, it never says."""
    if not given:
        return
    case = session.get_one(ProcessInstance, job.instance_id)
    persons = specification_of(session, case.definition_id).persons
    changed = persons.union(reserved) & set(given)
    known: dict[str, Any] = {}
    if changed:
        known = session.scalars(select(Job.arguments).where(Job.id == job.id)).one()
    for name in sorted(changed):
        if name not in known or not same(known[name], given[name]):
            raise ReservedVariableError(name)
