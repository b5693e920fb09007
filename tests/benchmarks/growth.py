"""Benchmark: the cost of a step as an instance grows (loop and multi-instance iterations)."""

from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.instances import complete_user_task, start_process
from processes.engine.store.models import TaskStatus, UserTask
from tests.benchmarks.databases import Database
from tests.processes.engine.diagrams import chain, define, flow, node, process, user

LOOP = "loop"
MULTI = "multi"

LOOP_DIAGRAM = process(
    node("startEvent", "start")
    + user("again")
    + node("exclusiveGateway", "more", default="more_to_end")
    + node("endEvent", "end")
    + chain("start", "again", "more", "end")
    + flow("more", "again", "${more}"),
    LOOP,
)
MULTI_DIAGRAM = process(
    node("startEvent", "start")
    + user(
        "assess",
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="offers"'
        ' camunda:elementVariable="offer"/>',
    )
    + node("endEvent", "end")
    + chain("start", "assess", "end"),
    MULTI,
)


class Instances:
    """Starts and completes, and says how long a completion took."""

    def __init__(self, database: Database) -> None:
        self._engine = database.open()
        with Session(self._engine) as session:
            define(session, LOOP_DIAGRAM, LOOP)
            define(session, MULTI_DIAGRAM, MULTI)
            session.commit()

    def start(self, key: str, variables: Mapping[str, Any]) -> UUID:
        with Session(self._engine) as session:
            instance = start_process(session, key, variables=variables, started_by="benchmark")
            instance_id = instance.id
            session.commit()
        return instance_id

    def complete_one(self, instance_id: UUID, **variables: Any) -> float:
        task_id = self._open_task(instance_id)
        began = perf_counter()
        with Session(self._engine) as session:
            complete_user_task(session, task_id, completed_by="benchmark", variables=variables)
            session.commit()
        return perf_counter() - began

    def _open_task(self, instance_id: UUID) -> UUID:
        query = (
            select(UserTask.id)
            .where(UserTask.instance_id == instance_id)
            .where(UserTask.status == TaskStatus.OPEN)
            .limit(1)
        )
        with Session(self._engine) as session:
            return session.scalars(query).one()


def loop_ratio(instances: Instances, *, early: int, late: int, pairs: int) -> float:
    """What a late round of a loop costs, in early rounds; the rounds alternate."""
    old = instances.start(LOOP, {})
    for _ in range(late):
        instances.complete_one(old, more=True)
    ratios = []
    for pair in range(pairs):
        if pair % early == 0:
            young = instances.start(LOOP, {})
            for _ in range(early - early // 2):
                instances.complete_one(young, more=True)
        began = instances.complete_one(young, more=True)
        ratios.append(instances.complete_one(old, more=True) / began)
    return median(ratios)


def multi_instance_ratio(instances: Instances, *, few: int, many: int, pairs: int) -> float:
    """What completing one of many costs, in completions of one of few; they alternate."""
    large = _of(instances, many)
    for _ in range(3):
        instances.complete_one(large)
    ratios = []
    for pair in range(pairs):
        if pair % (few // 2) == 0:
            small = _of(instances, few)
        one_of_few = instances.complete_one(small)
        ratios.append(instances.complete_one(large) / one_of_few)
    return median(ratios)


def _of(instances: Instances, rounds: int) -> UUID:
    return instances.start(MULTI, {"offers": [f"offer {n}" for n in range(rounds)]})
