"""Whoever migrates half-way gets the same open tasks as whoever began in the new version."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.interpreter import workflow
from processes.engine.store.models import ProcessInstance
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    node,
    process,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import apply, dry_run

MAX_STEPS = 60
PAIRS = {  # what splits, and what joins
    "parallel": ("parallelGateway", "parallelGateway"),
    "inclusive": ("inclusiveGateway", "inclusiveGateway"),
    "choice": ("exclusiveGateway", "exclusiveGateway"),
    "flows": ("task", "parallelGateway"),
    "conditions": ("task", "inclusiveGateway"),
}
CONDITIONS = {"choice": "${n > 1}", "inclusive": "${n > 0}", "conditions": "${n > 0}"}
ROUNDS = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="items"'
    ' camunda:elementVariable="item"/>'
)


@dataclass
class Drawing:
    """A random block diagram: sequences, choices, parallel branches, subprocesses."""

    nodes: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    tasks: int = 0
    added: int = 0

    def task(self, prefix: str = "u", inner: str = "") -> tuple[str, str]:
        number = self.tasks if prefix == "u" else self.added
        id_ = f"{prefix}{number}"
        self.nodes.append(user(id_, inner))
        if prefix == "u":
            self.tasks += 1
        else:
            self.added += 1
        return id_, id_

    def guard(self, id_: str) -> None:
        """Draw an event on the edge of a task, to an end of its own."""
        edge, end = f"edge_{id_}", f"end_{id_}"
        self.nodes += [boundary(edge, id_, timer("timeDuration", "P1D")), node("endEvent", end)]
        self.flows.append(flow(edge, end))


@dataclass(frozen=True)
class Block:
    kind: str  # task, many, sequence, inside, or how it splits and joins
    parts: tuple["Block", ...] = ()


blocks = st.recursive(
    st.sampled_from([Block("task"), Block("task"), Block("many")]),
    lambda inner: st.builds(
        Block,
        st.sampled_from(["sequence", "inside", *PAIRS]),
        st.lists(inner, min_size=2, max_size=2).map(tuple),
    ),
    max_leaves=6,
)


def draw(drawing: Drawing, block: Block, extra: random.Random | None, name: str) -> tuple[str, str]:
    """Draw a block; with `extra`, tasks are added in front of others here and there."""
    if block.kind in ("task", "many"):
        first, last = drawing.task(inner=ROUNDS if block.kind == "many" else "")
        if extra and extra.random() < 0.3:
            drawing.guard(first)
        if extra and extra.random() < 0.4:
            added, _ = drawing.task("x")
            drawing.flows.append(flow(last, added))
            return first, added
        return first, last
    if block.kind == "inside":
        return _subprocess(drawing, block, extra, name)
    parts = [draw(drawing, part, extra, f"{name}{i}") for i, part in enumerate(block.parts)]
    if block.kind == "sequence":
        drawing.flows += [flow(parts[0][1], parts[1][0])]
        return parts[0][0], parts[1][1]
    kind, joining = PAIRS[block.kind]
    split, join = f"split{name}", f"join{name}"
    options = {"default": f"{split}_to_{parts[0][0]}"} if block.kind == "choice" else {}
    drawing.nodes += [node(kind, split, **options), node(joining, join)]
    for number, (first, last) in enumerate(parts):
        condition = CONDITIONS.get(block.kind, "")
        if block.kind == "choice" and not number:
            condition = ""
        drawing.flows += [flow(split, first, condition), flow(last, join)]
    return split, join


def _subprocess(
    drawing: Drawing, block: Block, extra: random.Random | None, name: str
) -> tuple[str, str]:
    inner = Drawing(tasks=drawing.tasks, added=drawing.added)
    first, last = draw(inner, Block("sequence", block.parts), extra, name)
    start, end, id_ = f"s{name}", f"e{name}", f"sub{name}"
    inner.flows += [flow(start, first), flow(last, end)]
    events = node("startEvent", start) + node("endEvent", end)
    body = events + "".join(inner.nodes) + "".join(inner.flows)
    drawing.nodes.append(node("subProcess", id_, body))
    drawing.tasks, drawing.added = inner.tasks, inner.added
    return id_, id_


def diagram(block: Block, extra: random.Random | None = None) -> bytes:
    drawing = Drawing()
    first, last = draw(drawing, block, extra, "_")
    drawing.flows += [chain("start", first), chain(last, "end")]
    events = node("startEvent", "start") + node("endEvent", "end")
    return process(events + "".join(drawing.nodes) + "".join(drawing.flows))


def start(session: Session, key: str) -> ProcessInstance:
    return instances.start_process(
        session, "p", business_key=key, variables={"n": 1, "items": [1, 2]}, started_by="test"
    )


def open_at(session: Session, instance: ProcessInstance) -> list[str]:
    tasks = instances.open_user_tasks(session, business_key=instance.business_key)
    return sorted(task.element_id for task in tasks)


def walk(session: Session, instance: ProcessInstance, element_ids: list[str]) -> None:
    for element_id in element_ids:
        tasks = instances.open_user_tasks(session, business_key=instance.business_key)
        task = next(each for each in tasks if each.element_id == element_id)
        instances.complete_user_task(
            session, task.id, completed_by="anna", variables={f"by_{element_id}": element_id}
        )


def some_steps(session: Session, instance: ProcessInstance, chance: random.Random) -> list[str]:
    """Complete some tasks in a random order; which ones, in order."""
    walked: list[str] = []
    for _ in range(chance.randrange(6)):
        waiting = open_at(session, instance)
        if not waiting:
            break
        walked.append(chance.choice(waiting))
        walk(session, instance, walked[-1:])
    return walked


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried here is where tokens go; a busy machine must not end a turn."""
    monkeypatch.setattr(workflow, "MAX_SECONDS", 60.0)


