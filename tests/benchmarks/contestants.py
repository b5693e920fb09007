"""What the engine benchmark compares: stock SpiffWorkflow, our engine, the bare driver."""

from collections.abc import Iterator, Mapping
from itertools import count
from time import perf_counter
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import begin_process, complete_user_task
from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from processes.late_session import LateSession
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work
from tests.benchmarks import onboarding
from tests.benchmarks.databases import Database
from tests.benchmarks.naive import Stock
from tests.benchmarks.rows import (
    INSTANCE,
    Changes,
    Renamed,
    Snapshot,
    Write,
    changes,
    snapshot,
    writes,
)
from workers.vocabulary import vocabulary

companies = count(10_000_000)

START = "start"
Seconds = dict[str, float]  # step → how long it took


class Contestant(Protocol):
    """Runs one onboarding to the provider's last step, and says how long each step took."""

    def run(self) -> Seconds: ...


class Ours:
    """Our engine through its own front door, with everything on."""

    def __init__(self, database: Database) -> None:
        self._engine = database.open()
        self._steps = onboarding.steps()
        with Session(self._engine) as session:
            deploy(session, onboarding.diagram(), vocabulary=vocabulary(), deployed_by="benchmark")
            session.commit()

    def run(self) -> Seconds:
        return {step: took for step, took, _instance, _kvk in self.each_step()}

    def each_step(self) -> Iterator[tuple[str, float, UUID, str]]:
        """Take the steps one by one, so that somebody can look at the rows between them."""
        kvk = str(next(companies))
        began = perf_counter()
        instance_id = self._start(kvk)
        yield START, perf_counter() - began, instance_id, kvk
        for element_id, answers in self._steps.items():
            task_id = self._open_task(instance_id)
            began = perf_counter()
            self._complete(task_id, kvk, answers)
            yield element_id, perf_counter() - began, instance_id, kvk

    def state_of(self, instance_id: UUID) -> bytes:
        """The state that is stored of an instance."""
        query = select(ProcessInstance.state).where(ProcessInstance.id == instance_id)
        with Session(self._engine) as session:
            return session.execute(query).scalar_one()

    def _start(self, kvk: str) -> UUID:
        with LateSession(self._engine) as session:
            with unit_of_work(session).gathering():  # as the page that begins it does
                instance_id = begin_process(
                    session,
                    onboarding.KEY,
                    business_key=kvk,
                    tenant=kvk,
                    variables=onboarding.started(kvk),
                    started_by=onboarding.ACTOR,
                )
                record_event(session, "onboarding-started", actor=onboarding.ACTOR, kvk=kvk)
            unit_of_work(session).commit()
        return instance_id

    def _complete(self, task_id: UUID, kvk: str, answers: Mapping[str, Any]) -> None:
        with LateSession(self._engine) as session:
            with unit_of_work(session).gathering():  # as the page of a task does
                task = complete_user_task(
                    session, task_id, completed_by=onboarding.ACTOR, variables=answers
                )
                record_event(
                    session,
                    "task-completed",
                    actor=onboarding.ACTOR,
                    kvk=kvk,
                    subject=f"task:{task_id}",
                    element=task.element_id,
                )
            unit_of_work(session).commit()

    def _open_task(self, instance_id: UUID) -> UUID:
        """What the page of the task knows from its address."""
        query = (
            select(UserTask.id)
            .where(UserTask.instance_id == instance_id)
            .where(UserTask.status == TaskStatus.OPEN)
        )
        with Session(self._engine) as session:
            return session.scalars(query).one()


class Trace:
    """What our engine wrote in each step of one onboarding."""

    def __init__(self, database: Database, ours: Ours) -> None:
        self.steps: dict[str, Changes] = {}
        self.state_bytes: dict[str, int] = {}
        bare = database.bare()
        before: Snapshot = {}
        for step, _took, instance_id, self.kvk in ours.each_step():
            owner = instance_id.hex if bare.is_sqlite else instance_id
            after = snapshot(bare, {"id": owner, "instance_id": owner, "kvk": self.kvk})
            self.steps[step] = changes(before, after)
            self.state_bytes[step] = len(ours.state_of(instance_id))
            before = after
        definition = next(iter(before[INSTANCE].values()))["definition_id"]
        self._definition_id = UUID(str(definition))
        bare.close()

    def again(self, database: Database) -> dict[str, list[Write]]:
        """The same steps for another company, as statements ready to be sent."""
        renamed = Renamed(
            self.kvk, str(next(companies)), {self._definition_id: self._definition_id}
        )
        return {step: writes(database, done, renamed) for step, done in self.steps.items()}


class Limit:
    """The same rows in the same number of commits, by the bare driver, and no engine."""

    def __init__(self, database: Database, trace: Trace) -> None:
        self._database, self._trace = database, trace
        self._bare = database.bare()

    def run(self) -> Seconds:
        took = {}
        for step, statements in self._trace.again(self._database).items():
            began = perf_counter()
            self._bare.begin()
            for statement in statements:
                self._bare.run(statement.sql, statement.parameters)
            self._bare.commit()
            took[step] = perf_counter() - began
        return took


class Naive:
    """Stock SpiffWorkflow, the whole instance as JSON read and written in each step."""

    def __init__(self, database: Database, trace: Trace) -> None:
        self._database, self._trace = database, trace
        self._bare = database.bare()
        self._stock = Stock(onboarding.diagram(), onboarding.KEY)
        self._answers = onboarding.steps()
        self.state_bytes: dict[str, int] = {}

    def run(self) -> Seconds:
        took = {}
        planned = self._trace.again(self._database)
        instance_id = _id_in(planned[START])
        for step, statements in planned.items():
            began = perf_counter()
            self._bare.begin()
            blob = self._step(step, instance_id)
            for statement in statements:
                has_state = statement.table == INSTANCE
                given = statement.with_state(blob) if has_state else statement.parameters
                self._bare.run(statement.sql, given)
            self._bare.commit()
            took[step] = perf_counter() - began
            self.state_bytes[step] = len(blob)
        return took

    def _step(self, step: str, instance_id: Any) -> bytes:
        if step == START:
            return self._stock.start(onboarding.started(onboarding.KVK))
        sql = f"SELECT state FROM {INSTANCE} WHERE id = {self._bare.mark}"  # noqa: S608
        _names, ((blob,),) = self._bare.rows(sql, (instance_id,))
        return self._stock.complete(blob, step, self._answers[step])


def _id_in(statements: list[Write]) -> Any:
    """The id of the instance that these statements begin."""
    first = next(write for write in statements if write.table == INSTANCE)
    return first.parameters[first.columns.index("id")]
