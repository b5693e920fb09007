"""Starts process instances; completes, saves and lists their user tasks; cancels instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from processes.base import now
from processes.engine.deployment.legal_terms import note_end
from processes.engine.execution import steps, task_errors
from processes.engine.execution.effects import Closing
from processes.engine.execution.events import delivery
from processes.engine.execution.events.delivery import OPEN, AlreadyRunningError, open_instance
from processes.engine.execution.events.new_instances import Given, start_of
from processes.engine.execution.resolving import Success, resolve
from processes.engine.execution.steps import TakeStep, lock_instance, take_step
from processes.engine.execution.turns.work import Completion, Doer
from processes.engine.interpreter import cache
from processes.engine.interpreter.outcomes import TokenGoneError
from processes.engine.interpreter.workflow import Workflow
from processes.engine.language.values import json_value, variables_of
from processes.engine.registry import BpmnError
from processes.engine.store import rows
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.store.rows import LockedInstance
from processes.unit_of_work import unit_of_work
from processes.webhooks.cases import tell_of_cancelling

__all__ = [
    "AlreadyRunningError",
    "ClosedTask",
    "InstanceNotActiveError",
    "JobResult",
    "TaskNotOpenError",
    "UnknownTaskError",
    "answer_again",
    "begin_process",
    "cancel",
    "close_user_task",
    "complete_job",
    "complete_user_task",
    "next_user_tasks",
    "open_instance",
    "open_user_tasks",
    "save_draft",
    "start_process",
    "task_variables",
    "throw_bpmn_error",
    "variables",
]


class TaskNotOpenError(Exception):
    """The user task is closed already, or its instance is not active."""

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


@dataclass(frozen=True)
class ClosedTask:
    """A user task that this submission closed, now or at an earlier attempt."""

    id: UUID
    element_id: str
    completed_by: str


@dataclass(frozen=True)
class JobResult:
    """What a job gives its process, and who did it."""

    variables: Mapping[str, Any] | None = None
    local: Mapping[str, Any] | None = None  # seen by the output parameters of its task alone
    by: str = "worker"


def start_process(session: Session, key: str, **given: Unpack[Given]) -> ProcessInstance:
    """Start the latest version of a process; one open instance per business key (R2).

    Raises UnknownProcessError, AlreadyRunningError, StepFailedError.
    """
    return delivery.start(session, start_of(session, key, given))


def begin_process(session: Session, key: str, **given: Unpack[Given]) -> UUID:
    """As `start_process`, for who needs no more of the instance than its id.

    Raises UnknownProcessError, AlreadyRunningError, StepFailedError.
    """
    return delivery.begin(session, start_of(session, key, given))


def complete_user_task(  # noqa: PLR0913 - each is a fact about the completion, given by name
    session: Session,
    task_id: UUID,
    *,
    completed_by: str,
    variables: Mapping[str, Any],
    submission_id: UUID | None = None,
    by_user: str | None = None,
) -> ClosedTask:
    """Complete an open user task and advance; the first submission wins (R14, R15).

    Raises UnknownTaskError, TaskNotOpenError, StepFailedError.
    """
    closing = Closing(task_id, completed_by, submission_id, by_user)
    return close_user_task(session, closing, variables) or answer_again(session, closing)


def close_user_task(
    session: Session,
    closing: Closing,
    variables: Mapping[str, Any],
    *,
    take: TakeStep = take_step,
) -> ClosedTask | None:
    """Complete the task and advance; None if it was not open.

    Raises UnknownTaskError, StepFailedError.
    """
    given = variables_of(variables)
    found = rows.lock_for_task(session, closing.task_id)
    if found is None:
        raise UnknownTaskError(closing.task_id)
    instance, fixed = found
    if instance.status != InstanceStatus.ACTIVE:
        return None
    doer = Doer(closing.by, closing.task_id, closing=closing)
    try:
        work = Completion(
            closing.task_id, given, lambda flow: flow.complete(closing.task_id, given)
        )
        taken = take(session, instance, work, doer)
        delivery.follow(session, instance.id, taken, take=take)
    except TokenGoneError:
        return None
    return ClosedTask(closing.task_id, fixed["element_id"], closing.by)


def answer_again(session: Session, closing: Closing) -> ClosedTask:
    """The answer to a repeated submission of a closed task.

    Raises TaskNotOpenError when another submission closed it (R15).
    """
    task = session.get_one(UserTask, closing.task_id, populate_existing=True)
    submission_id = closing.submission_id
    if task.status == TaskStatus.COMPLETED and submission_id == task.submission_id is not None:
        return ClosedTask(task.id, task.element_id, task.completed_by or "")
    raise TaskNotOpenError(task)


def save_draft(session: Session, task_id: UUID, *, draft: dict[str, Any], by: str) -> UserTask:
    """Save a half-filled form on its open task (R17).

    Raises UnknownTaskError, TaskNotOpenError.
    """
    task = session.get(UserTask, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise UnknownTaskError(task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskNotOpenError(task)
    task.draft, task.draft_by, task.draft_at = json_value(draft), by, now()
    session.flush()
    return task


def complete_job(
    session: Session,
    instance: LockedInstance,
    job_id: UUID,
    token_id: UUID,
    result: JobResult,
) -> None:
    """Continue with the result of a job; the caller (`jobs.finish`) holds the lock and lease."""
    given, local = variables_of(result.variables), variables_of(result.local)

    def complete(flow: Workflow) -> None:
        task_errors.complete(flow, token_id, given, local)

    work = Completion(token_id, given, complete)
    taken = take_step(session, instance, work, Doer(result.by, token_id, job_id))
    delivery.follow(session, instance.id, taken)


def throw_bpmn_error(session: Session, job: Job, error: BpmnError, by: str) -> None:
    """Continue at the boundary event that catches this error of a job (`jobs.fail`)."""
    if job.instance_id is None:
        return
    instance = rows.lock(session, job.instance_id)
    doer = Doer(by, job.token_id, job.id)
    taken = take_step(session, instance, lambda flow: flow.throw_error(_token(job), error), doer)
    delivery.follow(session, instance.id, taken)


def cancel(session: Session, instance_id: UUID, *, by: str) -> None:
    """Cancel an instance with its open tasks, jobs, timers and incidents.

    Raises InstanceNotActiveError.
    """
    instance = lock_instance(session, instance_id)
    if instance.status not in OPEN:
        raise InstanceNotActiveError(instance)
    moment = now()
    instance.status, instance.ended_at = InstanceStatus.CANCELLED, moment
    session.flush()
    delivery.end(session, instance, by)
    resolve(session, instance_id, Success((), has_ended=True, by=by))
    note_end(session, instance_id, instance.definition_id, moment, is_completed=False)
    tell_of_cancelling(unit_of_work(session), instance_id, instance.process_key)


def variables(session: Session, instance: ProcessInstance) -> dict[str, Any]:
    """A copy of the variables of an instance; of parallel branches the latest value counts."""
    copied: dict[str, Any] = json_value(steps.read(session, instance).variables())
    return copied


def open_user_tasks(
    session: Session,
    *,
    tenant: str | None = None,
    group: str | None = None,
    process_key: str | None = None,
    business_key: str | None = None,
) -> list[UserTask]:
    """Open tasks with their instances loaded, oldest first; an omitted filter is not applied."""
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


def next_user_tasks(session: Session, instance_id: UUID, group: str) -> list[UUID] | None:
    """The open tasks of a group after a step in this transaction; None if not known."""
    waits = cache.waits_left(unit_of_work(session), instance_id)
    if waits is None:
        return None
    tasks = [wait for wait in waits if wait.kind == "user"]
    return [wait.token_id for wait in tasks if group in wait.element.candidate_groups]


def task_variables(session: Session, task: UserTask) -> dict[str, Any]:
    """A copy of the variables as the token of this open task sees them."""
    instance = session.get_one(ProcessInstance, task.instance_id)
    copied: dict[str, Any] = json_value(steps.read(session, instance).variables_at(task.id))
    return copied


def _token(job: Job) -> UUID:
    if job.token_id is None:
        message = "a job of an instance has a token"
        raise ValueError(message)
    return job.token_id
