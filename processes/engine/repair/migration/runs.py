"""Migration runs: dry run on copies, then instance by instance in chunks, undoable."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.execution.events.delivery import OPEN
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import snapshots
from processes.engine.repair.migration import step
from processes.engine.repair.migration.step import Route
from processes.engine.repair.snapshots import NotUndoableError
from processes.engine.sentences.catalogue import say
from processes.engine.store import rows
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.rows import LockedInstance
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun

CLEAN = MigrationOutcome.PENDING
CHUNK = 100


class OtherProcessError(ValueError):
    """The two versions belong to different processes."""


@dataclass(frozen=True)
class Forecast:
    """The dry-run outcome of one instance."""

    instance_id: UUID
    business_key: str | None
    outcome: MigrationOutcome  # pending: clean, it can move
    reason: str = ""  # Dutch, for the process owner
    element_id: str | None = None
    waits_at: tuple[str, ...] = ()  # the elements at which it waits now


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    done: int
    total: int
    failed: int  # blocked, or in need of a mapping


def running_on(definition_id: UUID) -> Select[*tuple[Any, ...]]:
    """The instances that run on this version, the oldest first, as `forecast` reads them."""
    return (
        select(*rows.LOCKED)
        .where(ProcessInstance.definition_id == definition_id)
        .where(ProcessInstance.status.in_(OPEN))
        .order_by(ProcessInstance.started_at, ProcessInstance.id)
    )


def begin_all(
    session: Session,
    from_definition_id: UUID,
    to_definition_id: UUID,
    mapping: Mapping[str, str],
    *,
    by: str,
) -> MigrationRun:
    """Store a run of all active instances of a version; each is tried at its turn."""
    run = _begin(session, from_definition_id, to_definition_id, mapping, by)
    ids = session.scalars(running_on(from_definition_id).with_only_columns(ProcessInstance.id))
    session.add_all(
        MigrationItem(run_id=run.id, instance_id=id_, outcome=MigrationOutcome.PENDING)
        for id_ in ids.all()
    )
    session.flush()
    return run


def _begin(
    session: Session, old_id: UUID, new_id: UUID, mapping: Mapping[str, str], by: str
) -> MigrationRun:
    route_between(session, old_id, new_id, mapping)
    run = MigrationRun(
        from_definition_id=old_id,
        to_definition_id=new_id,
        mapping=dict(mapping),
        started_by=by,
    )
    session.add(run)
    session.flush()
    return run


def apply_chunk(session: Session, run_id: UUID, limit: int = CHUNK) -> Progress:
    """Migrate the next instances of a run, each locked; commit, and call until done."""
    run = session.get_one(MigrationRun, run_id)
    route = route_between(session, run.from_definition_id, run.to_definition_id, run.mapping)
    for item in _items(session, run_id, MigrationOutcome.PENDING, limit):
        _move(session, route, run, item)
    session.flush()
    return progress_of(session, run_id)


def undo(session: Session, run_id: UUID, *, by: str) -> list[MigrationItem]:
    """Restore every instance that did not move on since; the items of the others say so."""
    items = _items(session, run_id, MigrationOutcome.MIGRATED, None)
    put_back(session, items, by=by)
    session.expire_all()
    return items


def put_back(session: Session, items: Iterable[MigrationItem], *, by: str) -> None:
    """Restore these where they did not move on since, and record the outcome of each."""
    for item in items:
        try:
            with session.begin_nested():
                if item.snapshot_id is not None:
                    snapshots.put_back(session, item.snapshot_id, by=by)
        except NotUndoableError as error:
            item.reason = say("repair.not-undone", reason=error.reason)
        else:
            item.outcome, item.reason = MigrationOutcome.UNDONE, ""
    session.flush()


def progress_of(session: Session, run_id: UUID) -> Progress:
    """How far a run is."""
    query = (
        select(MigrationItem.outcome, func.count())
        .where(MigrationItem.run_id == run_id)
        .group_by(MigrationItem.outcome)
    )
    counted: dict[MigrationOutcome, int] = dict(session.execute(query).all())
    total = sum(counted.values())
    refused = (MigrationOutcome.BLOCKED, MigrationOutcome.NEEDS_MAPPING)
    failed = sum(counted.get(outcome, 0) for outcome in refused)
    return Progress(total - counted.get(MigrationOutcome.PENDING, 0), total, failed)


def _items(
    session: Session, run_id: UUID, outcome: MigrationOutcome, limit: int | None
) -> list[MigrationItem]:
    query = (
        select(MigrationItem)
        .where(MigrationItem.run_id == run_id)
        .where(MigrationItem.outcome == outcome)
        # Always the same order, so that two runs cannot wait for each other's locks.
        .order_by(MigrationItem.instance_id)
        .limit(limit)
    )
    return list(session.scalars(query))


def route_between(
    session: Session, old_id: UUID, new_id: UUID, mapping: Mapping[str, str]
) -> Route:
    """The way from one version to another of the same process. Raises OtherProcessError."""
    old, new = (session.get_one(ProcessDefinition, id_) for id_ in (old_id, new_id))
    if old.key != new.key or old.id == new.id:
        raise OtherProcessError(new.key)
    return Route(
        new.id, specification_of(session, old.id), specification_of(session, new.id), mapping
    )


def forecast(session: Session, route: Route, instance: LockedInstance) -> Forecast:
    """Dry run on a copy of one instance."""
    try:
        moved = step.try_out(session, route, instance)
    except CannotMoveError as error:
        outcome = _outcome(error)
        return Forecast(instance.id, instance.business_key, outcome, error.reason, error.element_id)
    places = tuple(sorted({wait.element.id for wait in moved.before}))
    return Forecast(instance.id, instance.business_key, CLEAN, waits_at=places)


def _move(session: Session, route: Route, run: MigrationRun, item: MigrationItem) -> None:
    instance = rows.lock(session, item.instance_id)
    if instance.status not in OPEN or instance.definition_id != run.from_definition_id:
        item.outcome = MigrationOutcome.BLOCKED
        item.reason = say("repair.not-on-version")
        return
    try:
        with session.begin_nested():
            item.snapshot_id = step.move(session, route, instance, by=run.started_by)
    except CannotMoveError as error:
        item.outcome, item.reason = _outcome(error), error.reason
        item.element_id = error.element_id
    else:
        item.outcome = MigrationOutcome.MIGRATED


def _outcome(error: CannotMoveError) -> MigrationOutcome:
    return MigrationOutcome.NEEDS_MAPPING if error.needs_mapping else MigrationOutcome.BLOCKED
