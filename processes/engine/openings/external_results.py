"""What workers outside report of the jobs that they hold: done, an error, a failure, more time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.deployment.start_rights import beginning_of
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

PERSONS = frozenset({"initiator", "taker"})  # say who may do a task
_ENDED = (JobStatus.DONE, JobStatus.CANCELLED)


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


def task_of(session: Session, opening: Opening, task_id: UUID) -> ExternalTask:
    """A task that is not done yet. Raises UnknownExternalTaskError."""
    query = (
        select(
            Job,
            ProcessInstance.business_key,
            ProcessInstance.process_key,
            ProcessInstance.definition_id,
        )
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(Job.id == task_id)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).first()
    if row is None or row[0].status in _ENDED or not may_fetch(opening, row[0].topic):
        raise UnknownExternalTaskError(task_id)
    if opening.tenant is not None and row[0].tenant != opening.tenant:
        raise UnknownExternalTaskError(task_id)
    return ExternalTask(*row)


def complete(
    session: Session, worker: Worker, task_id: UUID, result: Result, reserved: Collection[str]
) -> bool:
    """Complete a task; False where the step that follows failed, of which an incident tells.

    `reserved` are variables that nobody outside may change. Raises UnknownExternalTaskError,
    NotHeldError, CaseSuspendedError, ReservedVariableError.
    """
    job = _held(session, worker, task_id)
    _keep_reserved(session, job, {**result.local, **result.variables}, reserved)
    given = JobResult(result.variables, result.local, actor(worker.opening))
    if not jobs.finish_with(session, job.id, worker.owner, job.attempts, given):
        _refuse(session, worker, task_id)
    session.refresh(job)
    return job.status is JobStatus.DONE


def throw(
    session: Session, worker: Worker, task_id: UUID, error: BpmnError, reserved: Collection[str]
) -> None:
    """Throw a BPMN error; where nothing catches it an incident tells. Raises as `complete`."""
    job = _held(session, worker, task_id)
    _keep_reserved(session, job, error.variables, reserved)
    by = actor(worker.opening)
    if not jobs.fail(session, job.id, worker.owner, job.attempts, error, by=by):
        _refuse(session, worker, task_id)


def fail(session: Session, worker: Worker, task_id: UUID, failure: ReportedError) -> None:
    """Give a task back as failed: it is tried again, or an incident tells.

    Raises UnknownExternalTaskError, NotHeldError, CaseSuspendedError.
    """
    job = _held(session, worker, task_id)
    if not jobs.fail_as_told(session, job.id, worker.owner, job.attempts, failure):
        _refuse(session, worker, task_id)


def lock(session: Session, worker: Worker, task_id: UUID, time: timedelta) -> None:
    """Lock one task, or go on holding it. Raises UnknownExternalTaskError, NotHeldError."""
    job = task_of(session, worker.opening, task_id).job
    is_mine = job.status is JobStatus.LEASED and job.lease_owner == worker.owner
    if is_mine:
        _extend(session, worker, job, time)
    elif job_rows.take(session, task_id, owner=worker.owner, lease=time) is None:
        raise NotHeldError(task_id)


def extend(session: Session, worker: Worker, task_id: UUID, time: timedelta) -> None:
    """Hold the lock until so long from now; not one that ran out.

    Raises UnknownExternalTaskError, NotHeldError.
    """
    job = _held(session, worker, task_id)
    if job.lease_until is None or job.lease_until < now():
        raise NotHeldError(task_id)
    _extend(session, worker, job, time)


def unlock(session: Session, opening: Opening, task_id: UUID) -> None:
    """Give a task back without a result; the attempt does not count.

    The protocol names no worker here: any of the same opening may. Raises UnknownExternalTaskError,
    NotHeldError, CaseSuspendedError.
    """
    job = task_of(session, opening, task_id).job
    if job.status is not JobStatus.LEASED:
        return
    owner = job.lease_owner or ""
    if not owner.startswith(owners_of(opening)):
        raise NotHeldError(task_id)
    if not jobs.put_back(session, job.id, owner, job.attempts):
        _refuse(session, Worker(opening, owner.removeprefix(owners_of(opening))), task_id)


def _held(session: Session, worker: Worker, task_id: UUID) -> Job:
    job = task_of(session, worker.opening, task_id).job
    if job.status is not JobStatus.LEASED or job.lease_owner != worker.owner:
        raise NotHeldError(task_id)
    return job


def _extend(session: Session, worker: Worker, job: Job, time: timedelta) -> None:
    mine = (Job.lease_owner == worker.owner, Job.attempts == job.attempts)
    extending = update(Job).where(Job.id == job.id, Job.status == JobStatus.LEASED, *mine)
    done: Any = session.execute(extending.values(lease_until=now() + time))
    if done.rowcount != 1:
        raise NotHeldError(job.id)


def _refuse(session: Session, worker: Worker, task_id: UUID) -> None:
    """Why a job of this worker was not taken back. Raises one of the errors above."""
    job = _held(session, worker, task_id)
    case = session.get_one(ProcessInstance, job.instance_id, populate_existing=True)
    if case.status == InstanceStatus.SUSPENDED:
        raise CaseSuspendedError(task_id)
    raise UnknownExternalTaskError(task_id)


def _keep_reserved(
    session: Session, job: Job, given: Mapping[str, Any], reserved: Collection[str]
) -> None:
    """A worker may send back what it got; who may do a task, or whose it is, it never says."""
    if not given:
        return
    case = session.get_one(ProcessInstance, job.instance_id)
    drawn = beginning_of(session, case.definition_id).initiator
    for name in sorted({*reserved, *PERSONS, drawn or ""} & set(given)):
        if name not in job.arguments or not same(job.arguments[name], given[name]):
            raise ReservedVariableError(name)
