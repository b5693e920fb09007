"""Finds user tasks through their owner, and says where somebody stands in the registration."""

from uuid import UUID

from flask import abort, url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from app.access import Role, User, not_theirs
from processes.engine import rows
from processes.engine.instances import open_instance, open_user_tasks
from processes.engine.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.statements import Statement

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


def task_of(session: Session, task_id: UUID, user: User) -> UserTask:
    """The task, if it is theirs to do; otherwise it does not exist (R62)."""
    query = select(UserTask).where(UserTask.id == task_id).options(joinedload(UserTask.instance))
    task = session.scalar(query)
    if task is None:
        abort(404)
    if not is_for(task, user):
        not_theirs(f"task:{task_id}")
    return task


def lock(session: Session, task: UserTask) -> None:
    """The task as it is now; until the transaction ends nobody else makes a step."""
    locked = rows.lock(session, task.instance_id)
    session.refresh(task)
    rows.set_known(task.instance, status=locked.status, row_version=locked.row_version)


def is_for(task: UserTask, user: User) -> bool:
    """Whether the task belongs to this user's company, or to the group that they are in."""
    if Role.PROVIDER in user.roles:
        return task.instance.tenant == user.kvk and task.candidate_group in {None, "provider"}
    return any(task.candidate_group == role.value for role in user.roles)


def is_open(task: UserTask) -> bool:
    """Whether the task can still be completed."""
    return task.status is TaskStatus.OPEN and task.instance.status is InstanceStatus.ACTIVE


def onboarding_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The registration that is going on for this company (R2)."""
    return open_instance(session, ONBOARDING, kvk)


def open_step(session: Session, kvk: str) -> UserTask | None:
    """The step of the registration that waits for this company (R11)."""
    tasks = open_user_tasks(
        session, tenant=kvk, group="provider", process_key=ONBOARDING, business_key=kvk
    )
    return next((task for task in tasks if is_open(task)), None)


def last_edit(session: Session, task: UserTask) -> UserTask | None:
    """The task that was last worked on in this instance: its draft, or its completion (R11)."""
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
    """What was typed here: the draft, or what stood in this step when somebody went back."""
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


def address_after(session: Session, user: User) -> str:
    """Where this user goes after a task."""
    if Role.PROVIDER not in user.roles:
        return url_for("registrar.index")
    session.flush()
    step = _STEP.first(session, {"kvk": user.kvk or ""})
    if step is not None:
        return url_for("tasks.show", task_id=step[0])
    return url_for("tasks.onboarding")
