"""How far an instance is, and when it may be ready: what surely comes, and what others took."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.insight.progress import progress
from processes.engine.insight.remaining_time import ENOUGH, expected, remaining
from processes.engine.store.models import ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import ENDS, begin, both, do

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOOP = (
    ENDS + user("a") + node("exclusiveGateway", "ok", default="ok_to_b") + user("mend")
    + user("b") + job("c") + chain("start", "a", "ok") + flow("ok", "mend", "${n == 2}")
    + chain("ok", "b", "c", "end") + chain("mend", "a")
)  # fmt: skip


def at(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def parts(session: Session, instance: ProcessInstance) -> tuple[list[str], ...]:
    told = progress(session, instance)
    return tuple([part.element_id for part in each] for each in (told.done, told.now, told.next))


def test_done_now_and_what_surely_comes(session: Session) -> None:
    _, one = begin(session, LOOP)
    assert parts(session, one) == ([], ["a"], ["b", "c"])
    do(session, "a")
    assert parts(session, one) == (["a"], ["b"], ["c"])


def test_what_must_be_done_again_is_not_done(session: Session) -> None:
    _, one = begin(session, LOOP)
    do(session, "a", n=2)
    assert parts(session, one) == ([], ["mend"], ["a", "b", "c"])


def test_of_two_branches_both_are_now(session: Session) -> None:
    _, one = begin(session, both(("a", "b"), ("c",)))
    done, now, ahead = parts(session, one)
    assert (done, set(now), ahead) == ([], {"a", "c"}, ["b", "after"])


def test_who_and_since_when(session: Session) -> None:
    at()
    _, one = begin(
        session, straight(user("a", camunda_candidateGroups="clerks"), job("c"), ids=("a", "c"))
    )
    told = progress(session, one)
    (now,), (ahead,) = told.now, told.next
    assert (now.group, now.is_user_task, now.at) == ("clerks", True, MONDAY)
    assert now.task_id is not None
    assert (ahead.group, ahead.is_user_task, ahead.task_id) == (None, False, None)


def test_what_comes_from_elsewhere_is_waited_for_now(session: Session) -> None:
    caught = node("receiveTask", "b", messageRef="message_m")
    _, one = begin(
        session, straight(user("a"), caught, user("c"), ids=("a", "b", "c")), messages=("m",)
    )
    assert parts(session, one) == ([], ["a"], ["b", "c"])
    do(session, "a")
    assert parts(session, one) == (["a"], ["b"], ["c"])
    (now,) = progress(session, one).now
    assert (now.waits_for_event, now.is_user_task) == (True, False)


@pytest.mark.parametrize(
    ("kind", "inner", "name", "told"),
    [
        ("receiveTask", "", "", "Een bericht"),
        ("intermediateCatchEvent", message("m"), "", "Een bericht"),
        ("intermediateCatchEvent", timer("timeDuration", "P30D"), "", "Een afgesproken moment"),
        ("intermediateCatchEvent", message("m"), "Uw akkoord", "Uw akkoord"),
    ],
)
def test_what_has_no_name_is_told_by_its_kind(
    session: Session, kind: str, inner: str, name: str, told: str
) -> None:
    """An id of a drawing program says nothing to who reads about a case."""
    refers = {"messageRef": "message_m"} if kind == "receiveTask" else {}
    caught = node(kind, "b", inner, **refers).replace('name="b"', f'name="{name}"')
    _, one = begin(session, straight(caught, ids=("b",)), messages=("m",))
    assert [part.name for part in progress(session, one).now] == [told]


def test_the_term_of_another_wait_is_not_waited_for(session: Session) -> None:
    body = (
        ENDS + node("eventBasedGateway", "which")
        + node("intermediateCatchEvent", "m", message("m"))
        + node("intermediateCatchEvent", "t", timer("timeDuration", "P30D"))
        + chain("start", "which", "m", "end") + chain("which", "t", "end")
    )  # fmt: skip
    _, one = begin(session, body, messages=("m",))
    assert parts(session, one) == ([], ["m"], [])


def test_a_term_on_a_task_is_not_waited_for(session: Session) -> None:
    late = boundary("late", "a", timer("timeDuration", "P30D")) + flow("late", "end")
    _, one = begin(session, straight(user("a"), ids=("a",)) + late)
    assert parts(session, one) == ([], ["a"], [])


def test_an_instance_that_has_ended_only_has_what_is_done(session: Session) -> None:
    _, one = begin(session, straight(user("a"), ids=("a",)))
    do(session, "a")
    assert parts(session, one) == (["a"], [], [])


# -- when


def finished(session: Session, hours: list[float]) -> None:
    """Instances that went from `a` to the end in so many hours each."""
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    for number in range(len(hours)):
        instances.start_process(session, "p", business_key=f"{number}", started_by="test")
    for number, length in enumerate(hours):
        at(hours=length)
        (task,) = instances.open_user_tasks(session, business_key=f"{number}")
        instances.complete_user_task(session, task.id, completed_by="anna", variables={})


def test_what_others_took_from_here(session: Session) -> None:
    finished(session, [3, 1, 2])
    assert remaining(session, "p", "a") == [HOUR, 2 * HOUR, 3 * HOUR]
    assert remaining(session, "p", "elsewhere") == []


def test_an_expectation_needs_enough_finished_instances(session: Session) -> None:
    finished(session, list(range(1, ENOUGH)))
    at()
    one = instances.start_process(session, "p", business_key="new", started_by="test")
    assert progress(session, one).expectation is None

    at(hours=30)
    other = instances.start_process(session, "p", business_key="last", started_by="test")
    (task,) = instances.open_user_tasks(session, business_key="new")
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})

    told = progress(session, other).expectation
    assert told is not None
    assert (told.half, told.most) == (MONDAY + 40 * HOUR, MONDAY + 48 * HOUR)
    assert told.of == ENOUGH


def test_who_waits_longer_than_most_gets_no_promise() -> None:
    lengths = [number * HOUR for number in range(1, 101)]

    soon = expected(lengths, MONDAY, MONDAY)
    later = expected(lengths, MONDAY, MONDAY + 60 * HOUR)

    assert soon is not None
    assert (soon.half, soon.most) == (MONDAY + 50 * HOUR, MONDAY + 90 * HOUR)
    assert later is not None
    assert (later.half, later.most, later.of) == (MONDAY + 80 * HOUR, MONDAY + 96 * HOUR, 40)
    assert expected(lengths, MONDAY, MONDAY + 90 * HOUR) is None


@pytest.mark.parametrize("waited", [0, 30])
def test_the_expected_moment_is_never_past(waited: int) -> None:
    at_now = MONDAY + waited * HOUR
    told = expected([number * HOUR for number in range(1, 101)], MONDAY, at_now)
    assert told is not None
    assert at_now < told.half <= told.most
