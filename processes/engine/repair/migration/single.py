"""Migrates one instance by itself: dry run on a copy, then the move, undone like a move by hand."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.events.delivery import OPEN
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair.migration import runs, step
from processes.engine.repair.migration.runs import Forecast
from processes.engine.sentences.catalogue import say
from processes.engine.store import rows
from processes.engine.store.models import ProcessInstance
from processes.engine.store.rows import LockedInstance
from processes.engine.store.snapshot_models import InstanceSnapshot


def try_one(
    session: Session, instance_id: UUID, to_definition_id: UUID, mapping: Mapping[str, str]
) -> Forecast:
    """What would become of this instance; nothing is written. Raises OtherProcessError."""
    query = select(*rows.LOCKED).where(ProcessInstance.id == instance_id)
    instance = LockedInstance(*session.execute(query).one())
    route = runs.route_between(session, instance.definition_id, to_definition_id, mapping)
    return runs.forecast(session, route, instance)


def migrate_one(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    instance_id: UUID,
    to_definition_id: UUID,
    mapping: Mapping[str, str],
    *,
    by: str,
    reason: str,
) -> InstanceSnapshot:
    """Migrate this instance. Raises CannotMoveError, OtherProcessError, InstanceChangedError."""
    instance = rows.lock(session, instance_id)
    if instance.status not in OPEN:
        raise CannotMoveError(say("repair.not-on-version"))
    if not reason.strip():
        raise CannotMoveError(say("repair.no-reason"))
    route = runs.route_between(session, instance.definition_id, to_definition_id, mapping)
    with session.begin_nested():
        snapshot_id = step.move(session, route, instance, by=by, reason=reason)
    session.expire_all()
    return session.get_one(InstanceSnapshot, snapshot_id)
