"""Cases that end within the legal term, by month: kept at the end, and after the case is gone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.deployment.legal_terms import legal_term_of
from processes.engine.execution import instances
from processes.engine.insight.term_report import Month, late_now, months, total
from processes.engine.repair import modification
from processes.engine.repair.cancellation import cancel as cancel_undoably
from processes.engine.repair.snapshots import snapshots_of
from processes.engine.store.models import ProcessDefinition, ProcessInstance, UserTask
from processes.engine.store.term_models import CaseTerm
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.tasks.people import add_case

TERM = (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="legalTerm"'
    ' value="{}"/></camunda:properties></bpmn:extensionElements>'
)


class Clock:
    moment = datetime(2027, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def on(self, day: str) -> None:
        self.moment = datetime.fromisoformat(f"{day}T09:00:00+00:00")


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


def deployed(session: Session, term: str = "P6W") -> None:
    own = TERM.format(term) if term else ""
    define(session, process(own + straight(user("a"), ids=("a",))))


def begun(session: Session) -> ProcessInstance:
    return instances.start_process(session, "p", started_by="x")


def finish(session: Session, one: ProcessInstance) -> None:
    query = select(UserTask).where(UserTask.instance_id == one.id)
    task = session.scalars(query).one()
    instances.complete_user_task(session, task.id, completed_by="x", variables={})


def test_a_case_is_in_time_until_the_last_day_of_its_term(session: Session, clock: Clock) -> None:
    """Of 23 March 2027 six weeks end on Tuesday 4 May."""
    deployed(session)
    clock.on("2027-03-23")
    in_time, late = begun(session), begun(session)
    clock.on("2027-05-04")
    finish(session, in_time)
    clock.on("2027-05-05")
    finish(session, late)
    assert months(session, "p") == [Month(date(2027, 5, 1), 1, 1, 0)]
    assert months(session, "p")[0].share == 0.5


def test_the_day_is_that_of_amsterdam(session: Session, clock: Clock) -> None:
    deployed(session, "P1W")
    clock.moment = datetime(2027, 3, 31, 22, 30, tzinfo=UTC)  # Thursday 1 April there
    one = begun(session)
    clock.moment = datetime(2027, 4, 8, 21, 59, tzinfo=UTC)
    finish(session, one)
    (row,) = session.scalars(select(CaseTerm))
    assert (row.due_on, row.ended_on) == (date(2027, 4, 8), date(2027, 4, 8))


def test_months_are_counted_by_the_end_of_a_case(session: Session, clock: Clock) -> None:
    deployed(session)
    first, second, stopped = begun(session), begun(session), begun(session)
    clock.on("2027-03-31")
    finish(session, first)
    instances.cancel(session, stopped.id, by="x")
    clock.on("2027-04-30")
    finish(session, second)
    found = months(session, "p")
    assert found == [Month(date(2027, 4, 1), 0, 1, 0), Month(date(2027, 3, 1), 1, 0, 1)]
    whole = total(found)
    assert whole is not None
    assert (whole.completed, whole.stopped, whole.share) == (2, 1, 0.5)
    assert months(session, "q") == []
    assert total([]) is None


@pytest.mark.parametrize("term", ["", "zes weken"])
def test_a_process_without_a_term_keeps_nothing(session: Session, term: str) -> None:
    deployed(session, term)
    finish(session, begun(session))
    assert months(session, "p") == []
    assert late_now(session, "p") == 0


def test_a_stopped_case_that_runs_again_counts_when_it_ends(session: Session) -> None:
    deployed(session)
    one = begun(session)
    cancel_undoably(session, one.id, reason="x", by="x")
    assert months(session, "p") == [Month(date(2027, 3, 1), 0, 0, 1)]
    modification.undo(session, snapshots_of(session, one.id)[0].id, by="x")
    assert months(session, "p") == []
    finish(session, one)
    assert months(session, "p") == [Month(date(2027, 3, 1), 1, 0, 0)]


def test_the_figures_stay_when_the_case_is_gone(session: Session) -> None:
    """They refer to no row of the case, and hold nothing of it but days."""
    assert not CaseTerm.__table__.foreign_keys
    day = date(2027, 3, 1)
    for number in range(3):
        due_on = day + timedelta(days=number - 1)
        session.add(
            CaseTerm(
                instance_id=uuid4(), process_key="p", due_on=due_on, ended_on=day, is_completed=True
            )
        )
    session.flush()
    assert months(session, "p") == [Month(day, 2, 1, 0)]


def test_only_the_last_two_years_are_told(session: Session, clock: Clock) -> None:
    deployed(session)
    finish(session, begun(session))
    clock.on("2029-02-28")
    assert len(months(session, "p")) == 1
    clock.on("2029-03-01")
    assert months(session, "p") == []


@pytest.mark.parametrize(
    ("day", "late"), [("2027-05-04", 0), ("2027-05-05", 1), ("2027-05-07", 1), ("2027-05-08", 2)]
)
def test_what_runs_on_after_its_term_is_told(
    session: Session, clock: Clock, day: str, late: int
) -> None:
    """Of 24 March the term ends on Friday 7 May: the two days before it are holidays."""
    deployed(session)
    for begins in ("2027-03-23", "2027-03-24", "2027-04-30"):
        clock.on(begins)
        begun(session)
    clock.on(day)
    assert late_now(session, "p") == late


@pytest.mark.parametrize("broken", ["", "<definitions/>"])
def test_a_file_that_cannot_be_read_has_no_term(session: Session, broken: str) -> None:
    case = add_case(session)
    session.get_one(ProcessDefinition, case.definition_id).xml = broken
    session.flush()
    assert legal_term_of(session, case.definition_id) is None
    assert late_now(session, "p") == 0
