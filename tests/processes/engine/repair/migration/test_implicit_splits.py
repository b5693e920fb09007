"""Instances of a task with several flows out of it move to other versions, and by hand."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import chain, define, flow, node, process, user
from tests.processes.engine.repair.migration.migrating import (
    ENDS,
    apply,
    at,
    begin,
    do,
    dry_run,
    forecast,
    has_ended,
    task_at,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

TASKS = user("x") + user("a") + user("b") + node("parallelGateway", "join") + user("after")
JOINED = chain("a", "join") + chain("b", "join", "after", "end")
SPLIT = ENDS + TASKS + JOINED + chain("start", "x", "a") + chain("x", "b")
GATEWAY = (
    ENDS + TASKS + JOINED + node("parallelGateway", "g") + chain("start", "x", "g", "a")
    + chain("g", "b")
)  # fmt: skip
WIDER = SPLIT + user("c") + chain("x", "c", "join")


def migrate(session: Session, body: str, then: str) -> None:
    old, _ = begin(session, body)
    for name in filter(None, then.split()):
        do(session, name)
    new = define(session, process(WIDER if body is SPLIT else SPLIT))
    apply(session, dry_run(session, old.id, new.id), by="olga")


def test_the_task_itself_is_left_by_the_flows_of_the_new_version(session: Session) -> None:
    migrate(session, SPLIT, then="")
    do(session, "x")
    assert at(session) == ["a", "b", "c"]


@pytest.mark.parametrize("done", ["x", "x b"])
@pytest.mark.parametrize("body", [GATEWAY])
def test_branches_of_a_gateway_go_on_as_those_of_the_task(
    session: Session, body: str, done: str
) -> None:
    migrate(session, body, then=done)
    for name in at(session):
        do(session, name)
    assert at(session) == ["after"]


def test_branches_do_not_move_to_a_join_that_waits_for_one_more(session: Session) -> None:
    old, _ = begin(session, SPLIT)
    do(session, "x")
    found = forecast(session, old, WIDER)
    assert (found.outcome, found.element_id) == (MigrationOutcome.BLOCKED, "join")


def test_a_branch_that_came_straight_to_the_join_is_there_after_a_migration(
    session: Session,
) -> None:
    body = ENDS + TASKS + chain("start", "x", "a", "join", "after", "end") + chain("x", "join")
    old, instance = begin(session, body)
    do(session, "x")
    new = define(session, process(body.replace('name="after"', 'name="Daarna"')))
    apply(session, dry_run(session, old.id, new.id), by="olga")
    do(session, "a")
    do(session, "after")
    assert has_ended(session, instance)


def test_a_task_skipped_by_hand_chooses_as_drawn(session: Session) -> None:
    body = ENDS + user("x") + user("a") + user("b") + chain("start", "x") + chain("a", "end")
    body += flow("x", "a", "n == 1") + flow("x", "b", "n == 2") + chain("b", "end")
    _, instance = begin(session, body)
    token = task_at(session, "x").id
    modification.skip(session, instance.id, token, by="olga", reason="op verzoek")
    assert at(session) == ["a"]


def test_a_token_may_not_move_beside_the_branch_that_it_came_from(session: Session) -> None:
    _, instance = begin(session, SPLIT)
    do(session, "x")
    token = task_at(session, "a").id
    with pytest.raises(CannotMoveError):
        modification.move_token(session, instance.id, token, "b", by="olga", reason="op verzoek")
