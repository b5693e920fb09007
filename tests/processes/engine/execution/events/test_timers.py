"""Timers that repeat keep to their grid; what gives no time is told at its own element."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, steps
from processes.engine.execution.events import timers
from processes.engine.execution.steps import StepFailedError
from processes.engine.interpreter import codec
from processes.engine.repair import suspension
from processes.engine.store.models import ProcessInstance, Timer
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2027, 1, 30, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


def reminding(text: str) -> bytes:
    body = straight(user("a"), ids=("a",)) + user("note") + node("endEvent", "noted")
    remind = boundary("remind", "a", timer("timeCycle", text), interrupting=False)
    return process(body + remind + chain("remind", "note", "noted"))


def due(session: Session) -> datetime:
    return session.query(Timer).one().due_at


def fired(session: Session) -> int:
    return timers.fire_due_timers(session, 100)


def test_a_reminder_after_a_standstill_comes_once_and_then_on_its_grid(
    session: Session, clock: Clock
) -> None:
    start(session, reminding("R/PT1H"))
    clock.moment += timedelta(days=3, minutes=20)

    assert [fired(session) for _ in range(3)] == [1, 0, 0]
    assert at(session) == ["a", "note"]
    assert due(session) == clock.moment + timedelta(minutes=40)
    clock.moment += timedelta(minutes=40)
    assert fired(session) == 1
    assert due(session) == clock.moment + timedelta(hours=1)


def test_a_reminder_after_a_suspension_comes_once(session: Session, clock: Clock) -> None:
    instance = start(session, reminding("R/P1D"))
    suspension.suspend(session, instance.id)
    clock.moment += timedelta(days=20, hours=2)
    assert fired(session) == 0

    suspension.resume(session, instance.id)
    assert [fired(session), fired(session)] == [1, 0]
    assert due(session) == clock.moment + timedelta(hours=22)


def test_a_reminder_at_the_end_of_the_month_stays_there(session: Session, clock: Clock) -> None:
    clock.moment = datetime(2027, 1, 31, 8, tzinfo=UTC)
    start(session, reminding("R3/P1M"))
    days = []
    while session.query(Timer).all():
        days.append(due(session).date().isoformat())
        clock.moment = due(session) + timedelta(minutes=5)
        assert fired(session) == 1
    assert days == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_reminder_keeps_the_moment_that_was_drawn(session: Session, clock: Clock) -> None:
    start(session, reminding("R/2026-10-01T02:30/P1D"))
    clock.moment = datetime(2027, 3, 28, 9, tzinfo=UTC)  # the night in which half past two is not
    assert fired(session) == 1
    assert due(session) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


def test_a_reminder_of_an_earlier_release_goes_on_with_its_count(
    session: Session, clock: Clock
) -> None:
    instance = start(session, reminding("R3/PT1H"))
    forget_beginnings(session, instance)

    for _ in range(3):
        clock.moment += timedelta(hours=1)
        assert fired(session) == 1
    assert session.query(Timer).all() == []


def forget_beginnings(session: Session, instance: ProcessInstance) -> None:
    """The state as a release wrote it that did not keep when a repeat began."""
    workflow = steps.read(session, instance)
    for task in workflow.tasks.values():
        task.internal_data.pop("begun", None)
    instance.state = codec.dump(workflow)
    session.flush()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "niets"),
        ("morgen", 'een tekst ("morgen")'),
        ("zoon is ziek", "een tekst"),
        ("0612345678", "een tekst"),
        (5, "een getal (5)"),
        (True, "ja of nee"),
    ],
)
@pytest.mark.parametrize("kind", ["timeDate", "timeDuration", "timeCycle"])
def test_a_timer_without_a_time_is_told_at_the_timer(
    session: Session, kind: str, value: Any, shown: str
) -> None:
    body = straight(user("a"), ids=("a",)) + node("endEvent", "over") + chain("late", "over")
    late = boundary("late", "a", timer(kind, "${when}"), interrupting=kind != "timeCycle")

    with pytest.raises(StepFailedError) as failed:
        start(session, process(body + late), when=value)

    incident = failed.value.incident
    assert (incident.element_id, incident.kind) == ("late", "expression")
    assert "“late”" in incident.message
    assert f"${{when}} geeft {shown}." in incident.message


def test_a_timer_that_names_a_variable_that_is_not_there_is_told_at_the_timer(
    session: Session,
) -> None:
    wait = node("intermediateCatchEvent", "wait", timer("timeDuration", "${pause}"))
    start(session, process(straight(user("a"), wait, ids=("a", "wait"))))

    with pytest.raises(StepFailedError) as failed:
        do(session, "a")
    assert failed.value.incident.element_id == "wait"
    assert '"pause"' in failed.value.incident.message
    assert at(session) == ["a"]


@pytest.mark.parametrize(
    ("value", "message"), [("morgen", 'geeft een tekst ("morgen")'), (7, "geeft een getal (7)")]
)
def test_a_due_date_that_is_none_is_told_at_its_task(
    session: Session, value: Any, message: str
) -> None:
    later = user("b", camunda_dueDate="${until}")
    start(session, process(straight(user("a"), later, ids=("a", "b"))))

    with pytest.raises(StepFailedError) as failed:
        do(session, "a", until=value)
    assert failed.value.incident.element_id == "b"
    assert message in failed.value.incident.message
    assert at(session) == ["a"]


def test_a_due_date_that_is_left_empty_is_no_due_date(session: Session) -> None:
    start(session, process(straight(user("a", camunda_dueDate="${until}"), ids=("a",))), until=None)
    (task,) = instances.open_user_tasks(session)
    assert task.due_at is None


def test_a_timer_can_wait_until_a_legal_term_has_passed(session: Session, clock: Clock) -> None:
    """Six weeks after Tuesday 23 March 2027 end on Tuesday 4 May; 5 and 6 May are holidays."""
    clock.moment = datetime(2027, 3, 23, 9, tzinfo=UTC)
    passed = boundary("passed", "a", timer("timeDate", "${workday(term_end(sent, 'P6W'), 1)}"))
    body = straight(user("a"), ids=("a",)) + user("late") + node("endEvent", "over")
    start(session, process(body + passed + chain("passed", "late", "over")), sent="2027-03-23")
    assert due(session) == datetime(2027, 5, 6, 22, 0, tzinfo=UTC)
    clock.moment = datetime(2027, 5, 6, 22, 0, tzinfo=UTC)
    assert fired(session) == 1
    assert at(session) == ["late"]
