"""How an offer was before each change (R28)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.offers.fields import fields_of
from processes.register.offers.rules import Offer


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


def keep_version(session: Session, offer: Offer, *, by: str) -> None:
    """Keep how the offer is now, before a change by this person (R28)."""
    session.add(
        OfferVersion(
            offer_id=offer.id, version=offer.version, fields=fields_of(offer), changed_by=by
        )
    )
    offer.version += 1
    offer.updated_at, offer.updated_by = now(), by


def versions_of(session: Session, offer: Offer) -> list[OfferVersion]:
    """How the offer was before each change, newest first (R28)."""
    query = select(OfferVersion).where(OfferVersion.offer_id == offer.id)
    return list(session.scalars(query.order_by(OfferVersion.version.desc())))