@given(block=blocks, seed=st.integers(0, 2**16))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_migrated_instance_goes_the_way_of_one_that_began_in_the_new_version(
    session: Session, block: Block, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that can be run again
    key = f"{seed}-{chance.random()}"
    with session.begin_nested() as savepoint:
        old = define(session, diagram(block))
        moved = start(session, f"{key}-moved")
        walked = some_steps(session, moved, chance)
        new = define(session, diagram(block, random.Random(seed)))  # noqa: S311 - can be run again
        fresh = start(session, f"{key}-fresh")

        plan = dry_run(session, old.id, new.id)
        if [each.outcome for each in plan.forecasts] == [MigrationOutcome.PENDING]:
            apply(session, plan, by="olga")
            session.expire_all()
            _catch_up(session, fresh, walked)
            _end_alike(session, moved, fresh)
        savepoint.rollback()
    session.expunge_all()


def _catch_up(session: Session, fresh: ProcessInstance, walked: list[str]) -> None:
    """Walk the same tasks, and what the new version added behind each of them."""
    for element_id in walked:
        while element_id not in open_at(session, fresh):
            walk(session, fresh, [next(e for e in open_at(session, fresh) if e[0] == "x")])
        walk(session, fresh, [element_id])


def _end_alike(session: Session, moved: ProcessInstance, fresh: ProcessInstance) -> None:
    """The same tasks stay to be done, but for those added where the migrated one had been."""
    for _ in range(MAX_STEPS):
        waiting = open_at(session, moved)
        theirs = open_at(session, fresh)
        if behind := [each for each in theirs if each[0] == "x" and each not in waiting]:
            walk(session, fresh, behind[:1])
            continue
        assert waiting == theirs
        if not waiting:
            break
        walk(session, moved, waiting[:1])
        walk(session, fresh, waiting[:1])
    session.refresh(moved)
    session.refresh(fresh)
    assert moved.status == fresh.status == "completed"
    mine, theirs_too = (instances.variables(session, each) for each in (moved, fresh))
    assert mine.items() <= theirs_too.items()
