"""Process instances and their user tasks: start, complete, draft, cancel, and what is open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from processes.base import new_id, now
from processes.engine import delivery, steps
from processes.engine.definitions import latest_definition
from processes.engine.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.registry import BpmnError
from processes.engine.spiff import Workflow
from processes.engine.steps import Doer, lock_instance
from processes.engine.values import json_value, variables_of

OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


class AlreadyRunningError(Exception):
    """An open instance of this process has this business key already (R2)."""

    def __init__(self, instance_id: UUID) -> None:
        super().__init__(str(instance_id))
        self.instance_id = instance_id


class TaskNotOpenError(Exception):
    """The user task is closed already, or its instance does not run any more."""

    def __init__(self, task: UserTask) -> None:
        super().__init__(str(task.id))
        self.task = task


class UnknownTaskError(LookupError):
    """There is no user task with this id."""


class InstanceNotActiveError(Exception):
    """The instance is suspended, completed or cancelled."""

    def __init__(self, instance: ProcessInstance) -> None:
        super().__init__(str(instance.id))
        self.instance = instance


def start_process(  # noqa: PLR0913 - each is a fact about the instance, given by name
    session: Session,
    key: str,
    *,
    business_key: str | None = None,
    tenant: str | None = None,
    variables: Mapping[str, Any] | None = None,
    started_by: str,
) -> ProcessInstance:
    """Start the latest version of a process; raises AlreadyRunningError, StepFailedError."""
    given = variables_of(variables)
    definition = latest_definition(session, key)
    instance = ProcessInstance(
        id=new_id(),
        definition_id=definition.id,
        process_key=key,
        business_key=business_key,
        tenant=tenant,
        started_by=started_by,
    )
    _insert(session, instance)
    try:
        delivery.step(session, instance, lambda workflow: workflow.start(given))
    except steps.StepFailedError as error:
        # What could not begin does not exist: it must not hold the business key.
        error.incident.instance_id = None
        session.flush()
        session.delete(instance)
        session.flush()
        raise
    return instance


def _insert(session: Session, instance: ProcessInstance) -> None:
    try:
        with session.begin_nested():
            session.add(instance)
    except IntegrityError:
        running = open_instance(session, instance.process_key, instance.business_key)
        if running is None:
            raise
        raise AlreadyRunningError(running.id) from None


def complete_user_task(
    session: Session,
    task_id: UUID,
    *,
    completed_by: str,
    variables: Mapping[str, Any],
    submission_id: UUID | None = None,
) -> UserTask:
    """Close an open user task and go on; the first submit wins (R14, R15)."""
    given = variables_of(variables)
    task = session.get(UserTask, task_id)
    if task is None:
        raise UnknownTaskError(task_id)
    instance = lock_instance(session, task.instance_id)
    session.refresh(task)
    if task.status == TaskStatus.COMPLETED and submission_id == task.submission_id is not None:
        return task
    if task.status != TaskStatus.OPEN or instance.status != InstanceStatus.ACTIVE:
        raise TaskNotOpenError(task)

    def work(workflow: Workflow) -> None:
        workflow.complete(task_id, given)
        closed = {
            "status": TaskStatus.COMPLETED,
            "completed_at": now(),
            "completed_by": completed_by,
            "submission_id": submission_id,
            "draft": None,
        }
        session.execute(update(UserTask).where(UserTask.id == task_id).values(closed))

    delivery.step(session, instance, work, Doer(completed_by, task_id))
    return task


def save_draft(session: Session, task_id: UUID, *, draft: dict[str, Any], by: str) -> UserTask:
    """Keep a half-filled form on its open task (R17)."""
    task = session.get(UserTask, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise UnknownTaskError(task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskNotOpenError(task)
    task.draft, task.draft_by, task.draft_at = json_value(draft), by, now()
    session.flush()
    return task


def complete_job(session: Session, job: Job, variables: Mapping[str, Any] | None) -> None:
    """Go on with what a job returned; the caller has locked and fenced it: `jobs.finish`."""
    given = variables_of(variables)
    _job_step(session, job, lambda workflow: workflow.complete(_token(job), given))


def throw_bpmn_error(session: Session, job: Job, error: BpmnError) -> None:
    """Go on at the boundary event that catches this error of the job: `jobs.fail`."""
    _job_step(session, job, lambda workflow: workflow.throw_error(_token(job), error))


def cancel(session: Session, instance_id: UUID, *, reason: str, by: str) -> None:
    """End an instance now; all that it waits for is cancelled, its open incidents are closed."""
    instance = lock_instance(session, instance_id)
    if instance.status not in OPEN:
        raise InstanceNotActiveError(instance)
    instance.status, instance.ended_at = InstanceStatus.CANCELLED, now()
    session.flush()
    delivery.end(session, instance, f"{by}: {reason}")
    session.execute(
        update(Incident)
        .where(Incident.instance_id == instance_id)
        .where(Incident.status == IncidentStatus.OPEN)
        .values(status=IncidentStatus.RESOLVED, resolved_at=now(), resolved_by=by)
    )


def variables(session: Session, instance: ProcessInstance) -> dict[str, Any]:
    """A copy of the variables of an instance; of parallel branches the latest value counts."""
    copied: dict[str, Any] = json_value(steps.load(session, instance).variables())
    return copied


def open_instance(session: Session, key: str, business_key: str | None) -> ProcessInstance | None:
    """The open instance of a process for this business key (R2)."""
    return session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.process_key == key)
        .where(ProcessInstance.business_key == business_key)
        .where(ProcessInstance.status.in_(OPEN))
    ).first()


def open_user_tasks(
    session: Session,
    *,
    tenant: str | None = None,
    group: str | None = None,
    process_key: str | None = None,
    business_key: str | None = None,
) -> list[UserTask]:
    """Open tasks with their instances loaded, oldest first; what is not given does not narrow."""
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .where(UserTask.status == TaskStatus.OPEN)
        .options(joinedload(UserTask.instance))
        .order_by(UserTask.opened_at, UserTask.id)
    )
    for column, value in (
        (ProcessInstance.tenant, tenant),
        (UserTask.candidate_group, group),
        (ProcessInstance.process_key, process_key),
        (ProcessInstance.business_key, business_key),
    ):
        if value is not None:
            query = query.where(column == value)
    return list(session.scalars(query))


def _job_step(session: Session, job: Job, work: steps.Work) -> None:
    if job.instance_id is None:
        return
    instance = lock_instance(session, job.instance_id)
    delivery.step(session, instance, work, Doer("worker", job.token_id, job.id))


def _token(job: Job) -> UUID:
    if job.token_id is None:
        message = "a job of an instance has a token"
        raise ValueError(message)
    return job.token_id
