"""Suspends, resumes or cancels an instance for an operator, with an audit event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.repair import cancellation, suspension
from processes.engine.store.models import ProcessInstance
from processes.register.changes import record_event

BULK = "change-instances"
"""The topic of changing very many, in the background."""


@dataclass(frozen=True)
class InstanceChange:
    """One operation on an instance; `event` is its name in the audit trail."""

    event: str
    perform: Callable[[Session, UUID, str, str], None]  # session, instance, by, reason


def _cancel(session: Session, instance_id: UUID, by: str, reason: str) -> None:
    cancellation.cancel(session, instance_id, reason=reason, by=by)


INSTANCE_CHANGES: Mapping[str, InstanceChange] = {
    "stilzetten": InstanceChange(
        "instance-suspended",
        lambda session, instance_id, _by, _reason: suspension.suspend(session, instance_id),
    ),
    "hervatten": InstanceChange(
        "instance-resumed",
        lambda session, instance_id, _by, _reason: suspension.resume(session, instance_id),
    ),
    "stoppen": InstanceChange(
        "instance-cancelled",
        _cancel,
    ),
}


def change_instance(
    session: Session, name: str, instance_id: UUID, *, by: str, reason: str
) -> ProcessInstance:
    """Do it to one instance, and record it; the caller commits.

    Raises InstanceNotActiveError where the state of the instance does not allow it.
    """
    change = INSTANCE_CHANGES[name]
    instance = session.get_one(ProcessInstance, instance_id)
    change.perform(session, instance_id, by, reason)
    record_event(
        session,
        change.event,
        actor=by,
        kvk=instance.tenant,
        subject=f"instance:{instance_id}",
        reason=reason,
    )
    return instance
