"""Every past state of an instance: where its tokens were, and the way that they had come."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.insight.timeline import Moment, timeline
from processes.engine.registry import BpmnError
from processes.engine.repair import modification
from processes.engine.store.models import ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    flow,
    job,
    node,
    straight,
    timer,
    user,
)
from tests.processes.engine.insight.test_statistics import SENDING, work_off
from tests.processes.engine.repair.migration.migrating import ENDS, begin, both, do, migrate

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _hours() -> None:
    """Each look at the clock is a second later."""
    ticks = iter(range(1_000_000))
    set_clock(lambda: MONDAY + timedelta(seconds=next(ticks)))


def states(session: Session, instance: ProcessInstance) -> list[set[str]]:
    return [set(moment.tokens) for moment in timeline(session, instance.id)]


def last(session: Session, instance: ProcessInstance) -> Moment:
    return timeline(session, instance.id)[-1]


def test_each_step_is_a_moment_with_its_tokens(session: Session) -> None:
    _, one = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    do(session, "a")
    do(session, "b")

    assert states(session, one) == [{"a"}, {"b"}, set()]
    moments = timeline(session, one.id)
    assert [moment.number for moment in moments] == [1, 2, 3]
    assert moments[0].flows == ("start_to_a",)
    assert set(moments[2].flows) == {"start_to_a", "a_to_b", "b_to_end"}
    assert [entry.element_id for entry in moments[2].left] == ["b", "end"]


def test_a_token_that_waits_for_the_others_stands_at_the_join(session: Session) -> None:
    _, one = begin(session, both(("a",), ("b",)))
    do(session, "a")
    do(session, "b")

    assert states(session, one) == [{"a", "b"}, {"b", "join"}, {"after"}]
    assert "b_to_join" in last(session, one).flows


def test_of_a_choice_only_the_flow_that_was_taken_is_marked(session: Session) -> None:
    body = (
        ENDS + node("exclusiveGateway", "ok", default="ok_to_b") + user("a") + user("b")
        + chain("start", "ok") + flow("ok", "a", "${n == 1}") + flow("ok", "b")
        + chain("a", "end") + chain("b", "end")
    )  # fmt: skip
    _, one = begin(session, body)

    assert set(last(session, one).flows) == {"start_to_ok", "ok_to_a"}


def test_of_flows_behind_a_task_those_that_were_taken_are_marked(session: Session) -> None:
    body = (
        ENDS + user("x", default="x_to_c") + user("a") + user("b") + user("c") + chain("start", "x")
        + chain("x", "a", "end") + flow("x", "b", "${n == 2}") + flow("x", "c")
        + chain("b", "end") + chain("c", "end")
    )  # fmt: skip
    _, one = begin(session, body)
    do(session, "x", n=2)

    assert set(last(session, one).flows) == {"start_to_x", "x_to_a", "x_to_b"}
    assert states(session, one) == [{"x"}, {"a", "b"}]


def test_branches_of_a_task_stand_at_the_join_one_by_one(session: Session) -> None:
    body = (
        ENDS + user("x") + user("a") + user("b") + node("parallelGateway", "join") + user("after")
        + chain("start", "x", "a", "join", "after", "end") + chain("x", "b", "join")
    )  # fmt: skip
    _, one = begin(session, body)
    for name in ("x", "a", "b"):
        do(session, name)

    assert states(session, one) == [{"x"}, {"a", "b"}, {"b", "join"}, {"after"}]


def test_an_error_leaves_by_its_boundary_event(session: Session) -> None:
    _, one = begin(session, SENDING, errors=("gone",))
    work_off(session, error=BpmnError("gone"))

    assert states(session, one) == [{"send"}, {"late"}]
    assert set(last(session, one).flows) == {"start_to_send", "t_to_late"}


def test_a_round_is_told_twice(session: Session) -> None:
    body = (
        ENDS + user("a") + node("exclusiveGateway", "ok", default="ok_to_end")
        + chain("start", "a", "ok") + flow("ok", "a", "${again}") + flow("ok", "end")
    )  # fmt: skip
    _, one = begin(session, body)
    do(session, "a", again=True)
    do(session, "a", again=False)

    assert states(session, one) == [{"a"}, {"a"}, set()]
    assert "ok_to_end" not in timeline(session, one.id)[1].flows


def test_a_timer_that_waits_is_a_token_now_but_not_on_the_edge_of_a_task(
    session: Session,
) -> None:
    wait = node("intermediateCatchEvent", "wait", timer("timeDuration", "P1D"))
    edge = boundary("t", "a", timer("timeDuration", "P9D"))
    _, one = begin(session, straight(user("a"), wait, ids=("a", "wait")) + edge + chain("t", "end"))
    assert states(session, one) == [{"a"}]
    do(session, "a")

    assert states(session, one) == [{"a"}, {"wait"}]


def test_what_was_stopped_or_moved_is_a_step_too(session: Session) -> None:
    _, one = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    (task,) = instances.open_user_tasks(session)
    modification.move_token(session, one.id, task.id, "b", by="olga", reason="x")
    instances.cancel(session, one.id, by="olga")

    assert states(session, one) == [{"a"}, {"b"}, set()]
    assert [entry.result for entry in last(session, one).left] == ["cancelled"]


def test_before_a_migration_the_instance_was_on_another_version(session: Session) -> None:
    first, one = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    do(session, "a")
    migrate(session, first, straight(user("a"), user("b"), job("c"), ids=("a", "b", "c")))
    do(session, "b")

    versions = [moment.definition_id for moment in timeline(session, one.id)]
    session.refresh(one)
    assert versions == [first.id, first.id, one.definition_id]
