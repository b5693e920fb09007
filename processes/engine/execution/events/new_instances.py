"""What an instance is before its first turn: what it starts with, its row, its first work."""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from processes.base import now
from processes.engine.execution.turns.work import Beginning, Work
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store import rows
from processes.engine.store.models import InstanceStatus

START = "start:"  # begins the fingerprint of what a start left behind


@dataclass(frozen=True)
class Start:
    """The arguments of a new instance."""

    definition_id: UUID
    key: str
    business_key: str | None
    tenant: str | None
    variables: dict[str, Any]
    started_by: str
    element_id: str | None = None  # the start event, where it is not the plain one
    initiator: str | None = None  # the user reference of `started_by`
    has_new_key: bool = False  # its business key is an id that nothing else can have

    @cached_property
    def fingerprint(self) -> str:
        """What the same start has again: without a business key, the variables tell it apart."""
        given = json.dumps(self.variables, sort_keys=True) if self.business_key is None else ""
        parts = (self.key, self.element_id or "", self.business_key or "", given)
        return f"{START}{sha256(json.dumps(parts).encode()).hexdigest()}"


def first_row(begun: Start, instance_id: UUID) -> dict[str, Any]:
    """The row of an instance before its first turn."""
    return {
        "id": instance_id,
        "definition_id": begun.definition_id,
        "process_key": begun.key,
        "business_key": begun.business_key,
        "tenant": begun.tenant,
        "started_by": begun.started_by,
        "initiator": begun.initiator,
        "status": InstanceStatus.ACTIVE,
        "row_version": 0,
        "state": b"",
        "started_at": now(),
        "ended_at": None,
    }


def locked_before(begun: Start, instance_id: UUID) -> rows.LockedInstance:
    """The instance before its first turn; nobody else knows of it."""
    return rows.LockedInstance(
        instance_id,
        begun.definition_id,
        begun.business_key,
        begun.tenant,
        begun.initiator,
        InstanceStatus.ACTIVE,
        row_version=0,
        state=b"",
    )


def work_of(begun: Start) -> Work:
    """What begins the instance; only from the plain start event it can be replayed."""

    def work(flow: Workflow) -> None:
        flow.start(begun.variables, begun.element_id)

    return Beginning(begun.variables, work) if begun.element_id is None else work
