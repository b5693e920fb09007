"""Tasks that nobody can do are counted and given to a group; lapsed claims are released."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.base import local
from processes.casework.mail.notices import EVERYBODY
from processes.engine.insight import kept_figures
from processes.engine.store.models import UserTask
from processes.engine.store.work_models import Notice
from processes.engine.tasks import orphans
from processes.questions import Question, day_ago
from processes.register.changes import record_event

AT = time(3)
"""When claims are released, in Amsterdam."""
RELEASED = "claims-released"
LAPSED = "Wie de taak had, mag haar niet meer doen of logde een half jaar niet in."


def number_found(session: Session) -> int:
    """How many open tasks nobody can do, as the latest scan in the background found.

    Looks at all open tasks where no scan was made lately.
    """
    number: int = (SCAN.latest(session) or _number(session))["number"]
    return number


def _number(session: Session) -> dict[str, Any]:
    return {"number": orphans.number_of_orphans(session)}


SCAN = kept_figures.Scan("orphaned tasks", _number)
"""Looks at every open task, and keeps how many nobody can do."""


def give_to_group(session: Session, task_id: UUID, group: str, *, by: str, reason: str) -> UserTask:
    """Give a task to a group. Raises LookupError, TaskClosedError, MayNotError."""
    task, before = orphans.give_to_group(session, task_id, group)
    _record(session, "task-given-to-group", task, by, before=before, to=group, reason=reason)
    return task


def night_of(session: Session, moment: datetime) -> date | None:
    """The day of which the lapsed claims are still to be released at this moment."""
    here = local(moment)
    done = exists().where(Notice.for_everybody(RELEASED, here.date()))
    return None if here.time() < AT or session.scalar(select(done)) else here.date()


def _is_night_over(moment: datetime) -> bool:
    return local(moment).time() >= AT


RELEASE_DUE = Question(~exists().where(Notice.for_everybody(RELEASED, day_ago())), _is_night_over)
"""Whether the lapsed claims of a day are still to be released."""


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
