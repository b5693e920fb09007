"""Finds a user task for its owner, and where a company is in its registration."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from flask import abort, url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.web.access import Role, User, not_theirs
from processes.base import now
from processes.engine.execution.instances import next_user_tasks, open_instance, open_user_tasks
from processes.engine.store import rows
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks.rights import Verb, is_personal, may, visible_tasks
from processes.engine.tasks.worklist import URGENT
from processes.register.declarations import current_set
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

ONBOARDING = "provider_onboarding"
OFFER_FORM = "offer"

# The id of `open_step` alone, for after each task.
_STEP = Statement(
    select(UserTask.id)
    .join(ProcessInstance, UserTask.instance_id == ProcessInstance.id)
    .where(UserTask.status == TaskStatus.OPEN)
    .where(UserTask.candidate_group == "provider")
    .where(ProcessInstance.status == InstanceStatus.ACTIVE)
    .where(ProcessInstance.process_key == ONBOARDING)
    .where(ProcessInstance.tenant == bindparam("kvk"))
    .where(ProcessInstance.business_key == bindparam("kvk"))
    .order_by(UserTask.opened_at, UserTask.id)
    .limit(1)
)


_ASKED = Statement(
    select(
        *rows.LOCKED,
        *rows.FIXED,
        UserTask.assignee,
        UserTask.assignee_name,
        UserTask.status,
        ProcessInstance.process_key,
        current_set(),
    )
    .join(UserTask, UserTask.instance_id == ProcessInstance.id)
    .where(UserTask.id == bindparam("task_id"))
    .with_for_update(of=ProcessInstance)
)


@dataclass(frozen=True)
class SubmittedTask:
    """What a submission needs to know of its task before the step locks it."""

    id: UUID
    instance_id: UUID
    element_id: str
    name: str
    form_key: str | None
    status: TaskStatus
    instance_status: InstanceStatus
    process_key: str
    tenant: str | None
    business_key: str | None
    definition_id: UUID
    requirement_set: UUID | None  # that providers answer now
    candidate_group: str | None
    assignee: str | None
    assignee_name: str | None

    @classmethod
    def of(cls, task: UserTask) -> Self:
        """What is known of a task that was read with its instance."""
        of_task = (task.id, task.instance_id, task.element_id, task.name, task.form_key)
        instance = task.instance
        of_instance = (
            instance.status,
            instance.process_key,
            instance.tenant,
            instance.business_key,
            instance.definition_id,
        )
        held = (task.candidate_group, task.assignee, task.assignee_name)
        return cls(*of_task, task.status, *of_instance, None, *held)

    @property
    def is_open(self) -> bool:
        """Whether the task was open when it was read."""
        return self.status is TaskStatus.OPEN and self.instance_status is InstanceStatus.ACTIVE


def submitted_task(session: Session, task_id: UUID, user: User) -> SubmittedTask:
    """The task, if it belongs to this user and is worked on here; else 404 (R62).

    In a writing transaction its instance is locked, so that the step need not do it.
    """
    unit = unit_of_work(session)
    row = unit.first(_ASKED, {"task_id": task_id})
    if row is None:
        abort(404)
    *_, assignee, assignee_name, status, process_key, requirement_set = row
    instance, fixed = rows.for_task(row)
    task = SubmittedTask(
        task_id,
        instance.id,
        fixed["element_id"],
        fixed["name"],
        fixed["form_key"],
        status,
        instance.status,
        process_key,
        instance.tenant,
        instance.business_key,
        instance.definition_id,
        requirement_set,
        fixed["candidate_group"],
        assignee,
        assignee_name,
    )
    if not may(session, user.person, Verb.SEE, task) or task.form_key == OFFER_FORM:
        not_theirs(f"task:{task_id}")
    if unit.is_writing:
        rows.lock_was_read(session, task_id, row)
    return task


def task_of(session: Session, task_id: UUID, user: User) -> UserTask:
    """The task, if it belongs to this user and is worked on here; else 404 (R62).

    Offers have pages of their own, which know who may change which (R54).
    """
    task = seen_task(session, task_id, user)
    if task.form_key == OFFER_FORM:
        not_theirs(f"task:{task_id}")
    return task


def seen_task(session: Session, task_id: UUID, user: User) -> UserTask:
    """The task, if it belongs to this user; else 404 (R62)."""
    query = select(UserTask).where(UserTask.id == task_id).options(joinedload(UserTask.instance))
    task = session.scalar(query)
    if task is None:
        abort(404)
    if not may(session, user.person, Verb.SEE, SubmittedTask.of(task)):
        not_theirs(f"task:{task_id}")
    return task


def is_open(task: UserTask) -> bool:
    """Whether the task can still be completed."""
    return task.status is TaskStatus.OPEN and task.instance.status is InstanceStatus.ACTIVE


def onboarding_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The active registration of this company (R2)."""
    return open_instance(session, ONBOARDING, kvk)


