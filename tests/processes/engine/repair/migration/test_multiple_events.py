"""Instances that wait at an event with several definitions move to other versions, and by hand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.events import messages
from processes.engine.repair import modification
from processes.engine.store.models import MessageSubscription, Timer
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    message,
    node,
    process,
    signal,
    timer,
    user,
)
from tests.processes.engine.playing import later
from tests.processes.engine.repair.migration.migrating import ENDS, apply, at, begin, dry_run

pytestmark = [
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("nothing_kept"),
]

ROOTS: dict[str, Any] = {"messages": ("m", "n"), "signals": ("s",)}
HOUR, DAY = timer("timeDuration", "PT1H"), timer("timeDuration", "P1D")


def waiting(id_: str, definitions: str, **attributes: str) -> str:
    catch = node("intermediateCatchEvent", id_, definitions, **attributes)
    return ENDS + catch + user("b") + chain("start", id_, "b", "end")


def edged(definitions: str, *, interrupting: bool = True) -> str:
    edge = boundary("e", "a", definitions, interrupting=interrupting)
    return ENDS + user("a") + edge + user("b") + chain("start", "a", "end") + chain("e", "b", "end")


def migrate(session: Session, old: str, new: str, mapping: dict[str, str] | None = None) -> None:
    first, _ = begin(session, old, **ROOTS)
    second = define(session, process(new, **ROOTS))
    apply(session, dry_run(session, first.id, second.id, mapping), by="olga")


def awaited(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(MessageSubscription))
    return sorted((row.element_id, row.name) for row in rows)


def test_all_of_it_is_waited_for_still_under_a_new_name(session: Session) -> None:
    several = message("m") + signal("s") + DAY + HOUR
    migrate(session, waiting("wait", several), waiting("await", several), {"wait": "await"})
    assert awaited(session) == [("await", "m"), ("await", "s")]
    assert later(session, timedelta(hours=2)) == 1
    assert at(session) == ["b"]
    assert awaited(session) == []


def test_a_new_version_may_wait_for_something_else_too(session: Session) -> None:
    migrate(
        session, waiting("wait", message("m")), waiting("wait", message("m") + message("n") + HOUR)
    )
    assert awaited(session) == [("wait", "m"), ("wait", "n")]
    assert messages.send_message(session, "n", correlation_key="1")
    assert at(session) == ["b"]
    assert session.scalars(select(Timer)).all() == []


def test_what_has_happened_of_all_that_is_needed_counts_still(session: Session) -> None:
    both = message("m") + message("n")
    needed = {"parallelMultiple": "true"}
    first, _ = begin(session, waiting("wait", both, **needed), **ROOTS)
    assert messages.send_message(session, "n", correlation_key="1")
    second = define(session, process(waiting("await", both, **needed), **ROOTS))
    apply(session, dry_run(session, first.id, second.id, {"wait": "await"}), by="olga")
    assert awaited(session) == [("await", "m")]
    assert messages.send_message(session, "m", correlation_key="1")
    assert at(session) == ["b"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_on_an_edge_moves_with_its_task(session: Session, interrupting: bool) -> None:
    several = message("m") + HOUR
    migrate(
        session,
        edged(several, interrupting=interrupting),
        edged(several + signal("s"), interrupting=interrupting),
    )
    assert awaited(session) == [("e", "m"), ("e", "s")]
    assert messages.send_signal(session, "s") == 1
    assert at(session) == (["b"] if interrupting else ["a", "b"])


@pytest.mark.parametrize("action", ["skip", "move"])
def test_what_waits_for_several_things_is_skipped_and_moved(session: Session, action: str) -> None:
    _, instance = begin(session, waiting("wait", message("m") + HOUR), **ROOTS)
    (token,) = {row.token_id for row in session.scalars(select(MessageSubscription))}
    if action == "skip":
        modification.skip(session, instance.id, token, reason="x", by="olga")
    else:
        modification.move_token(session, instance.id, token, "b", reason="x", by="olga")
    assert at(session) == ["b"]
    assert awaited(session) == []


@pytest.mark.parametrize("interrupting", [True, False])
def test_the_time_of_an_event_on_an_edge_goes_on_where_it_gets_a_second_definition(
    session: Session, interrupting: bool
) -> None:
    wider = edged(HOUR + message("m"), interrupting=interrupting)
    first, _ = begin(session, edged(HOUR, interrupting=interrupting), **ROOTS)
    due = session.scalars(select(Timer.due_at)).one()
    second = define(session, process(wider, **ROOTS))
    apply(session, dry_run(session, first.id, second.id), by="olga")
    assert session.scalars(select(Timer.due_at)).one() == due
    assert later(session, timedelta(hours=2)) == 1
    assert at(session) == (["b"] if interrupting else ["a", "b"])


def test_an_event_that_waits_for_nothing_of_it_any_more_is_no_place_to_move_to(
    session: Session,
) -> None:
    first, _ = begin(session, waiting("wait", message("m") + HOUR), **ROOTS)
    second = define(session, process(waiting("wait", signal("s")), **ROOTS))
    (forecast,) = dry_run(session, first.id, second.id, None).forecasts
    assert forecast.outcome is not MigrationOutcome.PENDING
    assert forecast.element_id == "wait"
