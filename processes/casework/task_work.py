"""What people do with user tasks, with its event in the audit trail: for web, API and CLI alike."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.mail.notices import tell_of_hand_over
from processes.engine.store.models import UserTask
from processes.engine.tasks import claims
from processes.engine.tasks.delegations import stands_in
from processes.engine.tasks.rights import Person
from processes.register.changes import record_event


def claim(session: Session, task_id: UUID, by: Person) -> UserTask:
    """Take a task. Raises LookupError, TaskClosedError, HeldError."""
    task = claims.claim(session, task_id, by)
    _record(session, "task-claimed", task, by)
    return task


def take_over(session: Session, task_id: UUID, by: Person) -> UserTask:
    """Take a task that somebody else has. Raises LookupError, TaskClosedError, MayNotError."""
    task, before = claims.take_over(session, task_id, by)
    _record(session, "task-taken-over", task, by, before=before)
    return task


def release(session: Session, task_id: UUID, by: Person) -> UserTask:
    """Give a task back to its group. Raises LookupError, TaskClosedError, MayNotError."""
    task = claims.release(session, task_id, by)
    _record(session, "task-released", task, by)
    return task


def hand_over(session: Session, task_id: UUID, by: Person, to: Person, reason: str) -> UserTask:
    """Give a task to somebody else who may do it.

    Raises LookupError, TaskClosedError, HeldError, MayNotError.
    """
    task = claims.hand_over(session, task_id, by, to)
    _record(session, "task-handed-over", task, by, to=to.name, reason=reason)
    if to.reference != by.reference:
        tell_of_hand_over(session, task, to)
    return task


def postpone(
    session: Session, task_id: UUID, by: Person, until: datetime | None, reason: str
) -> UserTask:
    """Put a task away until a moment. Raises LookupError, TaskClosedError."""
    task, before = claims.postpone(session, task_id, by, until)
    _record_use(session, task, by)
    _record(session, "task-postponed", task, by, **_change(before, until), reason=reason)
    return task


def reschedule(
    session: Session, task_id: UUID, by: Person, due_at: datetime | None, reason: str
) -> UserTask:
    """Change when a task is due. Raises LookupError, TaskClosedError, MayNotError."""
    task, before = claims.reschedule(session, task_id, by, due_at)
    _record_use(session, task, by)
    _record(session, "task-due-changed", task, by, **_change(before, due_at), reason=reason)
    return task


def _record_use(session: Session, task: UserTask, by: Person) -> None:
    """Say in the trail that they do this for who has the task, if they stand in for them."""
    holder = task.assignee
    if holder is None or holder == by.reference:
        return
    if stands_in(session, by, holder, task.instance.process_key):
        _record(session, "delegation-used", task, by, on_behalf_of=task.assignee_name)


def _change(before: datetime | None, after: datetime | None) -> dict[str, str | None]:
    return {
        "before": before.isoformat() if before else None,
        "after": after.isoformat() if after else None,
    }


def _record(
    session: Session, action: str, task: UserTask, by: Person, **details: str | None
) -> None:
    record_event(
        session,
        action,
        actor=by.name,
        kvk=task.tenant,
        subject=f"task:{task.id}",
        element=task.element_id,
        step=task.title,
        **details,
    )
