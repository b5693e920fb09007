"""Offers ("activiteiten"): what a provider teaches, from concept to published to deleted (F3, A3)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from processes.base import Record, StringSet, new_id, now
from processes.register.providers import Provider


class OfferStatus(StrEnum):
    CONCEPT = "concept"
    PUBLISHED = "gepubliceerd"
    DELETED = "verwijderd"  # a tombstone: content erased, the id stays (R32, R33)


class OfferKind(StrEnum):
    """The seven types of activity of the older register (A3)."""

    PROGRAMME = "opleiding"
    COURSE = "cursus"
    STUDY_DAY = "studiedag"
    CONFERENCE = "conferentie"
    IN_SCHOOL = "overig-binnen-school"
    OUTSIDE_SCHOOL = "overig-buiten-school"
    SELF_STUDY = "zelfstudie"


class Area(StrEnum):
    """Competence areas; the first three are the primary process (A3, A4)."""

    SUBJECT = "vakinhoudelijk"
    DIDACTICS = "vakdidactisch"
    PEDAGOGY = "pedagogisch"
    GENERAL = "algemeen-professioneel"
    SCHOOL_DEVELOPMENT = "onderwijskundig"
    PROFESSION = "beroepsgroep"


class Sector(StrEnum):
    PRIMARY = "po"
    SECONDARY = "vo"
    VOCATIONAL = "mbo"
    SPECIAL = "so"


class Offer(Record):
    """One activity of a provider. Fields may be empty in a concept; publishing asks F7-6 (R24)."""

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("source", "legacy_id"),  # R49: migrating twice makes no doubles
        Index("ix_offer_provider_status", "provider_id", "status"),
        Index("ix_offer_status_end_date", "status", "end_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    branch: Mapped[str | None] = mapped_column(default=None)  # twelve digits (R54)
    title: Mapped[str] = mapped_column(default="")
    kind: Mapped[OfferKind | None] = mapped_column(default=None)
    contribution: Mapped[str] = mapped_column(Text, default="")  # to professional development; HTML
    content: Mapped[str] = mapped_column(Text, default="")  # content and set-up; sanitised HTML
    contact_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)
    self_study_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)
    self_study_account: Mapped[str] = mapped_column(Text, default="")  # what the self-study is
    closing_test: Mapped[str] = mapped_column(Text, default="")  # required when mostly self-study
    areas: Mapped[frozenset[str]] = mapped_column(StringSet, default=frozenset())
    sectors: Mapped[frozenset[str]] = mapped_column(StringSet, default=frozenset())
    subject: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    max_participants: Mapped[int | None] = mapped_column(default=None)
    evidence: Mapped[str] = mapped_column(default="")  # certificate and the like
    start_date: Mapped[date | None] = mapped_column(default=None)
    end_date: Mapped[date | None] = mapped_column(default=None)  # its last visible day (F3)
    status: Mapped[OfferStatus] = mapped_column(default=OfferStatus.CONCEPT)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)  # R26
    checked_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    search_text: Mapped[str] = mapped_column(Text, default="")  # lower case, without accents

    # What came from the older register, read-only for the provider (A3, R50-R53).
    source: Mapped[str | None] = mapped_column(default=None)
    legacy_id: Mapped[str | None] = mapped_column(default=None)
    legacy_account: Mapped[str | None] = mapped_column(default=None)  # R7
    legacy_number: Mapped[str | None] = mapped_column(default=None)  # of the old validation
    legacy_valid_until: Mapped[date | None] = mapped_column(default=None)  # R53
    legacy_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)  # R52
    legacy_checksum: Mapped[str | None] = mapped_column(default=None)
    legacy_newer: Mapped[bool] = mapped_column(default=False)  # R50: newer source data waits
    migration_notes: Mapped[list[str]] = mapped_column(default_factory=list)  # Dutch, one a line

    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_by: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)  # R30: raised at each change

    provider: Mapped[Provider] = relationship(init=False, lazy="raise_on_sql")


class OfferVersion(Record):
    """How an offer was before a change (R28)."""

    __tablename__ = "offer_version"
    __table_args__ = (UniqueConstraint("offer_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    version: Mapped[int]
    fields: Mapped[dict[str, Any]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)
