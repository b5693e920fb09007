"""User tasks and cases for an opening: which it sees, and completing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from processes.engine.deployment.definitions import specification_of
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.execution.instances import complete_user_task, variables
from processes.engine.execution.steps import lock_instance
from processes.engine.language.values import json_value
from processes.engine.openings.sending import person_of
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.engine.store.opening_models import Opening
from processes.engine.tasks.claims import HeldError, lock_task
from processes.engine.tasks.rights import Verb, visible_tasks


@dataclass(frozen=True)
class Place:
    """Where a list goes on: after what has this moment and id."""

    at: datetime
    id: UUID


def tasks_of(
    session: Session,
    opening: Opening,
    limit: int,
    *,
    after: Place | None = None,
    process: str | None = None,
) -> Sequence[UserTask]:
    """The open tasks that it may do, with their instances; the oldest first."""
    if not opening.groups:
        return []
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .where(visible_tasks(person_of(opening)))
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .options(joinedload(UserTask.instance))
        .order_by(UserTask.opened_at, UserTask.id)
        .limit(limit)
    )
    if process is not None:
        query = query.where(ProcessInstance.process_key == process)
    if after is not None:
        query = query.where(tuple_(UserTask.opened_at, UserTask.id) > (after.at, after.id))
    return session.scalars(query).all()


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are asked for; None is any."""

    process: str | None = None
    business_key: str | None = None
    status: InstanceStatus | None = None


def cases_of(
    session: Session, opening: Opening, wanted: CaseFilter, limit: int, after: Place | None = None
) -> Sequence[ProcessInstance]:
    """The cases of the processes that it may start, of its company; the newest first."""
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.process_key.in_(opening.processes))
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
        .limit(limit)
    )
    if opening.tenant is not None:
        query = query.where(ProcessInstance.tenant == opening.tenant)
    for column, value in (
        (ProcessInstance.process_key, wanted.process),
        (ProcessInstance.business_key, wanted.business_key),
        (ProcessInstance.status, wanted.status),
    ):
        query = query if value is None else query.where(column == value)
    if after is not None:
        place = tuple_(ProcessInstance.started_at, ProcessInstance.id)
        query = query.where(place < (after.at, after.id))
    return session.scalars(query).all()


def variables_seen(session: Session, opening: Opening, case: ProcessInstance) -> dict[str, Any]:
    """What an opening may know of a case that it follows.

    The answers to the start form of what it, or its company, began; and the fields of the tasks
    that its groups do.
    """
    drawn = specification_of(session, case.definition_id).elements.values()
    names = {
        each.id
        for element in drawn
        if opening.groups and not set(opening.groups).isdisjoint(element.candidate_groups)
        for each in element.form_fields
    }
    is_own = case.initiator == person_of(opening).reference
    if is_own or opening.tenant is not None:
        names |= {each.id for each in beginning_of(session, case.definition_id).form_fields}
    known = json_value(variables(session, case)) if names else {}
    return {name: known[name] for name in sorted(names) if name in known}


def case_of(session: Session, opening: Opening, instance_id: UUID) -> ProcessInstance:
    """A case of a process that it may start, of its company. Raises LookupError."""
    case = session.get(ProcessInstance, instance_id)
    if case is None or case.process_key not in opening.processes:
        raise LookupError(instance_id)
    if opening.tenant is not None and case.tenant != opening.tenant:
        raise LookupError(instance_id)
    return case


def task_of(session: Session, opening: Opening, task_id: UUID) -> UserTask:
    """An open task that it may do, with its instance. Raises LookupError."""
    query = select(UserTask).where(UserTask.id == task_id, visible_tasks(person_of(opening)))
    task = session.scalar(query.options(joinedload(UserTask.instance))) if opening.groups else None
    if task is None:
        raise LookupError(task_id)
    return task


def to_complete(session: Session, opening: Opening, task_id: UUID) -> UserTask:
    """The task with its instance, both locked, if this opening may complete it now.

    Raises LookupError, TaskClosedError, HeldError.
    """
    instance_id = session.scalar(select(UserTask.instance_id).where(UserTask.id == task_id))
    if instance_id is None or not opening.groups:
        raise LookupError(task_id)
    lock_instance(session, instance_id)
    person = person_of(opening)
    task = lock_task(session, task_id, person, Verb.COMPLETE)
    if task.assignee not in {None, person.reference}:
        raise HeldError(task.assignee_name)
    return task


def complete(
    session: Session, opening: Opening, task: UserTask, variables: Mapping[str, Any]
) -> None:
    """Complete a task of `to_complete` with these variables.

    Raises TaskNotOpenError, StepFailedError.
    """
    person = person_of(opening)
    complete_user_task(
        session,
        task.id,
        completed_by=person.name,
        variables={**variables, "actor": person.name},
        by_user=person.reference,
    )
