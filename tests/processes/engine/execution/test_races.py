"""Two that act at the same instant: one wins or both do, and nothing is lost; many times each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages, timers
from processes.engine.insight import history
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    Timer,
    UserTask,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.sizes import so_many

ROUNDS = so_many(20, when_long=50)
LEASE = timedelta(minutes=5)

Act = Callable[[Session], Any]

BODY = (
    node("startEvent", "start")
    + node("parallelGateway", "split")
    + user("a")
    + user("b")
    + job("mail")
    + node("parallelGateway", "join")
    + user("after")
    + node("endEvent", "end")
    + boundary("late", "a", timer("timeDuration", "PT1H"))
    + user("chase")
    + chain("start", "split", "a", "join", "after", "end")
    + chain("split", "b", "join")
    + chain("split", "mail", "join")
    + chain("late", "chase", "end")
)


@pytest.fixture
def engine(own_engine: Engine) -> Iterator[Engine]:
    with Session(own_engine) as session:
        define(session, process(BODY))
        catch = node("intermediateCatchEvent", "wait", message("paid"))
        waits = straight(catch, user("b"), ids=("wait", "b"))
        define(session, process(waits, key="waits", messages=("paid",)), "waits")
        session.commit()
    yield own_engine
    set_clock(None)


def at_once(engine: Engine, *acts: Act) -> list[Any]:
    """Each act in its own thread and transaction, all let go together; what came of each."""
    barrier = Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        with Session(engine) as session:
            barrier.wait()
            try:
                outcomes[number] = act(session)
                session.commit()
            except Exception as error:  # noqa: BLE001 - what it was is what the test looks at
                session.rollback()
                outcomes[number] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class Round:
    """One instance, with its tasks and its job."""

    def __init__(self, engine: Engine) -> None:
        with Session(engine) as session:
            instance = instances.start_process(session, "p", started_by="test")
            self.id = instance.id
            self.tasks = {
                task.element_id: task.id
                for task in session.scalars(select(UserTask).filter_by(instance_id=instance.id))
            }
            self.job = session.scalars(select(Job.id).filter_by(instance_id=instance.id)).one()
            session.commit()

    def complete(self, name: str, by: str = "anna", submission: UUID | None = None) -> Act:
        def act(session: Session) -> str:
            task = instances.complete_user_task(
                session,
                self.tasks[name],
                completed_by=by,
                variables={f"from_{name}": by},
                submission_id=submission,
            )
            return task.completed_by

        return act


def open_names(session: Session, instance_id: UUID) -> list[str]:
    return history.waiting_at(session, instance_id)


def test_of_two_users_of_one_task_the_first_wins(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)
        outcomes = at_once(engine, this.complete("a", "anna"), this.complete("a", "bert"))

        lost = [each for each in outcomes if isinstance(each, instances.TaskNotOpenError)]
        won = [each for each in outcomes if isinstance(each, str)]
        assert (len(won), len(lost)) == (1, 1), outcomes
        with Session(engine) as session:
            instance = session.get_one(ProcessInstance, this.id)
            assert instances.variables(session, instance)["from_a"] == won[0]


def test_one_submission_sent_twice_is_one_step_answered_twice(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)
        submission = uuid4()
        act = this.complete("a", "anna", submission)

        assert at_once(engine, act, act) == ["anna", "anna"]
        with Session(engine) as session:
            passed = select(func.count()).select_from(ActivityInstance)
            assert session.scalar(passed.filter_by(instance_id=this.id, element_id="a")) == 1


def test_two_parallel_tasks_and_a_job_all_succeed_and_the_join_fires_once(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)

        def finish(session: Session, job_id: UUID = this.job) -> bool:
            claimed = jobs.claim(session, job_id, owner="w", lease=LEASE)
            session.commit()
            assert claimed is not None
            return jobs.finish(session, job_id, "w", 1, {"sent": True})

        outcomes = at_once(engine, this.complete("a"), this.complete("b"), finish)
        assert outcomes == ["anna", "anna", True]
        with Session(engine) as session:
            assert open_names(session, this.id) == ["after"]
            instance = session.get_one(ProcessInstance, this.id)
            assert instances.variables(session, instance) == {
                "from_a": "anna",
                "from_b": "anna",
                "sent": True,
            }


def test_a_job_that_ends_while_its_instance_is_cancelled_is_either_not_both(
    engine: Engine,
) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)
        with Session(engine) as session:
            jobs.claim(session, this.job, owner="w", lease=LEASE)
            session.commit()

        def cancel(session: Session, id_: UUID = this.id) -> None:
            instances.cancel(session, id_, by="olga")

        def finish(session: Session, job_id: UUID = this.job) -> bool:
            return jobs.finish(session, job_id, "w", 1, {"sent": True})

        _, finished = at_once(engine, cancel, finish)
        with Session(engine) as session:
            assert session.get_one(ProcessInstance, this.id).status == InstanceStatus.CANCELLED
            status = session.get_one(Job, this.job).status
            assert status == (JobStatus.DONE if finished is True else JobStatus.CANCELLED)
            assert open_names(session, this.id) == []


def test_a_timer_and_the_completion_of_its_task_take_one_path(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)
        with Session(engine) as session:
            timer_id = session.scalars(select(Timer.id).filter_by(instance_id=this.id)).one()
        set_clock(lambda: datetime.now(UTC) + timedelta(hours=2))

        def fire(session: Session, id_: UUID = timer_id) -> bool:
            return timers.fire(session, id_)

        fired, completed = at_once(engine, fire, this.complete("a"))
        set_clock(None)
        with Session(engine) as session:
            chased = "chase" in open_names(session, this.id)
        assert chased is fired
        assert isinstance(completed, instances.TaskNotOpenError) is fired


def test_one_timer_fired_by_two_sweepers_fires_once(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)
        with Session(engine) as session:
            timer_id = session.scalars(select(Timer.id).filter_by(instance_id=this.id)).one()
        set_clock(lambda: datetime.now(UTC) + timedelta(hours=2))

        def fire(session: Session, id_: UUID = timer_id) -> bool:
            return timers.fire(session, id_)

        assert sorted(at_once(engine, fire, fire)) == [False, True]
        set_clock(None)


def test_of_two_workers_one_gets_the_job(engine: Engine) -> None:
    for _ in range(ROUNDS):
        this = Round(engine)

        def claim(session: Session, job_id: UUID = this.job) -> bool:
            return jobs.claim(session, job_id, owner=str(uuid4()), lease=LEASE) is not None

        assert sorted(at_once(engine, claim, claim)) == [False, True]


def test_of_two_starts_with_one_business_key_one_starts(engine: Engine) -> None:
    for number in range(ROUNDS):

        def begin(session: Session, key: str = str(number)) -> UUID:
            return instances.start_process(session, "p", business_key=key, started_by="anna").id

        outcomes = at_once(engine, begin, begin)
        (started,) = [each for each in outcomes if isinstance(each, UUID)]
        (refused,) = [each for each in outcomes if not isinstance(each, UUID)]
        assert isinstance(refused, instances.AlreadyRunningError)
        assert refused.instance_id == started


def test_a_message_sent_twice_at_once_is_caught_once_and_kept_once(engine: Engine) -> None:
    for number in range(ROUNDS):
        key = f"m{number}"
        with Session(engine) as session:
            waiting = instances.start_process(session, "waits", business_key=key, started_by="anna")
            instance_id = waiting.id
            session.commit()

        def send(session: Session, key: str = key) -> bool:
            return messages.send_message(session, "paid", correlation_key=key)

        outcomes = at_once(engine, send, send)
        assert True in outcomes
        with Session(engine) as session:
            assert open_names(session, instance_id) == ["b"]
            kept = select(func.count()).select_from(BufferedMessage)
            assert session.scalar(kept.filter_by(correlation_key=key)) == 1


def test_a_message_that_comes_as_its_catcher_is_made_is_not_left_lying(engine: Engine) -> None:
    for number in range(ROUNDS):
        key = f"k{number}"

        def send(session: Session, key: str = key) -> bool:
            return messages.send_message(session, "paid", correlation_key=key)

        def begin(session: Session, key: str = key) -> UUID:
            return instances.start_process(session, "waits", business_key=key, started_by="anna").id

        _, instance_id = at_once(engine, send, begin)
        with Session(engine) as session:
            for message_id in messages.matching_buffered_messages(session, 10):
                assert messages.deliver_buffered(session, message_id)
            assert open_names(session, instance_id) == ["b"]
            session.commit()
