"""The tables of migrations and manual changes of instances, with the snapshots that undo them."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now
from processes.engine.store.models import InstanceStatus

CANCEL_UNDOABLE_FOR = timedelta(days=30)
"""How long a cancelled instance can come back: after that people count on it that it is over."""


class MigrationOutcome(StrEnum):
    PENDING = "pending"  # clean in the dry run, not moved yet
    MIGRATED = "migrated"
    NEEDS_MAPPING = "needs-mapping"
    BLOCKED = "blocked"
    UNDONE = "undone"


class MigrationRun(Record):
    """One migration of running instances from one version of a process to another."""

    __tablename__ = "migration_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    from_definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    to_definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    mapping: Mapped[dict[str, Any]]
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    undone_by: Mapped[str | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class MigrationItem(Record):
    """The outcome of one instance in a migration run, and why."""

    __tablename__ = "migration_item"
    __table_args__ = (UniqueConstraint("run_id", "instance_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("migration_run.id"))
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    outcome: Mapped[MigrationOutcome]
    reason: Mapped[str] = mapped_column(Text, default="")  # Dutch, for the process owner
    element_id: Mapped[str | None] = mapped_column(default=None)
    snapshot_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("instance_snapshot.id"), default=None
    )


class InstanceSnapshot(Record):
    """An instance as it was before a manual change, with who made it and why."""

    __tablename__ = "instance_snapshot"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    action: Mapped[str]  # migrate, move, skip, repeat, set, cancel
    reason: Mapped[str] = mapped_column(Text)
    taken_by: Mapped[str]
    status: Mapped[InstanceStatus]
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, repr=False)
    rows: Mapped[dict[str, Any]] = mapped_column(deferred=True, repr=False)  # what waited, by table
    from_element_id: Mapped[str | None] = mapped_column(default=None)
    to_element_id: Mapped[str | None] = mapped_column(default=None)
    row_version_after: Mapped[int | None] = mapped_column(default=None)  # moved on since: no undo
    taken_at: Mapped[datetime] = mapped_column(default_factory=now)
    undone_by: Mapped[str | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
