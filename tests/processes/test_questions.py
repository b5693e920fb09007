"""Questions that are asked together are answered as each by itself, at the moment that is meant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.work_models import Notice
from processes.questions import Question, Questions, ago, day_ago, one_of
from tests.processes.engine.tasks.people import ANNA

MOMENT = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)  # the second of March, in Amsterdam
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
OVER = Question(exists().where(BufferedMessage.expires_at <= ago()))
OVER_A_WEEK = Question(exists().where(BufferedMessage.expires_at <= ago(WEEK)))
NOBODY_TOLD = Question(~exists().where(Notice.on_day == day_ago()))
NOT_YESTERDAY = Question(~exists().where(Notice.on_day == day_ago(DAY)))
AFTERWARDS = Question(OVER.condition, lambda moment: moment > MOMENT)
TWO = Question(select(BufferedMessage.id).offset(1).limit(1).exists())
NAMED = Question(exists().where(one_of(BufferedMessage.name, ("a", "b"))))
ALL = (OVER, OVER_A_WEEK, NOBODY_TOLD, NOT_YESTERDAY, AFTERWARDS, TWO, NAMED)


def add(session: Session, *expire: datetime) -> None:
    session.add_all(kept("c", moment) for moment in expire)


def kept(name: str, expires_at: datetime) -> BufferedMessage:
    return BufferedMessage(name=name, correlation_key=None, variables={}, expires_at=expires_at)


@pytest.mark.parametrize(
    ("expire", "moment", "yes"),
    [
        ([], MOMENT, {NOBODY_TOLD, NOT_YESTERDAY}),
        ([MOMENT], MOMENT - timedelta(seconds=1), {NOBODY_TOLD, NOT_YESTERDAY}),
        ([MOMENT], MOMENT, {NOBODY_TOLD, NOT_YESTERDAY, OVER}),
        ([MOMENT] * 2, MOMENT + DAY, {NOBODY_TOLD, NOT_YESTERDAY, OVER, AFTERWARDS, TWO}),
        ([MOMENT], MOMENT + WEEK, {NOBODY_TOLD, NOT_YESTERDAY, OVER, AFTERWARDS, OVER_A_WEEK}),
    ],
)
def test_asked_together_each_has_its_own_answer(
    session: Session, expire: list[datetime], moment: datetime, yes: set[Question]
) -> None:
    add(session, *expire)
    assert Questions(ALL).ask(session, moment) == yes
    assert {each for each in ALL if each.ask(session, moment)} == yes


def test_a_day_is_that_of_amsterdam_and_names_are_those_given(session: Session) -> None:
    session.add(kept("b", MOMENT + DAY))
    session.add(Notice(person=ANNA.reference, kind="x", on_day=date(2027, 3, 2), task_id=None))
    assert Questions(ALL).ask(session, MOMENT) == {NOT_YESTERDAY, NAMED}
    assert Questions(ALL).ask(session, MOMENT + DAY) == {NOBODY_TOLD, OVER, AFTERWARDS, NAMED}


def test_postgresql_keeps_no_plan_of_it(session: Session) -> None:
    """A plan for whatever is given reads the whole table where nothing is due."""
    if session.get_bind().dialect.name == "sqlite":
        return  # it plans by its statistics alone
    for _ in range(12):
        Questions(ALL).ask(session, MOMENT)
    kept = text("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%is_6%'")
    assert session.scalars(kept).all() == []
