"""Migration of rounds, of gateways of events, and of what runs behind the token."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.store.models import Timer
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    delegate,
    message,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    at,
    begin,
    both,
    choice,
    do,
    forecast,
    has_ended,
    many,
    migrate,
)

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


def test_a_task_behind_rounds_is_a_token_like_any_other(session: Session) -> None:
    old, _ = begin(session, straight(many("a"), user("b"), ids=("a", "b")))
    do(session, "a")
    do(session, "a")

    found = forecast(session, old, both(("a",), ("b",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "voor altijd blijven wachten" in found.reason
