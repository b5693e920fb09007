"""KvK numbers that a provider had before, of its own or of one that it was merged with (R59)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, now
from processes.register.changes import AuditEvent
from processes.register.providers.providers import Provider


class NumberEnd(StrEnum):
    """Why a number is no longer that of a provider."""

    TRANSFERRED = "overgezet"
    MERGED = "samengevoegd"


class FormerNumber(Record):
    """A KvK number that points to the provider of another one; nobody registers with it anew."""

    __tablename__ = "former_kvk_number"

    kvk: Mapped[str] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    because: Mapped[NumberEnd]
    name: Mapped[str]  # that the catalogue showed then
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=now)


def former_number(session: Session, kvk: str) -> FormerNumber | None:
    """What became of this number; None for one that is, or was, nobody's."""
    return session.get(FormerNumber, kvk)


def provider_now(session: Session, kvk: str) -> Provider | None:
    """The provider to which a former number points."""
    query = select(Provider).join(FormerNumber, FormerNumber.provider_id == Provider.id)
    return session.scalar(query.where(FormerNumber.kvk == kvk))


def merged_into(session: Session, provider_id: UUID) -> Provider | None:
    """The provider that remained when the one with this id was merged with it."""
    query = (
        select(FormerNumber.kvk)
        .join(AuditEvent, AuditEvent.kvk == FormerNumber.kvk)
        .where(
            FormerNumber.because == NumberEnd.MERGED,
            AuditEvent.subject == f"provider:{provider_id}",
        )
    )
    former = session.scalar(query.limit(1))
    return provider_now(session, former) if former else None


def former_numbers(session: Session, provider: Provider) -> list[FormerNumber]:
    """The numbers that it had, the oldest first."""
    query = select(FormerNumber).filter_by(provider_id=provider.id)
    return list(session.scalars(query.order_by(FormerNumber.at, FormerNumber.kvk)))


def numbers_of(session: Session, kvk: str) -> list[str]:
    """The number of a provider, and those that it had: its history stands under all of them."""
    query = select(FormerNumber.kvk).join(Provider, FormerNumber.provider_id == Provider.id)
    return [kvk, *session.scalars(query.where(Provider.kvk == kvk).order_by(FormerNumber.kvk))]


def numbers_now(session: Session, kvks: Collection[str]) -> frozenset[str]:
    """The same numbers, and in the place of a former one that of its provider."""
    if not kvks:
        return frozenset()
    query = select(FormerNumber.kvk, Provider.kvk.label("now"))
    query = query.join(Provider, FormerNumber.provider_id == Provider.id)
    rows = session.execute(query.where(FormerNumber.kvk.in_(sorted(kvks))))
    moved = {row.kvk: row.now for row in rows}
    return frozenset(moved.get(each, each) for each in kvks)
