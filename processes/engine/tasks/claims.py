"""What people do with a task beside completing it: claim, release, hand over, change its dates.

Each is a compare-and-set on the task's row, which is locked; the rule of `rights` is asked again
under that lock.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from processes.base import now
from processes.engine.store.models import InstanceStatus, TaskStatus, UserTask
from processes.engine.tasks.rights import Person, Verb, may


class TaskClosedError(Exception):
    """The task is done, is not needed any more, or stands still."""


class MayNotError(Exception):
    """Somebody who may see the task may not do this with it, or not any more."""


class HeldError(MayNotError):
    """Somebody else has the task."""

    def __init__(self, holder: str | None) -> None:
        super().__init__(holder or "")
        self.holder = holder


def lock_task(session: Session, task_id: UUID, person: Person, verb: Verb) -> UserTask:
    """The open task, locked until the transaction ends, if this person may do this now.

    Raises LookupError, TaskClosedError, HeldError, MayNotError.
    """
    task = _lock(session, task_id)
    if task is None or not may(session, person, Verb.SEE, task):
        raise LookupError(task_id)
    _refuse_closed(task)
    if not may(session, person, verb, task):
        if task.assignee not in {None, person.reference}:
            raise HeldError(task.assignee_name)
        raise MayNotError
    return task


def _lock(session: Session, task_id: UUID) -> UserTask | None:
    query = (
        select(UserTask)
        .where(UserTask.id == task_id)
        .options(joinedload(UserTask.instance))
        .with_for_update(of=UserTask)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def _refuse_closed(task: UserTask) -> None:
    if task.status is not TaskStatus.OPEN or task.instance.status is not InstanceStatus.ACTIVE:
        raise TaskClosedError


def claim(session: Session, task_id: UUID, person: Person) -> UserTask:
    """Take a task that nobody has. Raises what `lock_task` does; twice by one person is once."""
    try:
        task = lock_task(session, task_id, person, Verb.CLAIM)
    except HeldError:
        raise
    except MayNotError:
        return lock_task(session, task_id, person, Verb.SEE)  # they have it already
    return _give(session, task, person)


def take_over(session: Session, task_id: UUID, person: Person) -> tuple[UserTask, str | None]:
    """Take a task that somebody else has; who that was. Raises what `lock_task` does."""
    task = lock_task(session, task_id, person, Verb.TAKE_OVER)
    before = task.assignee_name
    return _give(session, task, person), before


def release(session: Session, task_id: UUID, person: Person) -> UserTask:
    """Give a task back to its group. Raises what `lock_task` does."""
    return _give(session, lock_task(session, task_id, person, Verb.RELEASE), None)


def hand_over(session: Session, task_id: UUID, person: Person, to: Person) -> UserTask:
    """Give a task to somebody who may do it. Raises what `lock_task` does, MayNotError for `to`."""
    task = lock_task(session, task_id, person, Verb.HAND_OVER)
    if not may(session, to, Verb.COMPLETE, task):
        raise MayNotError
    return _give(session, task, to)


def assign(session: Session, task_id: UUID, to: Person) -> UserTask:
    """Give an open task to somebody who may do it, on behalf of an operator.

    Raises LookupError, TaskClosedError, MayNotError.
    """
    task = lock_open_task(session, task_id)
    if not may(session, to, Verb.COMPLETE, task):
        raise MayNotError
    return _give(session, task, to)


def lock_open_task(session: Session, task_id: UUID) -> UserTask:
    """The open task, locked until the transaction ends, on behalf of an operator.

    Raises LookupError, TaskClosedError.
    """
    task = _lock(session, task_id)
    if task is None:
        raise LookupError(task_id)
    _refuse_closed(task)
    return task


def postpone(
    session: Session, task_id: UUID, person: Person, until: datetime | None
) -> tuple[UserTask, datetime | None]:
    """Set the follow-up date, and give the one before. Raises what `lock_task` does."""
    task = lock_task(session, task_id, person, Verb.POSTPONE)
    before, task.follow_up_at = task.follow_up_at, until
    session.flush()
    return task, before


def reschedule(
    session: Session, task_id: UUID, person: Person, due_at: datetime | None
) -> tuple[UserTask, datetime | None]:
    """Set the due date, and give the one before. Timers that are drawn do not move with it.

    Raises what `lock_task` does.
    """
    task = lock_task(session, task_id, person, Verb.RESCHEDULE)
    before, task.due_at = task.due_at, due_at
    session.flush()
    return task, before


def _give(session: Session, task: UserTask, to: Person | None) -> UserTask:
    task.assignee = to.reference if to else None
    task.assignee_name = to.name if to else None
    task.claimed_at = now() if to else None
    session.flush()
    return task
