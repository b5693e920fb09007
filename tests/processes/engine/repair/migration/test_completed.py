"""Migration keeps what was completed and can be undone, or does not migrate."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import straight, user
from tests.processes.engine.repair.migration.migrating import (
    at,
    begin,
    do,
    forecast,
    has_ended,
    migrate,
)
from tests.processes.engine.undoing import scope, throw, undone

A, B = undone(user("a"), "a"), undone(user("b"), "b")
OLD = straight(A, user("wait"), throw("t"), ids=("a", "wait", "t"))


def test_what_was_done_before_is_undone_in_the_new_version(session: Session) -> None:
    old, instance = begin(session, OLD)
    do(session, "a", x=1)

    new = straight(A, user("wait"), user("more"), throw("t"), ids=("a", "wait", "more", "t"))
    migrate(session, old, new)

    do(session, "wait")
    do(session, "more")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert has_ended(session, instance)


def test_what_was_done_under_another_name_is_undone_by_its_new_name(session: Session) -> None:
    old, instance = begin(session, OLD)
    do(session, "a", x=1)

    new = straight(B, user("wait"), throw("t"), ids=("b", "wait", "t"))
    migrate(session, old, new, {"a": "b"})

    do(session, "wait")
    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert has_ended(session, instance)


def test_a_version_that_cannot_undo_what_was_done_is_not_taken(session: Session) -> None:
    old, _instance = begin(session, OLD)
    do(session, "a", x=1)

    item = forecast(session, old, straight(user("a"), user("wait"), ids=("a", "wait")))

    assert item.outcome == MigrationOutcome.BLOCKED
    assert "kan nog worden teruggedraaid" in item.reason


def test_what_was_done_and_is_drawn_no_more_can_be_assigned_to_another(session: Session) -> None:
    old, _instance = begin(session, OLD)
    do(session, "a", x=1)

    item = forecast(session, old, straight(B, user("wait"), ids=("b", "wait")))

    assert (item.outcome, item.element_id) == (MigrationOutcome.NEEDS_MAPPING, "a")


def test_an_instance_moves_while_it_undoes(session: Session) -> None:
    old, instance = begin(session, straight(A, B, throw("t"), ids=("a", "b", "t")))
    do(session, "a")
    do(session, "b")
    assert at(session) == ["undo_b"]

    migrate(session, old, straight(A, B, throw("t"), user("after"), ids=("a", "b", "t", "after")))

    for element_id in ("undo_b", "undo_a", "after"):
        assert at(session) == [element_id]
        do(session, element_id)
    assert has_ended(session, instance)


@pytest.mark.parametrize("before", [("a",), ("a", "c")])
def test_what_was_done_in_a_subprocess_moves_with_it(
    session: Session, before: tuple[str, ...]
) -> None:
    inner = scope("subProcess", "s", A, user("c"), ids=("a", "c"))
    body = straight(inner, user("wait"), throw("t"), ids=("s", "wait", "t"))
    old, instance = begin(session, body)
    for element_id in before:
        do(session, element_id)

    migrate(session, old, body)

    for element_id in ("a", "c", "wait", "undo_a")[len(before) :]:
        do(session, element_id)
    assert has_ended(session, instance)
