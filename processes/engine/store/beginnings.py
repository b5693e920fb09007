"""SQL statements that begin an instance: the latest version of its process, and its first row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session, make_transient_to_detached

from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

_BEGUN = [
    *("id", "definition_id", "process_key", "business_key", "tenant", "started_by", "initiator"),
    *("status", "row_version", "state", "started_at", "ended_at"),
]
_ADD_INSTANCE = Statement(
    insert_once(ProcessInstance)
    .on_conflict_do_nothing()
    .returning(
        exists(
            select(Incident.id)
            .where(Incident.fingerprint == bindparam("failed_start"))
            .where(Incident.status == IncidentStatus.OPEN)
        ).label("has_incident")
    ),
    _BEGUN,
)
_ADD_WITH_NEW_KEY = Statement(insert(ProcessInstance), _BEGUN)
LATEST = (
    select(ProcessDefinition.id)
    .where(ProcessDefinition.key == bindparam("process_key", type_=ProcessDefinition.key.type))
    .order_by(ProcessDefinition.version.desc())
    .limit(1)
)
_LATEST = Statement(LATEST)


def latest_definition(session: Session, key: str) -> UUID | None:
    """The id of the version that new instances of this process use; None if unknown."""
    unit = unit_of_work(session)
    ahead: dict[Any, UUID | None] = unit.read_ahead.get(ProcessDefinition, {})
    if key in ahead:
        return ahead[key]
    found = unit.first(_LATEST, {"process_key": key})
    return found[0] if found else None


def read_latest_ahead(session: Session, key: str, found: UUID | None) -> None:
    """Remember, until the transaction ends, what another statement read with its own."""
    unit_of_work(session).read_ahead[ProcessDefinition] = {key: found}


def add_instance(session: Session, row: Mapping[str, Any], failed_start: str) -> bool | None:
    """Write the row of a new instance; None when an open one has its business key already (R2).

    Else whether an incident with this fingerprint is open: the same start failed before.
    """
    session.flush()
    found = unit_of_work(session).first(_ADD_INSTANCE, {**row, "failed_start": failed_start})
    return None if found is None else bool(found[0])


def add_instance_with_new_key(session: Session, row: Mapping[str, Any]) -> None:
    """Write the row of a new instance whose business key is a new id.

    No other can have it, and no start failed with it, so nothing is asked: where rows are gathered,
    it goes with them, before what refers to it: what else was gathered before it is written first.
    """
    session.flush()
    unit = unit_of_work(session)
    if not unit.has_gathered(_ADD_WITH_NEW_KEY):
        unit.write_gathered()
    unit.write([(_ADD_WITH_NEW_KEY, [row])])


def attached(session: Session, row: Mapping[str, Any]) -> ProcessInstance:
    """The object of an instance that was written as this row: nothing is read."""
    instance = ProcessInstance(**row)
    make_transient_to_detached(instance)
    session.add(instance)
    return instance
