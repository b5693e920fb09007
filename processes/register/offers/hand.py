"""Offers of a company that are published together: locked, read and written past the ORM.

The object of each is in no session: `offers.publish` writes what it changes of it, and `Hand.keep`
the entries of the search index. Whoever locks one for something else (`locks.lock`) gets the object
of the session, and the offer is in hand no more.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy import inspect as state_of
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from processes.register.offers.rules import Offer
from processes.register.offers.runs import led_by
from processes.register.offers.search import indexing
from processes.register.offers.terms import OfferStatus
from processes.register.providers.providers import Provider
from processes.statements import Statement
from processes.unit_of_work import unit_of_work
from processes.writing import read

OFFER: Any = Offer.__table__
PROVIDER: Any = Provider.__table__
COLUMNS, COLUMNS_OF_PROVIDER = tuple(OFFER.c.keys()), tuple(PROVIDER.c.keys())
_WRITTEN = ("status", "published_at", "updated_at", "updated_by")
_IS_OF_KVK = PROVIDER.c.kvk == bindparam("kvk")
_OF = Statement(select(PROVIDER).where(_IS_OF_KVK))
_LOCKED = (
    select(OFFER)
    .where(OFFER.c.provider_id == select(PROVIDER.c.id).where(_IS_OF_KVK).scalar_subquery())
    .where(OFFER.c.status != OfferStatus.DELETED)
    .order_by(OFFER.c.id)
    .with_for_update(of=OFFER)
)
_LISTED = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
_ARRAY: Any = bindparam("ids", type_=postgresql.ARRAY(Uuid()))
_LOCK = {
    "sqlite": Statement(_LOCKED.where(OFFER.c.id.in_(_LISTED))),
    "postgresql": Statement(_LOCKED.where(OFFER.c.id == func.any(_ARRAY))),
}
"""However many they are, the ids are one value: the same SQL each time."""
_PUBLISH = Statement(
    update(OFFER)
    .where(OFFER.c.id == bindparam("offer_id"))
    .values({name: bindparam(f"new_{name}") for name in _WRITTEN}),
    counted=True,
    key="offer_id",
)


class LostError(Exception):
    """What was in hand may be otherwise by now: a savepoint ended, or the session read it too."""


class Hand:
    """Offers of one company, locked until the transaction ends."""

    def __init__(self, session: Session, offer_ids: Collection[UUID], kvk: str) -> None:
        """Lock and read those of them that are there."""
        self._session, self._ids, self._kvk = session, offer_ids, kvk
        self.offers = self._locked()
        concepts = {id_: o for id_, o in self.offers.items() if o.status is OfferStatus.CONCEPT}
        self._held = unit_of_work(session).read_ahead[Hand] = concepts
        self._number, self._is_kept = len(concepts), False

    def keep(self) -> None:
        """Write the entries of the search index of those that were published.

        Raises LostError: undo it all, and publish one by one.
        """
        session, held = self._session, self._held
        if unit_of_work(session).read_ahead.get(Hand) is not held:
            raise LostError
        if any("status" in vars(each) for each in _of_session(session, held)):
            raise LostError
        published = [each for each in held.values() if each.status is OfferStatus.PUBLISHED]
        if published:
            indexing.put_published(session, published)
        self._is_kept = True

    def now(self) -> dict[UUID, Offer]:
        """The offers as they are after the work: read again, where they were not in hand then.

        The session's own objects of them, if it had any, are so too.
        """
        for known in _of_session(self._session, self._ids):
            self._session.refresh(known, COLUMNS)
        if self._is_kept and len(self._held) == self._number:
            return self.offers
        return self._locked()

    def _locked(self) -> dict[UUID, Offer]:
        session, unit = self._session, unit_of_work(self._session)
        session.flush()
        for known in _of_session(session, self._ids):
            session.expire(known, COLUMNS)
        unit.write_gathered()
        connection = unit.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        ids: Any = json.dumps([each.hex for each in self._ids]) if is_sqlite else list(self._ids)
        given = {"ids": ids, "kvk": self._kvk}
        asked = [(_OF, [given]), (_LOCK[connection.dialect.name], [given])]
        owners, rows = read(connection, asked)
        if not owners:
            return {}
        provider: Provider = _object(Provider, COLUMNS_OF_PROVIDER, owners[0])
        offers = [_offer(row, provider) for row in rows]
        return {each.id: each for each in offers}


def held(session: Session, offer_id: UUID) -> Offer | None:
    """The concept that is in hand; None if it is not."""
    found: Offer | None = unit_of_work(session).read_ahead.get(Hand, {}).get(offer_id)
    return found


def write(session: Session, offer: Offer) -> None:
    """Write what its publication changes of an offer in hand."""
    row = {"offer_id": offer.id, **{f"new_{name}": getattr(offer, name) for name in _WRITTEN}}
    unit_of_work(session).write([(_PUBLISH, [row])])


def let_go(session: Session, offer_id: UUID) -> None:
    """Whoever asks changes it as an object of the session; an entry is made of it before."""
    offer = unit_of_work(session).read_ahead.get(Hand, {}).pop(offer_id, None)
    if offer is not None and offer.status is OfferStatus.PUBLISHED:
        indexing.put_published(session, [offer])


def _of_session(session: Session, offer_ids: Collection[UUID]) -> list[Offer]:
    """The objects of these offers that the session has."""
    known: Any = session.identity_map
    found = [each for each in known.values() if isinstance(each, Offer)] if known else []
    return [each for each in found if (state_of(each).identity or (None,))[0] in offer_ids]


def _offer(row: Sequence[Any], provider: Provider) -> Offer:
    offer: Offer = _object(Offer, COLUMNS, row)
    known = vars(offer)
    known["provider"] = provider
    known["runs"] = led_by(known["runs"], known["start_date"])  # as `begin_dates` reads them
    return offer


def _object(model: Any, names: Sequence[str], row: Sequence[Any]) -> Any:
    """An object with these columns; through its constructor it would take twenty times as long."""
    made = model.__mapper__.class_manager.new_instance()
    vars(made).update(zip(names, row, strict=True))
    return made
