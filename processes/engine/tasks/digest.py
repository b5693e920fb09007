"""What somebody is told of their tasks on a working day: what is late, due soon, and new."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, local, now
from processes.engine.language.working_days import is_working_day, working_days_on
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import Notice
from processes.engine.tasks.delegations import is_held_for
from processes.engine.tasks.rights import Person, visible_tasks

AT = time(7, 30)
"""When digests are made, in Amsterdam."""
SOON = 2
"""Working days ahead that count as soon."""
LONG_LATE = 5
"""Working days after its last day that somebody who leads the work is told of a task."""
MOST = 1000


@dataclass(frozen=True)
class Digest:
    """Each task stands in one list: late goes before due, and due before new."""

    late: list[UserTask]
    due: list[UserTask]
    new: list[UserTask]

    def __bool__(self) -> bool:
        return bool(self.late or self.due or self.new)


def working_day(moment: datetime) -> date | None:
    """The working day whose digests can be made at this moment; None before half past seven."""
    here = local(moment)
    return here.date() if is_working_day(here.date()) and here.time() >= AT else None


def can_be_made(moment: datetime) -> bool:
    """Whether digests can be made at this moment."""
    return working_day(moment) is not None


def digest_of(
    session: Session, person: Person, day: date, *, hidden_forms: Collection[str] = ()
) -> Digest:
    """The open tasks that this person is told of on this day; those of others are left out."""
    moment = now()
    soon = datetime.combine(working_days_on(day, SOON), time.max, AMSTERDAM)
    since = datetime.combine(working_days_on(day, -1), AT, AMSTERDAM)
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .where(visible_tasks(person), ProcessInstance.status == InstanceStatus.ACTIVE)
        .where(or_(UserTask.assignee.is_(None), is_held_for(person)))
        .where(or_(UserTask.follow_up_at.is_(None), UserTask.follow_up_at <= moment))
        .where(or_(UserTask.form_key.is_(None), UserTask.form_key.not_in(hidden_forms)))
        .where(or_(UserTask.due_at <= soon, UserTask.opened_at >= since))
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.opened_at, UserTask.id)
        .limit(MOST)
    )
    made = Digest([], [], [])
    for task in session.scalars(query):
        if task.due_at is not None and task.due_at < moment:
            made.late.append(task)
        elif task.due_at is not None and task.due_at <= soon:
            made.due.append(task)
        else:
            made.new.append(task)
    return made


def long_late(
    session: Session, day: date, *, told_as: str, hidden_forms: Collection[str] = ()
) -> list[UserTask]:
    """The open tasks that are five working days late on this day, the latest first.

    Left out is what a `Notice` of this kind told of before.
    """
    until = datetime.combine(working_days_on(day, -LONG_LATE), time.max, AMSTERDAM)
    told = exists().where(Notice.kind == told_as, Notice.task_id == UserTask.id)
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .where(UserTask.status == TaskStatus.OPEN, UserTask.due_at <= until, ~told)
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .where(or_(UserTask.form_key.is_(None), UserTask.form_key.not_in(hidden_forms)))
        .order_by(UserTask.due_at, UserTask.id)
        .limit(MOST)
    )
    return list(session.scalars(query))
