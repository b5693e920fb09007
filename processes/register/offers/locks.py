"""Row locks on offers: one, or many at once in a fixed order."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.util import identity_key

from processes.register.offers import hand
from processes.register.offers.rules import Offer
from processes.unit_of_work import unit_of_work

_LOCKED = (
    select(Offer)
    .options(joinedload(Offer.provider))
    .with_for_update(of=Offer)
    .execution_options(populate_existing=True)
)


def lock_all(session: Session, offer_ids: Collection[UUID]) -> None:
    """Lock these offers at once; `lock` knows them until the (nested) transaction ends."""
    unit_of_work(session).read_ahead[Offer] = _known(session, offer_ids) or {
        offer.id: offer
        for offer in session.scalars(_LOCKED.where(Offer.id.in_(offer_ids)).order_by(Offer.id))
    }


def _known(session: Session, offer_ids: Collection[UUID]) -> dict[UUID, Offer]:
    """On SQLite nobody else writes since we began: what was read is locked, and is still true."""
    if session.connection().dialect.name != "sqlite":
        return {}
    found = (session.identity_map.get(identity_key(Offer, id_)) for id_ in offer_ids)
    known = {offer.id: offer for offer in found if offer is not None}
    return known if len(known) == len(offer_ids) else {}


def lock(session: Session, offer_id: UUID) -> Offer | None:
    """The offer, locked until the transaction ends; None if it does not exist."""
    held: Offer | None = unit_of_work(session).read_ahead.get(Offer, {}).get(offer_id)
    if held is not None:
        return held
    hand.let_go(session, offer_id)
    return session.scalar(_LOCKED.where(Offer.id == offer_id))
