"""Each step in a session of its own, late or not: the same rows, state and variables.

A late session writes on the driver's connection, until a delegate or reader asks SQLAlchemy.
"""

import random
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.base import new_id
from processes.engine.execution import instances, jobs, steps
from processes.engine.interpreter import cache, codec
from processes.engine.registry import delegate as register
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    Job,
    JobStatus,
    ProcessInstance,
    UserTask,
)
from processes.late_session import LateSession
from processes.register.changes import AuditEvent, record_event
from processes.unit_of_work import unit_of_work
from tests.conftest import empty
from tests.processes.engine.diagrams import define, delegate, job, process, straight, user
from tests.processes.engine.execution.test_jobs import LEASE
from tests.processes.engine.interpreter.replay.test_walks_again import straight_blocks
from tests.processes.engine.interpreter.walks.drawings import value_for
from tests.processes.engine.interpreter.walks.wider_blocks import wider_drawn
from tests.sizes import so_many

Kind: TypeAlias = type[Session]
KINDS: tuple[Kind, ...] = (Session, LateSession)
MOST_STEPS = so_many(6, when_long=20)


def begun(engine: Engine, kind: Kind) -> UUID:
    with kind(engine) as session:
        id_ = instances.begin_process(session, "p", business_key=str(new_id()), started_by="walk")
        unit_of_work(session).commit()
    return id_


def completed(engine: Engine, kind: Kind, task_id: UUID, variables: dict[str, Any]) -> None:
    with kind(engine) as session:
        with unit_of_work(session).gathering():
            instances.complete_user_task(session, task_id, completed_by="walk", variables=variables)
            record_event(session, "task-completed", actor="walk", subject=f"task:{task_id}")
        unit_of_work(session).commit()


def open_tasks(engine: Engine, id_: UUID) -> list[tuple[str, UUID]]:
    """The open tasks by element; of the rounds of one, in the order of the tree."""
    with Session(engine) as session:
        waits = steps.read(session, session.get_one(ProcessInstance, id_)).waits()
    return [(wait.element.id, wait.token_id) for wait in waits if wait.kind == "user"]


def written(engine: Engine, id_: UUID) -> list[Any]:
    """All rows of an instance, but for ids and moments."""
    with Session(engine) as session:
        instance = session.get_one(ProcessInstance, id_)
        tasks = session.scalars(select(UserTask).where(UserTask.instance_id == id_)).all()
        visits = session.scalars(
            select(ActivityInstance).where(ActivityInstance.instance_id == id_)
        ).all()
        made = session.scalars(select(Job).where(Job.instance_id == id_)).all()
        ids = {task.id for task in tasks}
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject.in_([f"task:{each}" for each in ids]))
        ).all()
        _completed, success, data, tree, inner, completions = codec.content(instance.state)
        return [
            [instance.status, instance.row_version, instance.ended_at is None],
            [success, data, len(inner), completions, [[*row[:3], *row[5:]] for row in tree]],
            instances.variables(session, instance),
            sorted(str((t.element_id, t.status, t.completed_by, t.candidate_group)) for t in tasks),
            sorted(str((v.element_id, v.result, v.actor, v.chosen, v.id in ids)) for v in visits),
            sorted(str((j.element_id, j.topic, j.status, j.arguments)) for j in made),
            sorted(str((event.action, event.actor)) for event in events),
        ]


def walk(engine: Engine, kind: Kind, seed: int) -> list[list[Any]]:
    """What each step wrote of an instance that goes as chance wants."""
    chance = random.Random(seed)  # noqa: S311 - moves, no secrets
    id_ = begun(engine, kind)
    seen = [written(engine, id_)]
    for step in range(1, MOST_STEPS):
        tasks = open_tasks(engine, id_)
        if not tasks:
            break
        name = chance.choice(sorted({name for name, _ in tasks}))
        task_id = next(id_ for its_name, id_ in tasks if its_name == name)
        completed(engine, kind, task_id, {name: value_for(chance.choice([0, 1, 2]), step)})
        seen.append(written(engine, id_))
    return seen


@pytest.fixture
def _nothing_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 0)


@pytest.mark.usefixtures("_nothing_cached")
@settings(max_examples=so_many(4, when_long=200), suppress_health_check=list(HealthCheck))
@given(block=straight_blocks(), seed=st.integers(0, 10**6))
def test_a_walk_in_late_sessions_writes_the_same(own_engine: Engine, block: Any, seed: int) -> None:
    with own_engine.begin() as connection:
        empty(connection)
    with Session(own_engine) as session:
        define(session, wider_drawn(block))
        session.commit()
    usual, late, again = (walk(own_engine, kind, seed) for kind in (*KINDS, LateSession))
    assert usual == late == again


def onboarding(engine: Engine, *, fails: bool) -> None:
    """A task, a delegate that writes by the ORM, a job, a task."""

    def note(session: Session) -> dict[str, Any]:
        session.add(AuditEvent(action="delegate", actor="test"))
        session.flush()
        if fails:
            raise ValueError
        return {"noted": True}

    register("note", title="Note")(note)
    drawn = straight(
        user("a"), delegate("note"), job("mail"), user("b"), ids=("a", "note", "mail", "b")
    )
    with Session(engine) as session:
        define(session, process(drawn))
        session.commit()


@pytest.mark.parametrize("times", [1, 3])
def test_a_delegate_that_asks_writes_in_the_same_transaction(
    own_engine: Engine, times: int
) -> None:
    onboarding(own_engine, fails=False)
    seen = {}
    for kind in KINDS:
        for _ in range(times):  # the later ones are replayed
            id_ = begun(own_engine, kind)
            ((_, task_id),) = open_tasks(own_engine, id_)
            completed(own_engine, kind, task_id, {"x": 1})
            with kind(own_engine) as session:
                job_id = session.scalars(select(Job.id).where(Job.instance_id == id_)).one()
                session.rollback()
                claimed = jobs.claim(session, job_id, owner="w", lease=LEASE)
                assert claimed is not None
                unit_of_work(session).commit()
                assert jobs.finish(session, job_id, "w", claimed.attempts, {"y": 2})
                unit_of_work(session).commit()
        seen[kind] = written(own_engine, id_)
    assert seen[Session] == seen[LateSession]
    with Session(own_engine) as session:
        noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "delegate")).all()
        assert len(noted) == 2 * times
        assert set(session.scalars(select(Job.status))) == {JobStatus.DONE}


@pytest.mark.parametrize("kind", KINDS)
def test_a_delegate_that_fails_leaves_its_incident_and_nothing_else(
    own_engine: Engine, kind: Kind
) -> None:
    onboarding(own_engine, fails=True)
    id_ = begun(own_engine, kind)
    before = written(own_engine, id_)
    ((_, task_id),) = open_tasks(own_engine, id_)
    with kind(own_engine) as session:
        with pytest.raises(steps.StepFailedError):
            instances.complete_user_task(session, task_id, completed_by="walk", variables={})
        unit_of_work(session).commit()
    assert written(own_engine, id_) == before
    with Session(own_engine) as session:
        assert session.scalars(select(Incident.instance_id)).all() == [id_]
        assert session.scalars(select(AuditEvent)).all() == []
