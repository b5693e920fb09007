"""What became of each activity of the older register: the report that a provider reads (R48)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class MigrationOutcome(StrEnum):
    CREATED = "nieuw"
    UNCHANGED = "ongewijzigd"
    REFRESHED = "bijgewerkt"  # R50: fields that the provider had not touched
    NEWER = "nieuwere-brongegevens"  # R50: touched by the provider, so only flagged
    DELETED = "verwijderd"  # R33: the tombstone stays
    DOUBLE = "dubbel"  # R51: the same offer stood in the file twice
    FAILED = "mislukt"


class MigrationResult(Record):
    """The migration result of one legacy offer: the provider's row report (R48, R51)."""

    __tablename__ = "migration_result"
    __table_args__ = (
        UniqueConstraint("source", "legacy_id"),
        Index("ix_migration_result_kvk", "kvk"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    source: Mapped[str]
    legacy_id: Mapped[str]
    kvk: Mapped[str]
    outcome: Mapped[MigrationOutcome]
    title: Mapped[str]  # as read, so that the report can be read
    offer_id: Mapped[UUID | None]
    notes: Mapped[list[str]]
    at: Mapped[datetime] = mapped_column(default_factory=now)
