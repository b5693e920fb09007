"""Newer data of the older register for an edited offer, to be accepted or ignored (R50)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.register.offers.fields import as_json
from processes.register.offers.offers import edit, lock_offer
from processes.register.offers.rules import Offer


def newer_fields(offer: Offer) -> dict[str, Any]:
    """The fields that differ in the older register now: field → its value, as JSON."""
    if not offer.legacy_newer:
        return {}
    return {
        field: value
        for field, value in offer.legacy_fields.items()
        if value != as_json(getattr(offer, field))
    }


def take_newer(session: Session, offer_id: UUID, fields: Collection[str], *, by: str) -> Offer:
    """Accept the newer values of these fields, and keep one's own of the others.

    Raises as `offers.edit`.
    """
    offer = lock_offer(session, offer_id)
    chosen = {field: value for field, value in newer_fields(offer).items() if field in fields}
    edit(session, offer_id, chosen, based_on=offer.version, by=by)
    return keep_own(session, offer_id)


def keep_own(session: Session, offer_id: UUID) -> Offer:
    """Ignore the newer values until the source changes again. Raises as `offers.lock_offer`."""
    offer = lock_offer(session, offer_id)
    offer.legacy_newer = False
    session.flush()
    return offer
