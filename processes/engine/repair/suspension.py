"""An operator lets an instance stand still: no job, timer or person moves it until it goes on."""

from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution.instances import InstanceNotActiveError
from processes.engine.execution.steps import lock_instance
from processes.engine.store.models import InstanceStatus


def suspend(session: Session, instance_id: UUID) -> None:
    """Hold the instance where it is; a job that is being performed is done again afterwards."""
    _move(session, instance_id, InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


def resume(session: Session, instance_id: UUID) -> None:
    """Let it go on: what became due meanwhile, is due now."""
    _move(session, instance_id, InstanceStatus.SUSPENDED, InstanceStatus.ACTIVE)


def _move(session: Session, instance_id: UUID, old: InstanceStatus, new: InstanceStatus) -> None:
    instance = lock_instance(session, instance_id)
    if instance.status is not old:
        raise InstanceNotActiveError(instance)
    instance.status = new
    session.flush()
