"""What the history says of all instances together: how often, how long, how they end."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.insight import case_figures, statistics
from processes.engine.insight.case_rows import Period
from processes.engine.insight.figures import Figures
from processes.engine.insight.statistics import Frequency, Stage
from processes.engine.registry import BpmnError
from processes.engine.store.models import Job, JobStatus, ProcessDefinition
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    job,
    process,
    straight,
    user,
)
from tests.processes.engine.repair.migration.migrating import ENDS, begin, do

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TERM = timedelta(days=14)
TWO = straight(user("a"), user("b"), ids=("a", "b"))
SENDING = (
    ENDS + job("send") + boundary("t", "send", error("gone")) + user("late")
    + chain("start", "send", "end") + chain("t", "late", "end")
)  # fmt: skip


def clock(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def work_off(session: Session, *, error: BpmnError | None = None) -> None:
    (made,) = session.query(Job).filter_by(status=JobStatus.NEW).all()
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(hours=1)) is not None
    if error is None:
        assert jobs.finish(session, made.id, "w", 1, {})
    else:
        assert jobs.fail(session, made.id, "w", 1, error)


def some_instances(session: Session, minutes: Sequence[float]) -> ProcessDefinition:
    """Instances whose task `a` took so many minutes each."""
    definition = define(session, process(straight(user("a"), ids=("a",))))
    clock()
    for number in range(len(minutes)):
        instances.start_process(session, "p", business_key=str(number), started_by="test")
    for number, length in enumerate(minutes):
        clock(minutes=length)
        (task,) = instances.open_user_tasks(session, business_key=str(number))
        instances.complete_user_task(session, task.id, completed_by="anna", variables={})
    return definition


def of(session: Session, *versions: ProcessDefinition, **limits: Any) -> Figures:
    ids = [version.id for version in versions]
    return case_figures.figures(session, ids, Period(**limits)).of(ids)


def found(session: Session, *versions: ProcessDefinition, **limits: Any) -> dict[str, Frequency]:
    frequencies = statistics.frequencies(of(session, *versions, **limits))
    return {each.element_id: each for each in frequencies}


# -- elements


def test_frequencies_count_and_measure_each_element(session: Session) -> None:
    told = found(session, some_instances(session, [10, 1, 2, 3, 4, 5, 6, 7, 8, 60]))

    assert told.keys() == {"start", "a", "end"}
    assert (told["a"].count, told["a"].error_rate) == (10, 0.0)
    assert (told["a"].name, told["a"].element_type) == ("a", "userTask")
    assert told["a"].median == timedelta(minutes=5)
    assert told["a"].p90 == timedelta(minutes=10)
    assert told["start"].p90 == timedelta(0)


def test_one_passage_is_its_own_median(session: Session) -> None:
    told = found(session, some_instances(session, [1.5]))

    assert told["a"].median == told["a"].p90 == timedelta(seconds=90)


def test_a_period_is_of_instances_that_began_in_it(session: Session) -> None:
    version = some_instances(session, [1, 2, 30])
    day, one = date(2026, 11, 23), timedelta(days=1)

    assert found(session, version, first=day + one) == {}
    assert found(session, version, first=day, last=day)["a"].count == 3
    assert found(session, version, last=day - one) == {}


def test_frequencies_are_of_the_versions_that_were_asked(session: Session) -> None:
    first = some_instances(session, [1])
    second = some_instances(session, [2, 3])

    counted = [found(session, one)["a"].count for one in (first, second)]
    assert counted == [1, 2]
    assert found(session, first, second)["a"].count == 3
    unused = define(session, process(straight(user("a"), ids=("a",))))
    assert found(session, unused) == {}


def test_the_newest_cases_stand_for_very_many_that_run(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_figures, "MOST", 2)
    version = some_instances(session, [1])
    for day in (1, 2):
        clock(days=day)
        instances.start_process(session, "p", business_key=f"later {day}", started_by="test")
    do(session, "a")

    asked = case_figures.figures(session, [version.id], Period())

    assert asked.is_part
    assert asked.period == Period(date(2026, 11, 24))
    part = asked.of([version.id])
    assert statistics.summary(part, TERM).started == 2
    assert {each.element_id: each.count for each in statistics.frequencies(part)}["a"] == 1


def test_the_newest_day_is_told_whole_however_many_began_on_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_figures, "MOST", 2)
    version = some_instances(session, [1])
    clock(days=1)
    for number in range(4):
        instances.start_process(session, "p", business_key=f"later {number}", started_by="test")
    today = date(2026, 11, 24)

    for asked_of in (Period(), Period(last=today)):
        asked = case_figures.figures(session, [version.id], asked_of)
        assert (asked.is_part, asked.period) == (True, Period(today, asked_of.last))
        assert statistics.summary(asked.of([version.id]), TERM).running == 4
    whole = case_figures.figures(session, [version.id], Period(first=today))
    assert not whole.is_part  # it is all that was asked
    assert statistics.summary(whole.of([version.id]), TERM).running == 4


def test_errors_are_counted(session: Session) -> None:
    definition, _ = begin(session, SENDING, errors=("gone",))
    work_off(session, error=BpmnError("gone"))
    instances.start_process(session, "p", business_key="2", started_by="test")
    work_off(session)

    told = found(session, definition)

    assert (told["send"].count, told["send"].error_rate) == (2, 0.5)


# -- whole instances


def test_a_summary_tells_how_instances_ended_and_how_long_they_took(session: Session) -> None:
    version = some_instances(session, [10, 20, 30])
    (running, stopped) = (
        instances.start_process(session, "p", business_key=key, started_by="test") for key in "xy"
    )
    instances.cancel(session, stopped.id, by="olga")

    told = statistics.summary(of(session, version), timedelta(minutes=20))

    assert (told.started, told.completed, told.cancelled, told.running) == (5, 3, 1, 1)
    assert (told.median, told.p90) == (timedelta(minutes=20), timedelta(minutes=30))
    assert (told.in_time, told.too_late, told.share_in_time) == (2, 1, 2 / 3)
    assert running.ended_at is None


def test_who_still_runs_after_the_term_is_too_late(session: Session) -> None:
    version, _ = begin(session, TWO)
    figures = of(session, version)
    assert statistics.summary(figures, TERM).share_in_time is None

    set_clock(lambda: datetime.now(UTC) + TERM + timedelta(minutes=1))

    assert statistics.summary(figures, TERM).share_in_time == 0.0


def test_of_nothing_there_is_nothing_to_tell() -> None:
    told = statistics.summary(Figures(), TERM)

    assert (told.started, told.median, told.p90, told.share_in_time) == (0, None, None, None)


@pytest.mark.parametrize(
    ("count", "tenths", "rank"), [(1, 9, 1), (2, 5, 1), (4, 5, 2), (10, 9, 9), (11, 9, 10)]
)
def test_a_quantile_is_a_length_that_was_measured(count: int, tenths: int, rank: int) -> None:
    lengths = [timedelta(days=number) for number in range(1, count + 1)]

    assert statistics.quantile(lengths, tenths) == timedelta(days=rank)


# -- where they are, and where they leave


def test_stages_count_each_instance_once(session: Session) -> None:
    version, _ = begin(session, TWO)
    instances.start_process(session, "p", business_key="2", started_by="test")
    do(session, "a")

    stages = statistics.stages(of(session, version), ["a", "b", "nowhere"])

    assert stages == {"a": Stage(2, 1), "b": Stage(1, 0), "nowhere": Stage(0, 0)}
    assert statistics.waiting_per_element(of(session, version)) == {"a": 1, "b": 1}


def test_a_job_that_waits_stands_somewhere_too(session: Session) -> None:
    version, _ = begin(session, SENDING, errors=("gone",))

    assert statistics.waiting_per_element(of(session, version)) == {"send": 1}


def test_who_is_stopped_left_where_they_stood(session: Session) -> None:
    version, instance = begin(session, TWO)
    do(session, "a")
    instances.cancel(session, instance.id, by="olga")
    instances.start_process(session, "p", business_key="2", started_by="test")

    (left,) = statistics.cancellations(of(session, version))

    assert (left.element_id, left.name, left.count) == ("b", "b", 1)
