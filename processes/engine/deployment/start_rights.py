"""Who may begin which process: kept at deployment, and only the newest version counts."""

from collections.abc import Collection
from threading import Lock
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, undefer

from processes.engine.diagram import beginning, graph
from processes.engine.diagram.beginning import Beginning
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.start_models import ProcessStartRight

_ACCOUNT = "account:"

_beginnings: dict[UUID, Beginning] = {}
_lock = Lock()


def grant(session: Session, definition: ProcessDefinition) -> None:
    """Keep the starters that are drawn in this version; again is harmless."""
    of_version = ProcessStartRight.definition_id == definition.id
    session.execute(delete(ProcessStartRight).where(of_version))
    begun = beginning_of(session, definition.id)
    if begun.has_plain_start:
        groups = [*begun.groups, *map(group_of_account, begun.users)]
        session.add_all(
            ProcessStartRight(definition_id=definition.id, group=group) for group in groups
        )
    session.flush()


def group_of_account(name: str) -> str:
    """The group of starters of one account of staff, by the name of its login."""
    return f"{_ACCOUNT}{name}"


def beginning_of(session: Session, definition_id: UUID) -> Beginning:
    """How this version begins; a version never changes, so it is read once for each process."""
    cached = _beginnings.get(definition_id)
    if cached is not None:
        return cached
    definition = session.get_one(
        ProcessDefinition, definition_id, options=[undefer(ProcessDefinition.xml)]
    )
    found = beginning.beginning_of(graph.read(definition.xml.encode()), definition.key)
    with _lock:
        return _beginnings.setdefault(definition_id, found)


def startable(session: Session, groups: Collection[str]) -> list[ProcessDefinition]:
    """The newest version of each process that one of these groups may begin, by name."""
    versions = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
    newest = versions.group_by(ProcessDefinition.key).subquery()
    is_newest = (newest.c.key == ProcessDefinition.key) & (
        newest.c.version == ProcessDefinition.version
    )
    granted = exists().where(
        ProcessStartRight.definition_id == ProcessDefinition.id,
        ProcessStartRight.group.in_(groups),
    )
    query = select(ProcessDefinition).join(newest, is_newest).where(granted)
    return list(session.scalars(query.order_by(ProcessDefinition.name, ProcessDefinition.key)))


def may_begin(session: Session, definition_id: UUID, groups: Collection[str]) -> bool:
    """Whether one of these groups may begin this version."""
    query = select(ProcessStartRight.group).where(
        ProcessStartRight.definition_id == definition_id, ProcessStartRight.group.in_(groups)
    )
    return session.scalars(query.limit(1)).first() is not None
