"""Providers, their contact data, suspension, and trade register extracts."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now, today
from processes.register.changes import record_event
from processes.register.search_words import folded

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
REFERENCE_LENGTH = 6


class ProviderStatus(StrEnum):
    ACTIVE = "actief"
    LEFT = "vertrokken"  # of its own accord: it looks, and comes back when it wants (R46)
    SUSPENDED = "geschorst"  # by a registrar: offers hidden by this, never by their end date (R60)


IS_CLOSED = f"status != '{ProviderStatus.ACTIVE.value}'"


class Provider(Record):
    """A registered company, one per KvK number (R1); created at its confirmation (R44)."""

    __tablename__ = "provider"
    __table_args__ = (
        # All that is searched, so that a search reads the index alone.
        Index("ix_provider_search", "search_name", "kvk", "search_contact", "reference"),
        Index(
            "ix_provider_closed",
            "id",
            sqlite_where=text(IS_CLOSED),
            postgresql_where=text(IS_CLOSED),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str] = mapped_column(unique=True)  # eight digits, text
    reference: Mapped[str] = mapped_column(unique=True)  # what we print: "AB-2026-7K3M9Q"
    name: Mapped[str]  # the name in the trade register, or as typed when that was unknown
    display_name: Mapped[str]  # the trade name that the catalogue shows (C1)
    company: Mapped[dict[str, Any]]  # CompanyFacts as JSON: what the trade register said, and when
    corrections: Mapped[
        dict[str, Any]
    ]  # what the provider says instead: name, address, website (R41)
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
    search_name: Mapped[str] = mapped_column(default="")  # its names, as `folded`
    search_contact: Mapped[str] = mapped_column(default="", server_default="")
    """Name and address of the contact person, as `folded`."""
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_suspended(self) -> bool:
        return self.status is ProviderStatus.SUSPENDED

    @property
    def has_left(self) -> bool:
        return self.status is ProviderStatus.LEFT

    @property
    def is_closed(self) -> bool:
        """Suspended, or gone: it looks, and changes nothing (R46, R60)."""
        return self.status is not ProviderStatus.ACTIVE

    @property
    def shown_address(self) -> str:
        """What the provider gave to show; that of the trade register may be a home (C5)."""
        return self.corrections.get("address") or ""

    @property
    def website(self) -> str:
        return self.corrections.get("website") or ""

    def company_has_ended(self, on: date) -> bool:
        """The trade register says that the company stopped (R42)."""
        ended_on = self.company.get("ended_on")
        return ended_on is not None and date.fromisoformat(ended_on) <= on

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


@event.listens_for(Provider, "before_insert")
@event.listens_for(Provider, "before_update")
def _keep_what_is_searched(_mapper: object, _connection: object, provider: Provider) -> None:
    """Fold here: databases differ in what they do with accents and capitals."""
    provider.search_name = folded(f"{provider.display_name} {provider.name}")
    provider.search_contact = folded(f"{provider.contact_name} {provider.contact_email}")


class TradeRegisterExtract(Record):
    """What the trade register last said about a company; asked once per onboarding (C2)."""

    __tablename__ = "trade_register_extract"

    kvk: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]  # found, unknown, unavailable
    facts: Mapped[dict[str, Any] | None]
    source: Mapped[str]  # which register answered: "voorbeeldbestand", "KVK API"
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)


class AlreadyRegisteredError(Exception):
    """The KvK number has a provider already (R1)."""


class ProviderSuspendedError(Exception):
    """The provider was suspended, or has left: it can look, not change (R46, R60)."""

    def __init__(self, kvk: str, reason: str | None) -> None:
        super().__init__("the provider is suspended")
        self.kvk = kvk
        self.reason = reason


class CompanyEndedError(Exception):
    """The company stopped according to the trade register: nothing can be published (R42)."""


def refuse_when_suspended(provider: Provider) -> None:
    """Check that the provider may make changes. Raises ProviderSuspendedError."""
    if provider.is_closed:
        raise ProviderSuspendedError(provider.kvk, provider.status_reason)


def provider_of(session: Session, kvk: str) -> Provider | None:
    """The provider with this KvK number, if it is registered."""
    return session.scalar(select(Provider).where(Provider.kvk == kvk))


def new_reference(kind: str = "AB") -> str:
    """A reference to print and read aloud: "AB-2026-7K3M9Q" of a provider, "ZK-…" of a case."""
    left, letters = secrets.randbelow(len(REFERENCE_LETTERS) ** REFERENCE_LENGTH), []
    for _place in range(REFERENCE_LENGTH):
        left, letter = divmod(left, len(REFERENCE_LETTERS))
        letters.append(REFERENCE_LETTERS[letter])
    code = "".join(letters)
    return f"{kind}-{today().year}-{code}"


def register(  # noqa: PLR0913 - a registration is all of this at once (R44)
    session: Session,
    *,
    kvk: str,
    reference: str,
    company: Mapping[str, Any],
    corrections: Mapping[str, Any],
    display_name: str,
    company_known: bool,
    contact: Mapping[str, Any],
    registered_by: str,
) -> Provider:
    """Create the provider. Raises AlreadyRegisteredError (R1).

    `contact` has name, email, and optionally phone, function, public.
    """
    if provider_of(session, kvk) is not None:
        raise AlreadyRegisteredError(kvk)
    name = company.get("name") or corrections.get("name") or display_name
    provider = Provider(
        kvk=kvk,
        reference=reference,
        name=name,
        display_name=display_name or name,
        company=dict(company),
        corrections=dict(corrections),
        company_known=company_known,
        **_contact_columns(contact),
        registered_by=registered_by,
    )
    session.add(provider)
    session.flush()
    _record(session, "provider-registered", provider, registered_by, reference=reference)
    return provider


def _contact_columns(contact: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "contact_name": contact["name"],
        "contact_email": contact["email"],
        "contact_phone": contact.get("phone") or None,
        "contact_function": contact.get("function") or None,
        "contact_public": bool(contact.get("public")),
    }


def change_contact(
    session: Session, provider: Provider, contact: Mapping[str, Any], *, by: str
) -> Provider:
    """Change the contact person; old and new stay in the audit trail (R45d, R61)."""
    refuse_when_suspended(provider)
    new = _contact_columns(contact)
    _change(session, provider, new, by=by, action="contact-changed")
    return provider


def change_display(
    session: Session,
    provider: Provider,
    corrections: Mapping[str, Any],
    display_name: str,
    *,
    by: str,
) -> Provider:
    """Change what the provider says beside the trade register's facts (R41).

    The trail gets old and new of each correction by its own name: name, address, website, …
    """
    refuse_when_suspended(provider)
    name = provider.company.get("name") or corrections.get("name") or display_name
    new = {"name": name, "display_name": display_name or name}
    former, given = provider.corrections, dict(corrections)
    told = {
        key: [former.get(key), given.get(key)]
        for key in {**former, **given}
        if former.get(key) != given.get(key)
    }
    provider.corrections = given
    _change(session, provider, new, by=by, action="company-changed", also=told)
    return provider


def _change(  # noqa: PLR0913 - who changed what, and what else to tell
    session: Session,
    provider: Provider,
    new: Mapping[str, Any],
    *,
    by: str,
    action: str,
    also: Mapping[str, Any] | None = None,
) -> None:
    old = {column: getattr(provider, column) for column in new}
    changed = {column: [old[column], new[column]] for column in new if old[column] != new[column]}
    if not changed and not also:
        return
    for column, value in new.items():
        setattr(provider, column, value)
    session.flush()
    _record(session, action, provider, by, **(changed | dict(also or {})))


def suspend(session: Session, provider: Provider, reason: str, *, by: str) -> None:
    """Hide all offers of a provider, with the reason that it will read (R60)."""
    provider.status, provider.status_reason = ProviderStatus.SUSPENDED, reason
    session.flush()
    _record(session, "provider-suspended", provider, by, reason=reason)


def reinstate(session: Session, provider: Provider, *, by: str) -> None:
    """End a suspension: what was published is visible again."""
    provider.status, provider.status_reason = ProviderStatus.ACTIVE, None
    session.flush()
    _record(session, "provider-reinstated", provider, by)


def _record(session: Session, action: str, provider: Provider, by: str, **details: Any) -> None:
    subject = f"provider:{provider.id}"
    record_event(session, action, actor=by, kvk=provider.kvk, subject=subject, **details)
