"""Providers: the training companies in the register, and the people who act for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class ProviderStatus(StrEnum):
    ACTIVE = "actief"
    SUSPENDED = "geschorst"  # by a registrar: offers hidden by this, never by their end date (R60)


class Provider(Record):
    """A registered company, one per KvK number (R1); exists from the moment of confirmation (R44)."""

    __tablename__ = "provider"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str] = mapped_column(unique=True)  # eight digits, text
    reference: Mapped[str] = mapped_column(unique=True)  # what we print: "AB-2026-7K3M9Q"
    name: Mapped[str]  # the name in the trade register, or as typed when that was unknown
    display_name: Mapped[str]  # the trade name that the catalogue shows (C1)
    company: Mapped[dict[str, Any]]  # CompanyFacts as JSON: what the trade register said, and when
    corrections: Mapped[dict[str, Any]]  # what the provider says instead: name, address, website (R41)
    company_known: Mapped[bool]  # False: typed by hand, to be checked again (R42)
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str | None]
    contact_function: Mapped[str | None]
    contact_public: Mapped[bool]  # "toon in catalogus" (R63)
    registered_by: Mapped[str]  # the label of the employee who confirmed
    status: Mapped[ProviderStatus] = mapped_column(default=ProviderStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(Text, default=None)
    overview_explained_at: Mapped[datetime | None] = mapped_column(default=None)  # R27, shown once
    registered_at: Mapped[datetime] = mapped_column(default_factory=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProviderUser(Record):
    """An employee as eHerkenning knows them: company, opaque pseudonym, broker; no name (R3)."""

    __tablename__ = "provider_user"
    __table_args__ = (UniqueConstraint("issuer", "kvk", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str]
    subject: Mapped[str]  # the pseudonym, case-sensitive, at most 255 characters
    issuer: Mapped[str]
    label: Mapped[str]  # "medewerker 1": readable in the audit trail
    first_login_at: Mapped[datetime] = mapped_column(default_factory=now)
    last_login_at: Mapped[datetime] = mapped_column(default_factory=now)


class TradeRegisterExtract(Record):
    """What the trade register last said about a company; asked once per onboarding (C2)."""

    __tablename__ = "trade_register_extract"

    kvk: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]  # found, unknown, unavailable
    facts: Mapped[dict[str, Any] | None]
    source: Mapped[str]  # which register answered: "voorbeeldbestand", "KVK API"
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
