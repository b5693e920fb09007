"""Dry run of a migration: where instances wait, and which of them can be migrated."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.execution.events.delivery import OPEN
from processes.engine.interpreter.parser import Specification
from processes.engine.repair.migration import runs
from processes.engine.repair.migration.runs import Forecast
from processes.engine.repair.migration.step import Route
from processes.engine.repair.snapshots import LIVE_JOBS
from processes.engine.store.models import (
    Job,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.store.rows import LockedInstance

NOWHERE = UUID(int=0)  # the id of a version that is not there yet


def waiting_per_element(session: Session, definition_id: UUID) -> dict[str, int]:
    """How many active instances of this version wait at each element."""
    places = union(
        _places(UserTask, definition_id).where(UserTask.status == TaskStatus.OPEN),
        _places(Job, definition_id).where(Job.status.in_(LIVE_JOBS)),
        _places(Timer, definition_id),
        _places(MessageSubscription, definition_id),
    ).subquery()
    element = places.c.element_id
    query = select(element, func.count()).where(element.is_not(None)).group_by(element)
    return dict(session.execute(query).all())


def try_out(
    session: Session,
    from_definition_id: UUID,
    to: UUID | Specification,
    mapping: Mapping[str, str],
    *,
    limit: int,
) -> list[Forecast]:
    """Migrate copies of the oldest instances of a version.

    `to` is the id of a version, or what a checked file says, parsed once for all versions.
    """
    target = specification_of(session, to) if isinstance(to, UUID) else to
    to_id = to if isinstance(to, UUID) else NOWHERE
    route = Route(to_id, specification_of(session, from_definition_id), target, mapping)
    found = session.execute(runs.running_on(from_definition_id).limit(limit)).all()
    return [runs.forecast(session, route, LockedInstance(*row)) for row in found]


def _places(
    model: type[UserTask | Job | Timer | MessageSubscription], definition_id: UUID
) -> Select[str | None, UUID]:
    """Element and instance of each row of this kind; twice the same counts once."""
    return (
        select(model.element_id, ProcessInstance.id)
        .join(ProcessInstance, ProcessInstance.id == model.instance_id)
        .where(ProcessInstance.definition_id == definition_id)
        .where(ProcessInstance.status.in_(OPEN))
    )
