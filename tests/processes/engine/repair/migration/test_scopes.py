"""Migration of what has several tokens: branches, subprocesses, rounds, gateways of events."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.execution.events import messages, timers
from processes.engine.store.models import Timer
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import later
from tests.processes.engine.repair.migration.migrating import (
    at,
    begin,
    both,
    do,
    forecast,
    has_ended,
    inside,
    migrate,
    task_at,
)

# -- branches


def test_both_tokens_of_two_branches_move(session: Session) -> None:
    old, instance = begin(session, both(("a",), ("b",)))

    migrate(session, old, both(("a", "a2"), ("b",)))

    do(session, "b", from_b=1)
    do(session, "a", from_a=2)
    assert at(session) == ["a2"]
    do(session, "a2")
    assert at(session) == ["after"]
    assert instances.variables(session, instance).items() >= {"from_a": 2, "from_b": 1}.items()
    do(session, "after")
    assert has_ended(session, instance)


def test_a_branch_that_has_arrived_at_the_join_is_not_forgotten(session: Session) -> None:
    old, instance = begin(session, both(("a",), ("b",)))
    do(session, "a", from_a=2)

    migrate(session, old, both(("a",), ("b", "b2")))

    do(session, "b")
    do(session, "b2")
    assert at(session) == ["after"]
    assert instances.variables(session, instance)["from_a"] == 2


def test_a_branch_that_came_by_a_removed_flow_is_blocked(session: Session) -> None:
    old, _ = begin(session, both(("a",), ("b",)))
    do(session, "a")

    found = forecast(session, old, both(("a", "a2"), ("b",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "“join”" in found.reason


def test_a_third_branch_would_make_the_join_wait_for_ever(session: Session) -> None:
    old, _ = begin(session, both(("a",), ("b",)))

    found = forecast(session, old, both(("a",), ("b",), ("c",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "voor altijd blijven wachten" in found.reason
    assert found.element_id == "join"


def test_a_task_that_is_now_inside_a_branch_would_wait_for_ever(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))

    found = forecast(session, old, both(("a",), ("b",)))

    assert found.outcome == MigrationOutcome.BLOCKED


def test_branches_that_are_now_in_line_are_blocked(session: Session) -> None:
    old, _ = begin(session, both(("a",), ("b",)))

    found = forecast(session, old, straight(user("a"), user("b"), ids=("a", "b")))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "tegelijk" in found.reason


def test_two_branches_cannot_be_mapped_to_one_task_behind_their_join(session: Session) -> None:
    old, _ = begin(session, both(("a",), ("b",)))

    found = forecast(session, old, both(("x",), ("y",)), {"a": "after", "b": "after"})

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "tegelijk" in found.reason


def test_two_branches_cannot_be_mapped_to_one(session: Session) -> None:
    old, _ = begin(session, both(("a",), ("b",)))

    found = forecast(session, old, both(("x",), ("y",)), {"a": "x", "b": "x"})

    assert found.outcome == MigrationOutcome.BLOCKED


def test_a_task_before_the_split_gets_the_third_branch(session: Session) -> None:
    before = chain("start", "before", "split") + user("before")
    old_body, new_body = (
        body.replace(flow("start", "split"), before)
        for body in (both(("a",), ("b",)), both(("a",), ("b",), ("c",)))
    )
    old, _ = begin(session, old_body)

    migrate(session, old, new_body)
    do(session, "before")

    assert at(session) == ["a", "b", "c"]


# -- subprocesses


def test_a_token_in_a_subprocess_goes_on_by_the_new_drawing(session: Session) -> None:
    old, instance = begin(session, inside(user("x") + chain("s2", "x", "e2")))
    before = task_at(session, "x").id

    migrate(session, old, inside(user("x") + user("y") + chain("s2", "x", "y", "e2")))

    assert task_at(session, "x").id == before
    do(session, "x", seen=True)
    assert at(session) == ["y"]
    do(session, "y")
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(session, instance)
    assert instances.variables(session, instance)["seen"] is True


def test_a_boundary_event_that_is_added_listens_on_a_running_subprocess(session: Session) -> None:
    body = user("x") + chain("s2", "x", "e2")
    old, _ = begin(session, inside(body))
    edge = boundary("t", "sub", timer("timeDuration", "P1D")) + user("late")

    migrate(session, old, inside(body, edge + chain("t", "late", "end")))

    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    assert timers.fire_due_timers(session, 10) == 1
    assert at(session) == ["late"]


def test_a_task_that_left_its_subprocess_is_blocked(session: Session) -> None:
    old, _ = begin(session, inside(user("x") + chain("s2", "x", "e2")))

    body = inside(chain("s2", "e2")).replace(chain("sub", "after"), chain("sub", "x", "after"))
    found = forecast(session, old, body + user("x"))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "ander deel" in found.reason


def test_an_event_subprocess_that_is_added_blocks(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))
    handler = node("startEvent", "s2", message("stop")) + node("endEvent", "e2")
    handler = node("subProcess", "stopping", handler + chain("s2", "e2"), triggeredByEvent="true")

    found = forecast(
        session, old, straight(user("a"), ids=("a",)) + handler, messages=("stop",)
    )  # fmt: skip

    assert found.outcome == MigrationOutcome.BLOCKED


def test_an_event_subprocess_that_stays_still_listens(session: Session) -> None:
    handler = node("startEvent", "s2", message("stop")) + node("endEvent", "e2")
    handler = handler + user("tidy") + chain("s2", "tidy", "e2")
    handler = node("subProcess", "stopping", handler, triggeredByEvent="true")
    old, _ = begin(session, straight(user("a"), ids=("a",)) + handler, messages=("stop",))

    migrate(session, old, straight(user("a"), user("b"), ids=("a", "b")) + handler,
            messages=("stop",))  # fmt: skip

    assert messages.send_message(session, "stop", correlation_key="1")
    assert at(session) == ["tidy"]


def test_a_called_process_goes_on_by_the_version_that_the_new_version_calls(
    session: Session,
) -> None:
    def called(*ids: str) -> None:
        body = straight(*(user(id_) for id_ in ids), ids=ids)
        define(session, process(body, key="called"), "called")

    calls = straight(
        node("callActivity", "call", calledElement="called"), user("after"), ids=("call", "after")
    )
    called("x")
    old, _ = begin(session, calls)
    before = task_at(session, "x").id
    called("x", "y")

    migrate(session, old, calls)

    assert task_at(session, "x").id == before
    do(session, "x")
    assert at(session) == ["y"]
    do(session, "y")
    assert at(session) == ["after"]


def test_a_call_of_another_process_is_blocked(session: Session) -> None:
    for key in ("called", "other"):
        define(session, process(straight(user("x"), ids=("x",)), key=key), key)
    calls = straight(node("callActivity", "call", calledElement="called"), ids=("call",))
    old, _ = begin(session, calls)

    found = forecast(session, old, calls.replace('"called"', '"other"'))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "ander proces" in found.reason


def test_a_repeating_reminder_keeps_its_rhythm(session: Session) -> None:
    cycle = boundary("t", "a", timer("timeCycle", "R3/P1D"), interrupting=False)
    edge = cycle + user("late") + chain("t", "late", "end")
    old, _ = begin(session, straight(user("a"), ids=("a",)) + edge)
    set_clock(lambda: datetime.now(UTC) + timedelta(days=1, hours=1))
    timers.fire_due_timers(session, 10)
    due = session.scalars(select(Timer.due_at)).one()

    migrate(session, old, straight(user("a"), user("b"), ids=("a", "b")) + edge)

    assert session.scalars(select(Timer.due_at)).one() == due
    assert [later(session, timedelta(days=days, hours=1)) for days in (2, 3, 9)] == [1, 1, 0]
    assert at(session) == ["a", "late", "late", "late"]
