"""A process may begin by the clock: once or again and again, and only its latest version."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.deployment.start_timers import StartTimer
from processes.engine.execution import incidents, instances
from processes.engine.execution.events import timers
from tests.processes.engine.diagrams import chain, flow, node, process, timer, user

WORDS = Vocabulary(forms=frozenset({"a", "b"}), topics={}, delegates={})


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


def deploy(
    session: Session, kind: str, text: str, *, start: str = "start", task: str = "a"
) -> None:
    body = node("startEvent", start, timer(kind, text)) + user(task) + node("endEvent", "end")
    xml = process(body + chain(start, task, "end"))
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


def next_due(session: Session) -> datetime:
    return session.query(StartTimer).one().due_at


def test_a_repeat_keeps_to_the_grid_that_was_drawn(session: Session, clock: Clock) -> None:
    deploy(session, "timeCycle", "R/2025-08-01T00:00/P1Y")
    assert timers.fire_due_timers(session, 10) == 0  # what was before it was drawn is not missed

    for year in (2027, 2028):
        clock.moment = datetime(year, 8, 3, 7, 12, tzinfo=UTC)
        assert timers.fire_due_timers(session, 10) == 1
        assert timers.fire_due_timers(session, 10) == 0
        assert next_due(session) == datetime(year + 1, 7, 31, 22, tzinfo=UTC)


def test_a_short_month_moves_one_time_and_not_those_after_it(
    session: Session, clock: Clock
) -> None:
    deploy(session, "timeCycle", "R/2027-01-31T09:00/P1M")
    due = []
    for _ in range(4):
        due.append(next_due(session))
        clock.moment = due[-1]
        assert timers.fire_due_timers(session, 10) == 1
    assert [(each.month, each.day) for each in due] == [(1, 31), (2, 28), (3, 31), (4, 30)]


def test_a_repeat_without_a_moment_counts_from_the_deployment(
    session: Session, clock: Clock
) -> None:
    clock.moment = datetime(2027, 1, 31, 8, tzinfo=UTC)
    deploy(session, "timeCycle", "R3/P1M")
    due = []
    while rows := session.query(StartTimer).all():
        due.append(rows[0].due_at)
        clock.moment = due[-1] + timedelta(minutes=3)
        assert timers.fire_due_timers(session, 10) == 1
    assert [(each.month, each.day) for each in due] == [(2, 28), (3, 31), (4, 30)]


def test_a_timer_of_an_earlier_release_goes_on_from_where_it_was(
    session: Session, clock: Clock
) -> None:
    deploy(session, "timeCycle", "R2/PT1H")
    session.query(StartTimer).one().begun_at = None

    clock.moment += timedelta(minutes=75)
    assert timers.fire_due_timers(session, 10) == 1
    assert next_due(session) == clock.moment + timedelta(minutes=45)
    clock.moment += timedelta(hours=1)
    assert timers.fire_due_timers(session, 10) == 1
    assert session.query(StartTimer).all() == []


@pytest.mark.parametrize(
    ("kind", "text"), [("timeDate", "2026-11-02T12:00"), ("timeCycle", "R1/PT3H")]
)
def test_a_new_version_does_not_do_again_what_its_timer_has_done(
    session: Session, clock: Clock, kind: str, text: str
) -> None:
    deploy(session, kind, text)
    clock.moment += timedelta(hours=4)
    assert timers.fire_due_timers(session, 10) == 1

    deploy(session, kind, text, task="b")
    clock.moment += timedelta(hours=4)
    assert timers.fire_due_timers(session, 10) == 0


def test_a_new_version_goes_on_with_the_count_and_the_grid(session: Session, clock: Clock) -> None:
    deploy(session, "timeCycle", "R3/PT1H")
    clock.moment += timedelta(hours=1)
    assert timers.fire_due_timers(session, 10) == 1
    clock.moment += timedelta(minutes=30)
    deploy(session, "timeCycle", "R3/PT1H", start="begin", task="b")

    assert next_due(session) == clock.moment + timedelta(minutes=30)
    for _ in range(2):
        clock.moment += timedelta(hours=1)
        assert timers.fire_due_timers(session, 10) == 1
    assert session.query(StartTimer).all() == []
    assert sorted(t.element_id for t in instances.open_user_tasks(session)) == ["a", "b", "b"]


def test_a_new_version_with_another_moment_begins_then(session: Session, clock: Clock) -> None:
    deploy(session, "timeDate", "2026-11-02T12:00")
    clock.moment += timedelta(hours=4)
    assert timers.fire_due_timers(session, 10) == 1
    deploy(session, "timeDate", "2026-11-02T20:00")
    clock.moment += timedelta(hours=10)
    assert timers.fire_due_timers(session, 10) == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeCycle", "R0/PT1H"),
        ("timeDate", "${day}"),
        ("timeDuration", "${null}"),
        ("timeDate", "${'morgen'}"),
    ],
)
def test_a_start_that_could_never_have_a_time_is_refused_by_name(
    session: Session, kind: str, text: str
) -> None:
    with pytest.raises(definitions.RejectedDeploymentError) as refused:
        deploy(session, kind, text)
    assert "start" in {finding.element for finding in refused.value.findings}


def test_a_start_may_work_out_its_day_without_variables(session: Session) -> None:
    deploy(session, "timeDate", "${today()}")
    assert timers.fire_due_timers(session, 10) == 1


def test_the_next_start_that_succeeds_resolves_what_failed(session: Session, clock: Clock) -> None:
    body = node("startEvent", "start", timer("timeCycle", "R/PT1H")) + user("a")
    body += node("exclusiveGateway", "g", default="g_to_end") + node("endEvent", "end")
    body += chain("start", "g", "end") + flow("g", "a", "${missing}") + chain("a", "end")
    definitions.deploy(session, process(body), vocabulary=WORDS, deployed_by="petra")
    for _twice in range(2):
        clock.moment += timedelta(hours=1)
        assert timers.fire_due_timers(session, 10) == 0
    assert len(incidents.open_incidents(session)) == 1
    deploy(session, "timeCycle", "R/PT1H")
    clock.moment += timedelta(hours=1)
    assert timers.fire_due_timers(session, 10) == 1
    assert incidents.open_incidents(session) == []
