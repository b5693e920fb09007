"""What an instance is before its first turn: what it starts with, its row, its first work."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.turns.work import Beginning, Work
from processes.engine.interpreter.workflow import Workflow
from processes.engine.language.values import variables_of
from processes.engine.store import beginnings, rows
from processes.engine.store.models import InstanceStatus

START = "start:"  # begins the fingerprint of what a start left behind


class Given(TypedDict):
    """What an instance starts with."""

    business_key: NotRequired[str | None]
    tenant: NotRequired[str | None]
    variables: NotRequired[Mapping[str, Any] | None]
    started_by: str
    initiator: NotRequired[str | None]


@dataclass  # not frozen, which would take four times as long to make
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


def start_of(session: Session, key: str, given: Given) -> Start:
    """A start of the latest version of a process. Raises UnknownProcessError."""
    definition_id = beginnings.latest_definition(session, key)
    if definition_id is None:
        raise UnknownProcessError(key)
    return Start(
        definition_id,
        key,
        given.get("business_key"),
        given.get("tenant"),
        variables_of(given.get("variables")),
        given["started_by"],
        initiator=given.get("initiator"),
    )


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
