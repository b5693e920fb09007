"""Newer data of the older register, which waits until the provider takes it or leaves it (R50)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.register.offer_fields import as_json
from processes.register.offer_rules import Offer
from processes.register.offers import edit, locked


def newer_fields(offer: Offer) -> dict[str, Any]:
    """What the older register says differently now: field → its value there, as JSON."""
    if not offer.legacy_newer:
        return {}
    return {
        field: value
        for field, value in offer.legacy_fields.items()
        if value != as_json(getattr(offer, field))
    }


def take_newer(session: Session, offer_id: UUID, *, by: str) -> Offer:
    """Take over everything that the older register says now."""
    offer = locked(session, offer_id)
    edit(session, offer_id, newer_fields(offer), based_on=offer.version, by=by)
    return keep_own(session, offer_id)


def keep_own(session: Session, offer_id: UUID) -> Offer:
    """Leave the offer as it is; the notice is gone until the source changes again."""
    offer = locked(session, offer_id)
    offer.legacy_newer = False
    session.flush()
    return offer
