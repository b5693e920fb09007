"""Once a week a job for each teacher who wants mail about saved searches."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, exists, select
from sqlalchemy.orm import Session

from processes.base import local
from processes.engine.execution.jobs import create_job
from processes.engine.store.work_models import KnownPerson, Notice
from processes.engine.tasks.digest import can_be_made
from processes.questions import Question, parameter
from processes.register.portfolio.saved_searches import teachers_with_mail

KIND = "search-digests"
EVERYBODY = UUID(int=0)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def are_made(session: Session, day: date) -> bool:
    """Whether the digests of this week have been made."""
    made = exists().where(Notice.for_everybody(KIND, week_of(day)))
    return bool(session.scalar(select(made)))


_THIS_WEEK = parameter("monday", Date(), lambda moment: week_of(local(moment).date()))
DUE = Question(~exists().where(Notice.for_everybody(KIND, _THIS_WEEK)), can_be_made)
"""Whether the digests of a week can be made, and are not."""


def make(session: Session, day: date) -> int:
    """The jobs of this week, once; how many."""
    if are_made(session, day):
        return 0
    week = week_of(day)
    session.add(Notice(person="", kind=KIND, on_day=week, task_id=EVERYBODY))
    session.flush()
    teachers = teachers_with_mail(session)
    for teacher_id in teachers:
        given = {"teacher": str(teacher_id)}
        key = f"search-digest:{week}:{teacher_id}"
        create_job(session, "send-search-digest", given, idempotency_key=key)
    return len(teachers)


def address_of(session: Session, teacher_id: UUID) -> str | None:
    """The address of the last login; None where the login gave none."""
    known = session.get(KnownPerson, f"teacher:{teacher_id}")
    return known.email if known else None
