"""Versions of a process with their number of instances."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.insight import counts
from processes.engine.store.models import ProcessDefinition


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
    running = counts.running(session)
    return [
        Version(one, running.get(one.id, 0), is_latest=number == 0)
        for number, one in enumerate(found)
    ]


def version_of(session: Session, key: str, number: int) -> Version | None:
    """One version of a process; None when there is none."""
    return next(
        (one for one in versions_of(session, key) if one.definition.version == number), None
    )


def running_per_key(session: Session) -> dict[str, int]:
    """The number of active instances per process key."""
    running = counts.running(session)
    found: dict[str, int] = {}
    of = select(ProcessDefinition.id, ProcessDefinition.key)
    for id_, key in session.execute(of.where(ProcessDefinition.id.in_(running))):
        found[key] = found.get(key, 0) + running[id_]
    return found
