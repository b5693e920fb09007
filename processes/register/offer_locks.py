"""Locking offers before they are changed: one, or in one go all that are changed together."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction, joinedload

from processes.register.offer_rules import Offer

_HELD = "loket_held_offers"  # in session.info: the offers that `lock_all` locked, by id
_LOCKED = (
    select(Offer)
    .options(joinedload(Offer.provider))
    .with_for_update(of=Offer)
    .execution_options(populate_existing=True)
)


def lock_all(session: Session, offer_ids: Collection[UUID]) -> None:
    """Lock these offers in one go; until the (nested) transaction ends, `lock` knows them."""
    query = _LOCKED.where(Offer.id.in_(offer_ids)).order_by(Offer.id)
    session.info[_HELD] = {offer.id: offer for offer in session.scalars(query)}


def lock(session: Session, offer_id: UUID) -> Offer | None:
    """The offer as it is now, which nobody else changes until the transaction ends."""
    held: Offer | None = session.info.get(_HELD, {}).get(offer_id)
    return held or session.scalar(_LOCKED.where(Offer.id == offer_id))


@event.listens_for(Session, "after_transaction_end")
def _let_go(session: Session, ended: SessionTransaction) -> None:
    if ended.nested or ended.parent is None:
        session.info.pop(_HELD, None)
