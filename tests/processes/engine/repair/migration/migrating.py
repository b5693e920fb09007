"""Test helper for migration and modification of instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.repair.migration import impact, runs
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun
from tests.processes.engine.diagrams import chain, define, node, process, straight, user

ENDS = node("startEvent", "start") + node("endEvent", "end")


@dataclass(frozen=True)
class DryRun:
    """What would become of the instances of a version; nothing has been written."""

    old: UUID
    new: UUID
    mapping: Mapping[str, str]
    forecasts: list[runs.Forecast]


def dry_run(
    session: Session, old: UUID, new: UUID, mapping: Mapping[str, str] | None = None
) -> DryRun:
    """Look at all instances of the old version."""
    found = impact.try_out(session, old, new, mapping or {}, limit=1000)
    return DryRun(old, new, mapping or {}, found)


def apply(session: Session, tried: DryRun, *, by: str) -> MigrationRun:
    """Migrate what was looked at, as the jobs of a run do."""
    run = runs.begin_all(session, tried.old, tried.new, tried.mapping, by=by)
    progress = runs.apply_chunk(session, run.id)
    while progress.done < progress.total:
        progress = runs.apply_chunk(session, run.id)
    return run


def items_of(session: Session, run_id: UUID) -> list[MigrationItem]:
    """The outcome of each instance of a run."""
    query = select(MigrationItem).where(MigrationItem.run_id == run_id)
    return list(session.scalars(query.order_by(MigrationItem.outcome, MigrationItem.id)))


def begin(session: Session, body: str, **options: Any) -> tuple[ProcessDefinition, ProcessInstance]:
    """A version of the process `p`, and an instance of it."""
    definition = define(session, process(body, **options))
    instance = instances.start_process(
        session,
        "p",
        business_key="1",
        tenant="1",
        variables={"n": 1, "items": [1, 2]},
        started_by="test",
    )
    return definition, instance


def at(session: Session) -> list[str]:
    """The elements of all open user tasks."""
    return sorted(task.element_id for task in instances.open_user_tasks(session))


def task_at(session: Session, element_id: str) -> UserTask:
    session.expire_all()
    tasks = instances.open_user_tasks(session)
    return next(task for task in tasks if task.element_id == element_id)


def do(session: Session, element_id: str, **variables: Any) -> None:
    instances.complete_user_task(
        session, task_at(session, element_id).id, completed_by="anna", variables=variables
    )


def forecast(
    session: Session,
    old: ProcessDefinition,
    body: str,
    mapping: dict[str, str] | None = None,
    **options: Any,
) -> runs.Forecast:
    """What the dry run says of the only instance, for a new version with this body."""
    new = define(session, process(body, **options))
    (found,) = dry_run(session, old.id, new.id, mapping).forecasts
    return found


def migrate(
    session: Session,
    old: ProcessDefinition,
    body: str,
    mapping: dict[str, str] | None = None,
    **options: Any,
) -> MigrationItem:
    """Move the only instance to a new version with this body, which must go well."""
    new = define(session, process(body, **options))
    plan = dry_run(session, old.id, new.id, mapping)
    assert [each.reason for each in plan.forecasts] == [""]
    run = apply(session, plan, by="olga")
    (item,) = items_of(session, run.id)
    assert item.outcome == MigrationOutcome.MIGRATED, item.reason
    session.expire_all()
    return item


def has_ended(session: Session, instance: ProcessInstance) -> bool:
    session.refresh(instance)
    return instance.status == InstanceStatus.COMPLETED


def both(*branches: tuple[str, ...], join: str = "parallelGateway") -> str:
    """A split, these branches of user tasks, a join, and one task after it."""
    tasks = "".join(user(id_) for branch in branches for id_ in branch)
    flows = "".join(chain("split", *branch, "join") for branch in branches)
    gateways = node("parallelGateway", "split") + node(join, "join")
    return ENDS + gateways + user("after") + tasks + flows + (
        chain("start", "split") + chain("join", "after", "end")
    )  # fmt: skip


def inside(body: str, edge: str = "") -> str:
    own = node("startEvent", "s2") + node("endEvent", "e2") + body
    return straight(node("subProcess", "sub", own), user("after"), ids=("sub", "after")) + edge


def many(id_: str, collection: str = "items", *, sequential: str = "false") -> str:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
        f' camunda:collection="{collection}" camunda:elementVariable="item"/>'
    )
    return user(id_, loop)


def choice(*events: tuple[str, str]) -> str:
    drawn = "".join(node("intermediateCatchEvent", id_, inner) for id_, inner in events)
    flows = "".join(chain("choose", id_, f"after_{id_}", "end") for id_, _ in events)
    tasks = "".join(user(f"after_{id_}") for id_, _ in events)
    return ENDS + node("eventBasedGateway", "choose") + drawn + tasks + flows + (
        chain("start", "choose")
    )  # fmt: skip
