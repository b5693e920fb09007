"""A migration, and at the same instant somebody who goes on with the instance: nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification
from processes.engine.repair.migration import runs
from processes.engine.store.models import Job, ProcessDefinition, ProcessInstance, UserTask
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import define, job, node, process, straight, user
from tests.processes.engine.execution.test_races import Act, at_once
from tests.processes.engine.repair.migration.migrating import items_of
from tests.sizes import so_many

ROUNDS = so_many(20, when_long=50)


def body(wait: str, *more: str) -> bytes:
    """A task or wait of this name, one task after it, and perhaps more."""
    drawn = {
        "ask": user("ask"),
        "send": job("send", "mail"),
        "hear": node("receiveTask", "hear", messageRef="message_paid"),
        "listen": node("receiveTask", "listen", messageRef="message_paid"),
    }
    ids = (wait, "after", *more)
    return process(
        straight(drawn[wait], *(user(id_) for id_ in ids[1:]), ids=ids), messages=("paid",)
    )


class Round:
    """An instance on the old version, and a run that is about to move it to the new one."""

    def __init__(self, engine: Engine, old: bytes, new: bytes, mapping: dict[str, str]) -> None:
        with Session(engine) as session:
            from_id = define(session, old).id
            instance = instances.start_process(session, "p", started_by="test")
            self.to_id = define(session, new).id
            self.run_id = runs.begin_all(session, from_id, self.to_id, mapping, by="olga").id
            self.id = instance.id
            session.commit()

    def migrate(self, session: Session) -> MigrationOutcome:
        runs.apply_chunk(session, self.run_id)
        return items_of(session, self.run_id)[0].outcome

    def where(self, session: Session) -> tuple[UUID, list[str]]:
        instance = session.get_one(ProcessInstance, self.id)
        return instance.definition_id, [each.element_id for each in why_waiting(session, self.id)]


def completes(chosen: Round) -> Act:
    def act(session: Session) -> str:
        (id_,) = session.scalars(
            select(UserTask.id).filter_by(instance_id=chosen.id, element_id="ask")
        )
        instances.complete_user_task(session, id_, completed_by="anna", variables={"said": 1})
        return "completed"

    return act


def finishes(chosen: Round) -> Act:
    def act(session: Session) -> bool:
        (id_,) = session.scalars(select(Job.id).filter_by(instance_id=chosen.id))
        claimed = jobs.claim(session, id_, owner="w", lease=timedelta(minutes=1))
        session.commit()
        assert claimed is not None
        return jobs.finish(session, id_, "w", 1, {"said": 1})

    return act


def hears(_chosen: Round) -> Act:
    return lambda session: messages.send_message(
        session, "paid", correlation_key=None, variables={"said": 1}
    )


@pytest.mark.parametrize(
    ("old", "new", "mapping", "goes_on"),
    [
        (body("ask"), body("ask", "more"), {}, completes),
        (body("send"), body("send", "more"), {}, finishes),
        (body("hear"), body("listen", "more"), {"hear": "listen"}, hears),
    ],
    ids=["task", "job", "message"],
)
def test_a_step_and_a_migration_both_succeed(
    own_engine: Engine,
    old: bytes,
    new: bytes,
    mapping: dict[str, str],
    goes_on: Callable[[Round], Act],
) -> None:
    for _ in range(ROUNDS):
        chosen = Round(own_engine, old, new, mapping)

        outcomes = at_once(own_engine, chosen.migrate, goes_on(chosen))

        assert outcomes == [MigrationOutcome.MIGRATED, outcomes[1]], outcomes
        assert outcomes[1] in (True, "completed"), outcomes
        with Session(own_engine) as session:
            assert chosen.where(session) == (chosen.to_id, ["after"])
            instance = session.get_one(ProcessInstance, chosen.id)
            assert instances.variables(session, instance)["said"] == 1
            instances.cancel(session, chosen.id, by="test")
            session.commit()


def test_of_a_move_and_a_submit_one_wins(own_engine: Engine) -> None:
    for _ in range(ROUNDS):
        chosen = Round(own_engine, body("ask", "x"), body("ask"), {})
        with Session(own_engine) as session:
            token = session.scalars(select(UserTask.id).filter_by(instance_id=chosen.id)).one()

        def move(session: Session, chosen: Round = chosen, token: UUID = token) -> str:
            modification.move_token(session, chosen.id, token, "x", by="olga", reason="proef")
            return "moved"

        outcomes = at_once(own_engine, move, completes(chosen))

        refusals = (CannotMoveError, instances.TaskNotOpenError)
        assert sum(isinstance(each, refusals) for each in outcomes) == 1, outcomes
        with Session(own_engine) as session:
            moved = outcomes[0] == "moved"
            assert chosen.where(session)[1] == (["x"] if moved else ["after"])


def test_an_undo_and_a_submit_never_lose_the_submit(own_engine: Engine) -> None:
    for _ in range(ROUNDS):
        chosen = Round(own_engine, body("ask"), body("ask", "more"), {})
        with Session(own_engine) as session:
            chosen.migrate(session)
            session.commit()

        def undo(session: Session, chosen: Round = chosen) -> MigrationOutcome:
            (item,) = runs.undo(session, chosen.run_id, by="olga")
            return item.outcome

        outcomes = at_once(own_engine, undo, completes(chosen))

        assert outcomes[1] == "completed", outcomes
        assert outcomes[0] in (MigrationOutcome.UNDONE, MigrationOutcome.MIGRATED)
        with Session(own_engine) as session:
            definition_id, waits = chosen.where(session)
            version = session.get_one(ProcessDefinition, definition_id).version
            undone = outcomes[0] == MigrationOutcome.UNDONE
            newest = session.get_one(ProcessDefinition, chosen.to_id).version
            assert (version, waits) == (newest - undone, ["after"])
