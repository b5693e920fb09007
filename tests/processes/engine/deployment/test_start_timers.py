"""A process may begin by the clock: once or again and again, and only its latest version."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.deployment.start_timers import StartTimer
from processes.engine.execution import instances, timers
from tests.processes.engine.diagrams import chain, node, process, timer, user

WORDS = Vocabulary(forms=frozenset({"a"}), topics={}, delegates={})


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


def deploy(session: Session, kind: str, text: str) -> None:
    body = node("startEvent", "start", timer(kind, text)) + user("a") + node("endEvent", "end")
    xml = process(body + chain("start", "a", "end"))
    definitions.deploy(session, xml, vocabulary=WORDS, deployed_by="petra")


def started(session: Session) -> int:
    return len(instances.open_user_tasks(session))


def test_a_moment_begins_one_instance(session: Session, clock: Clock) -> None:
    deploy(session, "timeDate", "2026-11-03T09:00")
    assert timers.fire_due_timers(session, 10) == 0

    clock.moment += timedelta(days=1)
    assert timers.fire_due_timers(session, 10) == 1
    assert timers.fire_due_timers(session, 10) == 0
    assert started(session) == 1
    assert session.query(StartTimer).all() == []


def test_a_repeat_begins_one_instance_each_time(session: Session, clock: Clock) -> None:
    deploy(session, "timeCycle", "R2/PT1H")
    for times in (1, 2):
        clock.moment += timedelta(hours=1)
        assert timers.fire_due_timers(session, 10) == 1
        assert started(session) == times
    clock.moment += timedelta(hours=5)
    assert timers.fire_due_timers(session, 10) == 0


def test_after_a_standstill_what_was_missed_is_not_made_up_for(
    session: Session, clock: Clock
) -> None:
    deploy(session, "timeCycle", "R/PT1H")
    clock.moment += timedelta(days=3)

    assert timers.fire_due_timers(session, 10) == 1
    assert timers.fire_due_timers(session, 10) == 0
    assert session.query(StartTimer).one().due_at == clock.moment + timedelta(hours=1)


def test_a_new_version_begins_by_its_own_clock(session: Session, clock: Clock) -> None:
    deploy(session, "timeCycle", "R/PT1H")
    deploy(session, "timeCycle", "R/P1D")

    clock.moment += timedelta(hours=2)
    assert timers.fire_due_timers(session, 10) == 0
    clock.moment += timedelta(days=1)
    assert timers.fire_due_timers(session, 10) == 1
