"""Who or what entered and left each element, and what that says of all instances together."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine import history, instances, jobs
from processes.engine.models import Job, JobStatus, ProcessDefinition
from processes.engine.registry import BpmnError
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
from tests.processes.engine.migrating import ENDS, begin, do

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
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


def test_entries_tell_who_was_where_and_when(session: Session) -> None:
    clock()
    _, instance = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    clock(minutes=5)
    do(session, "a")

    entries = {each.element_id: each for each in history.entries(session, instance.id)}

    assert list(entries) == ["start", "a", "b"]
    assert (entries["a"].entered_at, entries["a"].left_at) == (
        MONDAY,
        MONDAY + timedelta(minutes=5),
    )
    assert (entries["a"].actor, entries["a"].result) == ("anna", "completed")
    assert (entries["b"].left_at, entries["b"].result) == (None, None)


def test_an_open_job_is_an_entry_with_the_name_in_the_diagram(session: Session) -> None:
    _, instance = begin(session, straight(job("send", "mail"), ids=("send",)))

    last = history.entries(session, instance.id)[-1]

    assert (last.element_id, last.name, last.left_at) == ("send", "send", None)


def test_what_was_cancelled_is_told(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), ids=("a",)))
    instances.cancel(session, instance.id, reason="klaar", by="olga")

    last = history.entries(session, instance.id)[-1]
    assert (last.element_id, last.result) == ("a", "cancelled")


# -- frequencies


def some_instances(session: Session, minutes: list[float]) -> ProcessDefinition:
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


def test_frequencies_count_and_measure_each_element(session: Session) -> None:
    definition = some_instances(session, [10, 1, 2, 3, 4, 5, 6, 7, 8, 60])

    found = {each.element_id: each for each in history.frequencies(session, definition.id)}

    assert found.keys() == {"start", "a", "end"}
    assert (found["a"].count, found["a"].error_rate) == (10, 0.0)
    assert found["a"].median == timedelta(minutes=5)
    assert found["a"].p90 == timedelta(minutes=10)
    assert found["start"].p90 == timedelta(0)


def test_one_passage_is_its_own_median(session: Session) -> None:
    definition = some_instances(session, [1.5])

    found = {each.element_id: each for each in history.frequencies(session, definition.id)}

    assert found["a"].median == found["a"].p90 == timedelta(seconds=90)


def test_frequencies_from_a_moment_on(session: Session) -> None:
    definition = some_instances(session, [1, 2, 30])

    later = history.frequencies(session, definition.id, MONDAY + timedelta(minutes=10))

    assert {each.element_id: each.count for each in later} == {"a": 1, "end": 1}


def test_frequencies_are_of_one_version(session: Session) -> None:
    first = some_instances(session, [1])
    second = some_instances(session, [2, 3])

    counted = [
        {each.element_id: each.count for each in history.frequencies(session, version.id)}["a"]
        for version in (first, second)
    ]
    assert counted == [1, 2]
    unused = define(session, process(straight(user("a"), ids=("a",))))
    assert history.frequencies(session, unused.id) == []


def test_errors_are_counted(session: Session) -> None:
    definition, _ = begin(session, SENDING, errors=("gone",))
    work_off(session, error=BpmnError("gone"))
    instances.start_process(session, "p", business_key="2", started_by="test")
    work_off(session)

    found = {each.element_id: each for each in history.frequencies(session, definition.id)}

    assert (found["send"].count, found["send"].error_rate) == (2, 0.5)
