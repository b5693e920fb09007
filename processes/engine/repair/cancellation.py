"""Cancels an instance by hand, with a snapshot, so that it can be undone like a move."""

from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events.delivery import OPEN
from processes.engine.execution.instances import InstanceNotActiveError
from processes.engine.repair import snapshots
from processes.engine.repair.snapshots import HISTORY, Change
from processes.engine.store import rows
from processes.engine.store.models import ProcessInstance
from processes.engine.store.snapshot_models import InstanceSnapshot


def cancel(session: Session, instance_id: UUID, *, reason: str, by: str) -> InstanceSnapshot:
    """Cancel the instance and all that it waits for. Raises InstanceNotActiveError."""
    instance = rows.lock(session, instance_id)
    if instance.status not in OPEN:
        raise InstanceNotActiveError(session.get_one(ProcessInstance, instance_id))
    before = snapshots.history_ids(session, instance_id)
    snapshot = snapshots.take(session, instance, Change(snapshots.CANCEL, by, reason))
    instances.cancel(session, instance_id, by=by)
    written = snapshots.history_ids(session, instance_id) - before
    snapshot.rows = {**snapshot.rows, HISTORY: sorted(str(id_) for id_ in written)}
    snapshot.row_version_after = instance.row_version
    session.flush()
    return snapshot
