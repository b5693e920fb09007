"""Suspends and resumes instances: meanwhile no job, timer or person advances them."""

from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution.instances import InstanceNotActiveError
from processes.engine.execution.steps import lock_instance
from processes.engine.store.models import InstanceStatus


def suspend(session: Session, instance_id: UUID) -> None:
    """Suspend the instance; a job that is being performed is done again afterwards."""
    _move(session, instance_id, InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


def resume(session: Session, instance_id: UUID) -> None:
    """Resume the instance; what became due meanwhile is due now."""
    _move(session, instance_id, InstanceStatus.SUSPENDED, InstanceStatus.ACTIVE)


def _move(session: Session, instance_id: UUID, old: InstanceStatus, new: InstanceStatus) -> None:
    instance = lock_instance(session, instance_id)
    if instance.status is not old:
        raise InstanceNotActiveError(instance)
    instance.status = new
    session.flush()