def open_step(session: Session, kvk: str) -> UserTask | None:
    """The open task of this company's registration (R11)."""
    tasks = open_user_tasks(
        session, tenant=kvk, group="provider", process_key=ONBOARDING, business_key=kvk
    )
    return next((task for task in tasks if is_open(task)), None)


def last_edit(session: Session, task: UserTask) -> UserTask | None:
    """The task that was edited last in this instance: a draft, or a completion (R11)."""
    if task.draft_at:
        return task
    return session.scalars(
        select(UserTask)
        .where(UserTask.instance_id == task.instance_id)
        .where(UserTask.status == TaskStatus.COMPLETED)
        .order_by(UserTask.completed_at.desc())
        .limit(1)
    ).first()


def left_draft(session: Session, task: UserTask) -> dict[str, list[str]] | None:
    """The input of this step: its draft, or what was typed before going back."""
    if task.draft is not None:
        return task.draft
    before = session.scalars(
        select(UserTask)
        .where(UserTask.instance_id == task.instance_id)
        .where(UserTask.element_id == task.element_id)
        .where(UserTask.status == TaskStatus.COMPLETED)
        .order_by(UserTask.completed_at.desc())
        .limit(1)
    ).first()
    return before.draft if before else None


def is_of_onboarding(task: UserTask | SubmittedTask) -> bool:
    """Whether a task is a step of a registration, which has pages of its own."""
    key = task.instance.process_key if isinstance(task, UserTask) else task.process_key
    return key == ONBOARDING


@dataclass(frozen=True)
class WorkBar:
    """Who has a task, and what this user may do about that."""

    is_personal: bool  # it is for this person by name
    holder: str | None
    is_mine: bool
    is_late: bool
    is_urgent: bool
    may_claim: bool
    may_release: bool
    may_take_over: bool
    stands_in: bool


def work_bar(session: Session, task: UserTask, user: User, *, stands_in: bool) -> WorkBar | None:
    """What stands above a task; a company's own registration goes on without."""
    if is_of_onboarding(task) and Role.PROVIDER in user.roles:
        return None
    is_mine, is_free = task.assignee == user.person.reference, task.assignee is None
    personal = is_personal(session, user.person, task)
    return WorkBar(
        is_personal=personal,
        holder=None if is_free else task.assignee_name or "Iemand anders",
        is_mine=is_mine,
        is_late=task.due_at is not None and task.due_at < now(),
        is_urgent=task.priority >= URGENT,
        may_claim=is_free and not personal,
        may_release=is_mine and not personal,
        may_take_over=not is_mine and not is_free,
        stands_in=stands_in,
    )


def address_after(session: Session, user: User, done: SubmittedTask | None = None) -> str:
    """The next page after a task; the completed task says what its instance waits for."""
    if done is not None and not is_of_onboarding(done):
        return _next_of_case(session, user, done)
    if Role.PROVIDER not in user.roles:
        return url_for("registrar.index")
    step = _next_step(session, user, done)
    return f"/taken/{step}" if step else "/aanmelding"


def _next_of_case(session: Session, user: User, done: SubmittedTask) -> str:
    """The next task of the same case that this user may do, or their list."""
    session.flush()
    query = (
        select(UserTask.id)
        .where(UserTask.instance_id == done.instance_id, visible_tasks(user.person))
        .order_by(UserTask.opened_at, UserTask.id)
        .limit(1)
    )
    following = session.scalar(query)
    return f"/taken/{following}" if following else url_for("tasks.task_list")


def stands_again(session: Session, done: SubmittedTask) -> bool:
    """Whether the same step is open again: by a loop, or for a decision could not be done."""
    again = aliased(UserTask)
    query = (
        select(again.id)
        .join(UserTask, UserTask.instance_id == again.instance_id)
        .where(
            UserTask.id == done.id,
            again.instance_id == done.instance_id,
            again.element_id == UserTask.element_id,
            again.label.is_not_distinct_from(UserTask.label),  # another round is another task
            again.id != done.id,
            again.status == TaskStatus.OPEN,
        )
    )
    return session.scalar(query.limit(1)) is not None


def _next_step(session: Session, user: User, done: SubmittedTask | None) -> UUID | None:
    kvk = user.kvk or ""
    if done and (done.process_key, done.tenant, done.business_key) == (ONBOARDING, kvk, kvk):
        following = next_user_tasks(session, done.instance_id, "provider")
        if following is not None:
            return following[0] if following else None
    session.flush()
    step = unit_of_work(session).first(_STEP, {"kvk": kvk})
    return step[0] if step else None
