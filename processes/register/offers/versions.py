"""How an offer was before each change (R28)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.offers.fields import fields_of
from processes.register.offers.rules import Offer
from processes.register.paging import Page, page_of

CHANGES_ON_A_PAGE = 10
"""Each may tell texts of tens of kilobytes, as they were and became."""


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


def versions_of(session: Session, offer: Offer, page: int) -> Page[OfferVersion]:
    """How the offer was before each change, newest first, some on a page (R28, R58)."""
    query = _of(offer).order_by(OfferVersion.version.desc())
    return page_of(session, query, page, CHANGES_ON_A_PAGE)


def fields_of_version(session: Session, offer: Offer, version: int) -> dict[str, Any] | None:
    """The fields of this version of the offer, as JSON; None where it was not kept."""
    found = session.scalar(_of(offer).where(OfferVersion.version == version))
    return None if found is None else found.fields


def fields_after(session: Session, offer: Offer, version: int) -> dict[str, Any]:
    """What the change of this version of the offer made of its fields, as JSON."""
    later = _of(offer).where(OfferVersion.version > version).order_by(OfferVersion.version)
    found = session.scalars(later.limit(1)).first()
    return fields_of(offer) if found is None else found.fields


def _of(offer: Offer) -> Select[OfferVersion]:
    return select(OfferVersion).where(OfferVersion.offer_id == offer.id)
