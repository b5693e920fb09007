"""Questions of the catalogue that found nothing: what staff may want to make synonyms of.

Kept without who asked, bounded in number and time, and never what looks like an address or number
of somebody.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, local, today
from processes.questions import Question, day_ago
from processes.register.changes import record_event
from processes.register.search_words import folded

KEPT = timedelta(days=90)
MOST = 1_000  # different questions; what is new while there are so many is not kept
SHOWN = 50
SHORTEST, LONGEST = 2, 60  # characters
PERSONAL = re.compile(r"@|[0-9]{4}|\bwww\b|://")
"""An e-mail address, telephone number, postal code, date or link."""


class UnansweredQuestion(Record):
    """A question in lower case, and how often it found nothing."""

    __tablename__ = "unanswered_question"

    text: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(default=1)
    last_on: Mapped[date] = mapped_column(index=True)


def question_to_keep(text: str) -> str:
    """The question as it is kept; empty for one that is not."""
    question = folded(text)
    is_kept = SHORTEST <= len(question) <= LONGEST and not PERSONAL.search(question)
    return question if is_kept else ""


def count(session: Session, text: str) -> None:
    """Count a question that found nothing."""
    question = question_to_keep(text)
    if not question:
        return
    again = update(UnansweredQuestion).where(UnansweredQuestion.text == question)
    values = {"times": UnansweredQuestion.times + 1, "last_on": today()}
    found = session.execute(again.values(values).returning(UnansweredQuestion.text)).first()
    known = session.scalar(select(func.count()).select_from(UnansweredQuestion)) or 0
    if found is None and known < MOST:
        try:
            with session.begin_nested():
                session.add(UnansweredQuestion(text=question, last_on=today()))
        except IntegrityError:  # somebody asked the same at this very moment
            return


def most_asked(session: Session) -> Sequence[UnansweredQuestion]:
    """Those asked most, the latest first among equals."""
    query = select(UnansweredQuestion).order_by(
        UnansweredQuestion.times.desc(), UnansweredQuestion.last_on.desc(), UnansweredQuestion.text
    )
    return session.scalars(query.limit(SHOWN)).all()


EXPIRED = Question(exists().where(UnansweredQuestion.last_on < day_ago(KEPT)))
"""Whether some were not asked for so long that they go."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Drop those."""
    session.execute(delete(UnansweredQuestion).where(_is_old(moment)))


def forget_all(session: Session, *, by: str) -> None:
    """Empty the list."""
    session.execute(delete(UnansweredQuestion))
    record_event(session, "unanswered-questions-dropped", actor=by)


def _is_old(moment: datetime) -> ColumnElement[bool]:
    return UnansweredQuestion.last_on < local(moment).date() - KEPT
