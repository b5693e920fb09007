"""Whatever is allowed by migration or modification, the instance can still finish."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.interpreter import workflow
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification
from processes.engine.store.models import InstanceStatus, ProcessInstance
from tests.processes.engine.diagrams import define
from tests.processes.engine.repair.migration.migrating import apply, dry_run
from tests.processes.engine.repair.migration.test_property import (
    Block,
    blocks,
    diagram,
    open_at,
    some_steps,
    start,
    walk,
)

MAX_STEPS = 60
PROPERTY = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried here is where tokens go; a busy machine must not end a turn."""
    monkeypatch.setattr(workflow, "MAX_SECONDS", 60.0)


def finish(session: Session, instance: ProcessInstance) -> None:
    for _ in range(MAX_STEPS):
        waiting = open_at(session, instance)
        if not waiting:
            break
        walk(session, instance, waiting[:1])
    session.refresh(instance)
    stuck = [each.sentence for each in why_waiting(session, instance.id)]
    assert (instance.status, stuck) == (InstanceStatus.COMPLETED, [])


@given(before=blocks, after=blocks, seed=st.integers(0, 2**16))
@PROPERTY
def test_an_instance_that_may_move_to_any_other_drawing_can_finish_there(
    session: Session, before: Block, after: Block, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that can be run again
    with session.begin_nested() as savepoint:
        old = define(session, diagram(before))
        instance = start(session, str(chance.random()))
        some_steps(session, instance, chance)
        new = define(session, diagram(after))
        plan = dry_run(session, old.id, new.id)
        apply(session, plan, by="olga")
        session.expire_all()
        finish(session, instance)
        savepoint.rollback()
    session.expunge_all()


@given(block=blocks, seed=st.integers(0, 2**16))
@PROPERTY
def test_an_instance_of_which_a_token_may_move_can_finish(
    session: Session, block: Block, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - can be run again
    with session.begin_nested() as savepoint:
        define(session, diagram(block))
        instance = start(session, str(chance.random()))
        some_steps(session, instance, chance)
        for _ in range(3):
            _move_somewhere(session, instance, chance)
        finish(session, instance)
        savepoint.rollback()
    session.expunge_all()


def _move_somewhere(session: Session, instance: ProcessInstance, chance: random.Random) -> None:
    tasks = instances.open_user_tasks(session, business_key=instance.business_key)
    if not tasks:
        return
    names = [f"u{number}" for number in range(8)] + ["split_", "join_", "sub_", "end"]
    try:
        modification.move_token(
            session,
            instance.id,
            chance.choice(tasks).id,
            chance.choice(names),
            by="olga",
            reason="proef",
        )
    except CannotMoveError:
        return
    session.expire_all()
