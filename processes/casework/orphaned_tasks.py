"""Tasks that nobody can do are counted and given to a group; lapsed claims are released."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.base import local, now
from processes.casework.mail.notices import EVERYBODY
from processes.engine.insight import kept_figures
from processes.engine.store.models import UserTask
from processes.engine.store.work_models import Notice
from processes.engine.tasks import orphans
from processes.register.changes import record_event

AT = time(3)
"""When claims are released, in Amsterdam."""
NAME = "orphaned tasks"
EVERY = timedelta(minutes=2)
FRESH_FOR = timedelta(minutes=10)  # older: no worker sweeps
RELEASED = "claims-released"
LAPSED = "Wie de taak had, mag haar niet meer doen of logde een half jaar niet in."


def number_found(session: Session) -> int:
    """How many open tasks nobody can do, as the latest scan in the background found.

    Looks at all open tasks where no scan was made lately.
    """
    kept = kept_figures.read(session, NAME)
    if kept is None or kept.as_of < now() - FRESH_FOR:
        return orphans.number_of_orphans(session)
    number: int = kept.value["number"]
    return number


def is_scan_due(session: Session) -> bool:
    """Whether the latest scan is some minutes old."""
    kept = kept_figures.read(session, NAME)
    return kept is None or kept.as_of < now() - EVERY


def scan(session: Session) -> None:
    """Look at every open task, and keep how many nobody can do."""
    kept, moment = kept_figures.read(session, NAME), now()
    value = {"number": orphans.number_of_orphans(session)}
    former = kept.as_of if kept else None
    kept_figures.keep(session, NAME, former=former, as_of=moment, value=value)


def give_to_group(session: Session, task_id: UUID, group: str, *, by: str, reason: str) -> UserTask:
    """Give a task to a group. Raises LookupError, TaskClosedError, MayNotError."""
    task, before = orphans.give_to_group(session, task_id, group)
    _record(session, "task-given-to-group", task, by, before=before, to=group, reason=reason)
    return task


def night_of(session: Session, moment: datetime) -> date | None:
    """The day of which the lapsed claims are still to be released at this moment."""
    here = local(moment)
    done = exists().where(Notice.kind == RELEASED, Notice.on_day == here.date())
    return None if here.time() < AT or session.scalar(select(done)) else here.date()


def release_lapsed_claims(session: Session, day: date) -> int:
    """Give back what people hold who can do it no more, once a day; how many tasks."""
    session.add(Notice(person="", kind=RELEASED, on_day=day, task_id=EVERYBODY))
    session.flush()
    found = orphans.lapsed_claims(session)
    for task in found:
        before = task.assignee_name
        orphans.release(session, task)
        _record(session, "task-released", task, "Loket", before=before, reason=LAPSED)
    return len(found)


def _record(session: Session, action: str, task: UserTask, by: str, **details: str | None) -> None:
    record_event(
        session,
        action,
        actor=by,
        kvk=task.tenant,
        subject=f"task:{task.id}",
        element=task.element_id,
        step=task.title,
        **details,
    )
