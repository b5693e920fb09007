"""Migration of what has several tokens: branches, subprocesses, rounds, gateways of events."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine import instances, messages, timers
from processes.engine.models import Timer
from processes.engine.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    flow,
    message,
    node,
    straight,
    timer,
    user,
)
from tests.processes.engine.migrating import (
    ENDS,
    at,
    begin,
    do,
    forecast,
    has_ended,
    migrate,
    task_at,
)


def both(*branches: tuple[str, ...], join: str = "parallelGateway") -> str:
    """A split, these branches of user tasks, a join, and one task after it."""
    tasks = "".join(user(id_) for branch in branches for id_ in branch)
    flows = "".join(chain("split", *branch, "join") for branch in branches)
    gateways = node("parallelGateway", "split") + node(join, "join")
    return ENDS + gateways + user("after") + tasks + flows + (
        chain("start", "split") + chain("join", "after", "end")
    )  # fmt: skip


def inside(body: str, edge: str = "") -> str:
    own = node("startEvent", "s2") + node("endEvent", "e2") + body
    return straight(node("subProcess", "sub", own), user("after"), ids=("sub", "after")) + edge


def many(id_: str, collection: str = "items", *, sequential: str = "false") -> str:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
        f' camunda:collection="{collection}" camunda:elementVariable="item"/>'
    )
    return user(id_, loop)


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


# -- rounds


def test_open_rounds_go_on(session: Session) -> None:
    old, instance = begin(session, straight(many("a"), ids=("a",)))
    do(session, "a")

    migrate(session, old, straight(many("a"), user("b"), ids=("a", "b")))

    assert at(session) == ["a"]
    do(session, "a")
    assert at(session) == ["b"]
    do(session, "b")
    assert has_ended(session, instance)


def test_rounds_one_after_the_other_go_on(session: Session) -> None:
    old, _ = begin(session, straight(many("a", sequential="true"), ids=("a",)))

    migrate(session, old, straight(many("a", sequential="true"), user("b"), ids=("a", "b")))

    do(session, "a")
    assert at(session) == ["a"]
    do(session, "a")
    assert at(session) == ["b"]


def test_rounds_over_something_else_are_blocked(session: Session) -> None:
    old, _ = begin(session, straight(many("a"), ids=("a",)))

    found = forecast(session, old, straight(many("a", "others"), ids=("a",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "meerdere onderdelen" in found.reason


def test_a_task_that_now_has_rounds_is_blocked(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))

    found = forecast(session, old, straight(many("a"), ids=("a",)))

    assert found.outcome == MigrationOutcome.BLOCKED


# -- a gateway of events


def choice(*events: tuple[str, str]) -> str:
    drawn = "".join(node("intermediateCatchEvent", id_, inner) for id_, inner in events)
    flows = "".join(chain("choose", id_, f"after_{id_}", "end") for id_, _ in events)
    tasks = "".join(user(f"after_{id_}") for id_, _ in events)
    return ENDS + node("eventBasedGateway", "choose") + drawn + tasks + flows + (
        chain("start", "choose")
    )  # fmt: skip


def test_a_gateway_of_events_keeps_its_timer_and_gets_the_new_event(session: Session) -> None:
    first = ("wait", timer("timeDuration", "P1D"))
    old, _ = begin(session, choice(first, ("hear", message("paid"))), messages=("paid",))
    due = session.scalars(select(Timer.due_at)).one()

    third = ("other", message("cancelled"))
    migrate(session, old, choice(first, ("hear", message("paid")), third),
            messages=("paid", "cancelled"))  # fmt: skip

    assert session.scalars(select(Timer.due_at)).one() == due
    assert messages.send_message(session, "cancelled", correlation_key="1")
    assert at(session) == ["after_other"]


def test_a_delegate_that_is_added_behind_the_task_runs_when_it_is_reached(session: Session) -> None:
    from processes.engine.registry import delegate as register

    @register("stamp", title="Stempelen")
    def stamp(session: Session) -> dict[str, int]:
        return {"stamped": session.info.setdefault("stamped", 1)}

    old, instance = begin(session, straight(user("a"), ids=("a",)))
    migrate(session, old, straight(user("a"), delegate("stamp"), ids=("a", "stamp")))
    assert "stamped" not in instances.variables(session, instance)

    do(session, "a")
    assert instances.variables(session, instance)["stamped"] == 1
