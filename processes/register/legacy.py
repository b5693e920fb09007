"""The older register, staged as it came: raw rows per offer, and what became of each (R46-R53)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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


class LegacyImport(Record):
    """One file that was staged."""

    __tablename__ = "legacy_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    source: Mapped[str]  # which register: "registerleraar"
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[int]
    problems: Mapped[list[str]] = mapped_column(default_factory=list)  # rows not staged, with why
    imported_at: Mapped[datetime] = mapped_column(default_factory=now)


class LegacyOffer(Record):
    """One offer of the older register: the raw row, kept as it was."""

    __tablename__ = "legacy_offer"
    __table_args__ = (
        UniqueConstraint("source", "legacy_id"),
        Index("ix_legacy_offer_source_kvk", "source", "kvk"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_import.id"))
    source: Mapped[str]
    legacy_id: Mapped[str]
    kvk: Mapped[str]
    account: Mapped[str]
    row_number: Mapped[int]
    raw: Mapped[dict[str, Any]]
    checksum: Mapped[str]


class LegacyProvider(Record):
    """A provider account of the older register; several may share one KvK number (R7)."""

    __tablename__ = "legacy_provider"
    __table_args__ = (UniqueConstraint("source", "account"), Index("ix_legacy_provider_kvk", "kvk"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_import.id"))
    source: Mapped[str]
    account: Mapped[str]
    kvk: Mapped[str]
    name: Mapped[str]


class MigrationResult(Record):
    """What the migration did with one legacy offer: the row report of a provider (R48, R51)."""

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
