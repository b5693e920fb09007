"""The search index is written with the offers, by whatever writes them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from processes.register.catalogue.catalogue import CatalogueQuery, search
from processes.register.offers.fields import put
from processes.register.offers.offers import OfferStatus, delete, edit, publish, set_end_date
from processes.register.offers.runs import Run
from processes.register.offers.search.indexing import complete, rebuild, verify
from processes.register.providers.providers import change_display, reinstate, suspend
from processes.register.search import index, kept_counts
from processes.register.search.tables import SearchEntry, SearchRun, SearchState
from tests.processes.register.conftest import TODAY, NewOffer

BY = "medewerker 1"
PUBLISHED = OfferStatus.PUBLISHED


def found(session: Session, words: str) -> list[str]:
    return [o.title for o in search(session, on=TODAY, query=CatalogueQuery(text=words))]


def test_an_offer_is_found_from_its_publication_by_what_it_says_now(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken uitleggen")
    assert found(session, "breuk") == []
    publish(session, offer.id, by=BY)
    session.flush()
    assert found(session, "breuk") == ["Breuken uitleggen"]
    edit(session, offer.id, {"title": "Kansrekening"}, based_on=offer.version, by=BY)
    assert (found(session, "breuk"), found(session, "kans")) == ([], ["Kansrekening"])
    assert verify(session) == []


def test_what_is_written_together_is_what_rebuilding_writes(
    session: Session, new_offer: NewOffer
) -> None:
    runs = [Run(start=TODAY + timedelta(days=30 * n), price=Decimal(100 + n)) for n in range(1, 4)]
    known = new_offer(title="Eerder 1", status=PUBLISHED, runs=tuple(runs[:2]))
    gone = new_offer(title="Eerder 2", status=PUBLISHED, runs=tuple(runs))
    offers = [new_offer(title=f"Nieuw {n}", runs=tuple(runs[: n % 4])) for n in range(11)]
    for offer in offers:
        offer.publish()
    put(known, {"title": "Hertitelde", "runs": tuple(runs[1:])})
    gone.status = OfferStatus.DELETED
    session.flush()
    together = entries(session)
    wanted = {known.id: 2, **{offer.id: number % 4 for number, offer in enumerate(offers)}}
    assert {offer_id: len(each.runs) for offer_id, each in together.items()} == wanted
    assert verify(session) == []
    assert list(kept_counts.differences(session)) == []
    rebuild(session)
    assert entries(session) == together
    assert found(session, "hertitelde") == ["Hertitelde"]


class Entry(NamedTuple):
    """What the index keeps of an offer, but for its number."""

    price: int
    months: int
    runs: list[date]
    states: list[tuple[date, int, int]]


def entries(session: Session) -> dict[UUID, Entry]:
    session.expire_all()
    return {
        entry.offer_id: Entry(
            entry.price,
            entry.months,
            [run.day for run in session.query(SearchRun).filter_by(number=entry.number)],
            [
                (state.first_day, state.price, state.months)
                for state in session.query(SearchState).filter_by(number=entry.number)
            ],
        )
        for entry in session.scalars(select(SearchEntry).order_by(SearchEntry.number))
    }


def test_an_offer_is_found_until_its_end_date_or_deletion(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    set_end_date(session, offer.id, TODAY - timedelta(days=1), by=BY)
    assert found(session, "breuk") == []
    set_end_date(session, offer.id, TODAY, by=BY)
    assert found(session, "breuk") == ["Breuken uitleggen"]
    delete(session, offer.id, by=BY)
    assert found(session, "breuk") == []
    assert session.scalars(select(SearchEntry)).all() == []
    assert verify(session) == []


def test_what_is_rolled_back_is_not_found(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    with session.begin_nested() as attempt:
        edit(session, offer.id, {"title": "Kansrekening"}, based_on=offer.version, by=BY)
        attempt.rollback()
    assert (found(session, "breuk"), found(session, "kans")) == (["Breuken uitleggen"], [])


def test_offers_go_by_the_new_name_of_their_provider(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    change_display(session, offer.provider, {}, "Vuurtoren", by=BY)
    assert found(session, "vuurtoren") == ["Breuken uitleggen"]
    suspend(session, offer.provider, "Klacht", by="registrar")
    assert found(session, "vuurtoren") == []
    reinstate(session, offer.provider, by="registrar")
    assert found(session, "vuurtoren breuk") == ["Breuken uitleggen"]
    assert verify(session) == []


def test_offers_of_before_the_index_are_indexed_once(session: Session, new_offer: NewOffer) -> None:
    offers = [new_offer(title=f"Breuken {n}", status=PUBLISHED) for n in range(3)]
    session.query(SearchEntry).where(SearchEntry.offer_id == offers[0].id).delete()
    session.query(SearchEntry).where(SearchEntry.offer_id == offers[1].id).update({"version": 0})
    assert set(verify(session)) == {offers[0].id}
    assert (complete(session), complete(session)) == (2, 0)
    assert sorted(found(session, "breuk")) == ["Breuken 0", "Breuken 1", "Breuken 2"]


def test_verifying_tells_what_is_not_as_indexed_and_rebuilding_mends_it(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    concept = new_offer(title="Kansrekening", status=PUBLISHED)
    changed = text("UPDATE offer SET search_text = 'iets anders' WHERE title = :title")
    session.execute(changed, {"title": offer.title})
    session.execute(text("UPDATE offer SET status = 'concept' WHERE title = 'Kansrekening'"))
    session.expire_all()
    assert set(verify(session)) == {offer.id, concept.id}
    assert rebuild(session) == 1
    assert verify(session) == []
    assert found(session, "anders") == ["Breuken uitleggen"]


@pytest.mark.parametrize("emptied", ["DELETE FROM search_fts", "DELETE FROM search_hit_row"])
def test_an_entry_without_its_keys_or_its_narrow_row_of_sqlite_is_told(
    session: Session, new_offer: NewOffer, emptied: str
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps both in the entry")
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    session.execute(text(emptied))
    assert verify(session) == [offer.id]
    rebuild(session)
    assert verify(session) == []


def test_keys_that_the_release_before_writes_in_an_entry_are_found_and_move_out_of_it(
    session: Session, new_offer: NewOffer
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps keys in the entry")
    offer = new_offer(title="Breuken uitleggen", status=PUBLISHED)
    entry = SearchEntry.__table__
    row = dict(session.execute(select(entry)).mappings().one())
    row["keys"] = session.scalar(text("SELECT keys FROM search_fts"))
    index.remove(session, [offer.id])
    session.execute(insert(SearchEntry).values(row))
    assert found(session, "breuk") == ["Breuken uitleggen"]
    assert session.execute(select(entry.c["keys"])).scalars().all() == [""]
    assert verify(session) == []
