"""User tasks and cases for an opening: which it sees, and completing one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from processes.engine.execution.instances import complete_user_task
from processes.engine.execution.steps import lock_instance
from processes.engine.execution.task_forms import form_fields
from processes.engine.openings.sending import actor
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.engine.store.opening_models import Opening
from processes.engine.tasks.claims import HeldError, lock_task
from processes.engine.tasks.rights import Person, Verb, visible_tasks


class MissingAnswersError(ValueError):
    """Required questions of the diagram without an answer, by the names of their variables."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class CodedFormError(Exception):
    """The form of the task checks more than a diagram can say: it is filled in on its page."""


def person_of(opening: Opening) -> Person:
    """The opening as the rule of tasks knows it; without groups it sees none."""
    reference = f"opening:{opening.id}"
    return Person(reference, actor(opening), frozenset(opening.groups), opening.tenant)


def tasks_of(session: Session, opening: Opening, limit: int) -> Sequence[UserTask]:
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
    return session.scalars(query).all()


def case_of(session: Session, opening: Opening, instance_id: UUID) -> ProcessInstance:
    """A case of a process that it may start, of its company. Raises LookupError."""
    case = session.get(ProcessInstance, instance_id)
    if case is None or case.process_key not in opening.processes:
        raise LookupError(instance_id)
    if opening.tenant is not None and case.tenant != opening.tenant:
        raise LookupError(instance_id)
    return case


def complete(
    session: Session, opening: Opening, task_id: UUID, variables: Mapping[str, Any]
) -> None:
    """Complete a task with these variables.

    Raises LookupError, TaskClosedError, HeldError, CodedFormError, MissingAnswersError,
    TaskNotOpenError, StepFailedError.
    """
    instance_id = session.scalar(select(UserTask.instance_id).where(UserTask.id == task_id))
    if instance_id is None or not opening.groups:
        raise LookupError(task_id)
    instance = lock_instance(session, instance_id)
    person = person_of(opening)
    task = lock_task(session, task_id, person, Verb.COMPLETE)
    if task.assignee not in {None, person.reference}:
        raise HeldError(task.assignee_name)
    if task.form_key:
        raise CodedFormError(task.form_key)
    asked = form_fields(session, instance.definition_id, task.element_id, task_id)
    wanted = [each for each in asked if each.is_required and each.is_shown(variables)]
    if missing := [each.id for each in wanted if variables.get(each.id) in (None, "")]:
        raise MissingAnswersError(missing)
    complete_user_task(
        session,
        task_id,
        completed_by=person.name,
        variables=variables,
        by_user=person.reference,
    )
