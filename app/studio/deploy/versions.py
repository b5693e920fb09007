"""Versions of a process with their number of instances."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance

RUNNING = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


@dataclass(frozen=True)
class Version:
    """One version of a process, and its active instances."""

    definition: ProcessDefinition
    running: int
    is_latest: bool


def versions_of(session: Session, key: str) -> list[Version]:
    """Every version of a process, the newest first; empty when there is no such process."""
    query = (
        select(ProcessDefinition)
        .where(ProcessDefinition.key == key)
        .order_by(ProcessDefinition.version.desc())
    )
    found = session.scalars(query).all()
    running = running_per_definition(session)
    return [
        Version(one, running.get(one.id, 0), is_latest=number == 0)
        for number, one in enumerate(found)
    ]


def version_of(session: Session, key: str, number: int) -> Version | None:
    """One version of a process; None when there is none."""
    return next(
        (one for one in versions_of(session, key) if one.definition.version == number), None
    )


def running_per_definition(session: Session) -> dict[UUID, int]:
    """The number of active instances per definition."""
    query = (
        select(ProcessInstance.definition_id, func.count())
        .where(ProcessInstance.status.in_(RUNNING))
        .group_by(ProcessInstance.definition_id)
    )
    return dict(session.execute(query).all())


def running_per_key(session: Session) -> dict[str, int]:
    """The number of active instances per process key."""
    query = (
        select(ProcessInstance.process_key, func.count())
        .where(ProcessInstance.status.in_(RUNNING))
        .group_by(ProcessInstance.process_key)
    )
    return dict(session.execute(query).all())
