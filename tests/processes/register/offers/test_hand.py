"""Offers that are published together, past the ORM."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.register.offers import offers
from processes.register.offers.fields import put
from processes.register.offers.hand import COLUMNS, COLUMNS_OF_PROVIDER, OFFER, Hand, LostError
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.runs import Run
from processes.register.offers.search import indexing
from processes.register.providers.providers import Provider
from processes.register.search.tables import SearchEntry
from tests.processes.register.conftest import COMPLETE

BY = "medewerker 1"
RUN = Run(start=date(2027, 3, 1), place="Zutphen")


def concepts(session: Session, provider: Provider, number: int, **columns: Any) -> list[UUID]:
    made = []
    for place in range(number):
        offer = Offer(provider_id=provider.id, updated_by="worker", **columns)
        put(offer, {**COMPLETE, "title": f"Rekenen {place}", "runs": (RUN,)})
        session.add(offer)
        made.append(offer)
    session.flush()
    ids = [offer.id for offer in made]
    session.expunge_all()
    return ids


def all_of(session: Session, offer_id: UUID) -> dict[str, Any]:
    (found,) = session.execute(select(OFFER).where(OFFER.c.id == offer_id)).mappings()
    return dict(found)


def entries(session: Session) -> set[UUID]:
    assert indexing.verify(session) == []
    return set(session.scalars(select(SearchEntry.offer_id)))


def test_what_is_in_hand_reads_as_the_orm_reads_it(session: Session, provider: Provider) -> None:
    legacy = {"legacy_valid_until": date(2018, 9, 1), "legacy_fields": {"titel": "Rekenen"}}
    ids = concepts(session, provider, 2, **legacy)
    old = update(OFFER).where(OFFER.c.id == ids[1])  # as code that knew no runs wrote it
    session.execute(old.values(runs=(), start_date=date(2027, 5, 1)))

    in_hand = Hand(session, ids, provider.kvk).offers

    assert in_hand.keys() == set(ids)
    for offer in session.scalars(select(Offer).where(Offer.id.in_(ids))):
        mine = in_hand[offer.id]
        assert [getattr(mine, name) for name in COLUMNS] == [
            getattr(offer, name) for name in COLUMNS
        ]
        read = session.get_one(Provider, offer.provider_id)
        assert [getattr(mine.provider, name) for name in COLUMNS_OF_PROVIDER] == [
            getattr(read, name) for name in COLUMNS_OF_PROVIDER
        ]


def test_of_another_company_or_deleted_is_not_in_hand(session: Session, provider: Provider) -> None:
    mine, deleted = concepts(session, provider, 2)
    offers.delete(session, deleted, by=BY)
    session.flush()
    assert Hand(session, [mine, deleted], provider.kvk).offers.keys() == {mine}
    assert Hand(session, [mine, deleted], "69599084").offers == {}


def test_publishing_writes_the_row_and_the_entry_that_the_orm_writes(
    session: Session, provider: Provider
) -> None:
    together, alone = concepts(session, provider, 2)
    offers.publish(session, alone, by=BY)
    session.flush()
    hand = Hand(session, [together], provider.kvk)
    offers.publish(session, together, by=BY)
    hand.keep()

    assert hand.now()[together].status is OfferStatus.PUBLISHED
    one, other = all_of(session, together), all_of(session, alone)
    own = {"id", "title", "search_text"}
    assert {name: one[name] for name in one.keys() - own} == {
        name: other[name] for name in other.keys() - own
    }
    assert (one["updated_by"], one["published_at"]) == (BY, one["updated_at"])
    assert entries(session) == {together, alone}


def test_who_changes_one_besides_gets_it_as_it_is_by_then(
    session: Session, provider: Provider
) -> None:
    first, second = ids = concepts(session, provider, 2)
    hand = Hand(session, ids, provider.kvk)
    for offer_id in ids:
        offers.publish(session, offer_id, by=BY)
    offers.set_end_date(session, first, date(2027, 12, 31), by=BY)
    session.flush()
    session.expunge_all()
    hand.keep()

    assert all_of(session, first)["end_date"] == date(2027, 12, 31)
    assert all_of(session, first)["status"] is OfferStatus.PUBLISHED
    assert hand.now()[first].end_date == date(2027, 12, 31)
    assert entries(session) == {first, second}


def test_who_locks_one_besides_and_changes_nothing_that_is_searched_leaves_its_entry(
    session: Session, provider: Provider
) -> None:
    first, second = ids = concepts(session, provider, 2)
    hand = Hand(session, ids, provider.kvk)
    for offer_id in ids:
        offers.publish(session, offer_id, by=BY)
    offers.mark_checked(session, first, checked=True, by=BY)
    session.flush()
    hand.keep()
    assert entries(session) == {first, second}


def test_an_activity_of_before_that_is_published_is_the_newest_in_the_index(
    session: Session, provider: Provider
) -> None:
    """It had an entry, for portfolios; by its number the catalogue shows what is new first."""
    (known,) = concepts(session, provider, 1, legacy_number="17", end_date=date(2027, 12, 31))
    (newer,) = concepts(session, provider, 1)
    offers.publish(session, newer, by=BY)
    session.flush()
    assert in_their_order(session) == [known, newer]
    hand = Hand(session, [known], provider.kvk)
    offers.publish(session, known, by=BY)
    hand.keep()
    assert in_their_order(session) == [newer, known]


def in_their_order(session: Session) -> list[UUID]:
    assert indexing.verify(session) == []
    return list(session.scalars(select(SearchEntry.offer_id).order_by(SearchEntry.number)))


def test_an_object_that_the_session_has_tells_of_the_publication(
    session: Session, provider: Provider
) -> None:
    ids = concepts(session, provider, 1)
    known = session.get_one(Offer, ids[0])
    assert known.status is OfferStatus.CONCEPT
    hand = Hand(session, ids, provider.kvk)
    offers.publish(session, ids[0], by=BY)
    hand.keep()
    hand.now()
    assert vars(known)["status"] is OfferStatus.PUBLISHED


@pytest.mark.parametrize("how", ["a savepoint ended", "the session read one"])
def test_what_may_be_otherwise_is_not_kept(session: Session, provider: Provider, how: str) -> None:
    ids = concepts(session, provider, 1)
    hand = Hand(session, ids, provider.kvk)
    offers.publish(session, ids[0], by=BY)
    read = None
    if how == "a savepoint ended":
        session.begin_nested().commit()
    else:
        read = session.get_one(Offer, ids[0])
    with pytest.raises(LostError):
        hand.keep()
    assert read is None or read.status is OfferStatus.PUBLISHED  # it was written by then
