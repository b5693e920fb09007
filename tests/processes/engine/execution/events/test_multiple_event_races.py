"""Two things that happen at one event at the same instant: exactly one wins, or both count once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.execution.events import messages, timers
from processes.engine.insight import history
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import ActivityInstance, MessageSubscription, Timer, UserTask
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.execution.test_races import Act, at_once
from tests.sizes import so_many

ROUNDS = so_many(10, when_long=50)
THREE = message("m") + signal("s") + timer("timeDuration", "PT1H")
BOTH = message("m") + signal("s")


@pytest.fixture
def engine(own_engine: Engine) -> Iterator[Engine]:
    first = node("intermediateCatchEvent", "wait", THREE)
    every = node("intermediateCatchEvent", "wait", BOTH, parallelMultiple="true")
    edge = user("a") + boundary("e", "a", THREE) + chain("e", "b")
    drawn = {
        "first": straight(first, user("b"), ids=("wait", "b")),
        "every": straight(every, user("b"), ids=("wait", "b")),
        "edge": straight(edge, ids=("a",)) + user("b") + chain("b", "end"),
    }
    with Session(own_engine) as session:
        for key, body in drawn.items():
            xml = process(body, key=key, messages=("m",), signals=("s",))
            define(session, xml, key)
        session.commit()
    yield own_engine
    set_clock(None)


def begin(engine: Engine, key: str, number: int) -> UUID:
    with Session(engine) as session:
        instance = instances.start_process(
            session, key, business_key=f"{key}{number}", started_by="anna"
        )
        session.commit()
        return instance.id


def send(business_key: str) -> Act:
    return lambda session: messages.send_message(session, "m", correlation_key=business_key)


def sound(session: Session) -> int:
    return messages.send_signal(session, "s")


def fire(engine: Engine, instance_id: UUID) -> Act:
    """Let the timer of this instance, due from now on, fire."""
    with Session(engine) as session:
        timer_id = session.scalars(select(Timer.id).filter_by(instance_id=instance_id)).one()
    set_clock(lambda: datetime.now(UTC) + timedelta(hours=2))
    return lambda session: timers.fire(session, timer_id)


def left(engine: Engine, instance_id: UUID) -> tuple[list[str], int]:
    """Where the instance waits, and how many timers and subscriptions it has."""
    with Session(engine) as session:
        rows = (
            session.scalar(
                select(func.count()).select_from(each).filter_by(instance_id=instance_id)
            )
            for each in (Timer, MessageSubscription)
        )
        return history.waiting_at(session, instance_id), sum(each or 0 for each in rows)


def how_often(engine: Engine, instance_id: UUID, element_id: str) -> int | None:
    with Session(engine) as session:
        rows = select(func.count()).select_from(ActivityInstance)
        return session.scalar(rows.filter_by(instance_id=instance_id, element_id=element_id))


def test_of_a_message_a_signal_and_a_timer_one_wins(engine: Engine) -> None:
    for number in range(ROUNDS):
        id_ = begin(engine, "first", number)
        outcomes = at_once(engine, send(f"first{number}"), sound, fire(engine, id_))
        set_clock(None)
        assert sum(map(int, outcomes)) == 1, outcomes
        assert left(engine, id_) == (["b"], 0)
        assert how_often(engine, id_, "wait") == 1
        with Session(engine) as session:
            kept = session.scalars(select(BufferedMessage.correlation_key)).all()
            assert (f"first{number}" in kept) is not outcomes[0]


def test_what_happens_on_an_edge_and_the_end_of_the_task_take_one_path(engine: Engine) -> None:
    for number in range(ROUNDS):
        id_ = begin(engine, "edge", number)
        with Session(engine) as session:
            task_id = session.scalars(select(UserTask.id).filter_by(instance_id=id_)).one()

        def complete(session: Session, task_id: UUID = task_id) -> bool:
            instances.complete_user_task(session, task_id, completed_by="anna", variables={})
            return True

        *caught, done = at_once(engine, send(f"edge{number}"), sound, complete)
        ended_by_event = isinstance(done, instances.TaskNotOpenError)
        assert sum(map(int, caught)) == int(ended_by_event), (caught, done)
        assert left(engine, id_) == (["b"] if ended_by_event else [], 0)


def test_where_all_are_needed_each_counts_once(engine: Engine) -> None:
    for number in range(ROUNDS):
        id_ = begin(engine, "every", number)
        assert at_once(engine, send(f"every{number}"), sound) == [True, 1]
        assert left(engine, id_) == (["b"], 0)
        assert how_often(engine, id_, "wait") == 1
