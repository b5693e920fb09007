"""The register's staff takes an offer out of the catalogue, with the reason, and puts it back.

Apart from the end date and the status, which are the provider's: what teachers followed they may
still add to their portfolio, and the provider can go on changing the offer (F3).
"""

from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import now, today
from processes.register.changes import record_event
from processes.register.offers.locks import lock
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus


def hide(session: Session, offer_id: UUID, reason: str, *, by: str) -> bool:
    """Take an offer out of the catalogue; its provider reads the reason. False if it was deleted.

    Also while its provider is suspended: both end apart from each other.
    """
    offer = _locked(session, offer_id)
    if offer is None:
        return False
    was_visible = offer.is_visible(today())
    offer.hidden_at, offer.hidden_reason = offer.hidden_at or now(), reason
    _record(session, "offer-taken-out", offer, by, reason=reason)
    if was_visible:
        _record(session, "offer-hidden", offer, by)
    return True


def show(session: Session, offer_id: UUID, *, by: str) -> bool:
    """Put it back; whether it had been taken out."""
    offer = _locked(session, offer_id)
    if offer is None or offer.hidden_at is None:
        return False
    offer.hidden_at = offer.hidden_reason = None
    _record(session, "offer-put-back", offer, by)
    if offer.is_visible(today()):
        _record(session, "offer-shown", offer, by)
    return True


def _locked(session: Session, offer_id: UUID) -> Offer | None:
    offer = lock(session, offer_id)
    return None if offer is None or offer.status is OfferStatus.DELETED else offer


def _record(session: Session, action: str, offer: Offer, by: str, **details: str) -> None:
    session.flush()
    record_event(
        session, action, actor=by, kvk=offer.provider.kvk, subject=f"offer:{offer.id}", **details
    )
