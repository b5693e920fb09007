"""Concepts that are written past the ORM."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import own_clock
from processes.register.offers.fields import put
from processes.register.offers.filled import OFFER, add_concept, create_all
from processes.register.offers.offers import Offer
from processes.register.offers.runs import Run
from processes.register.offers.search import indexing
from processes.register.providers.providers import Provider
from tests.processes.register.conftest import COMPLETE

VALUES: dict[str, Any] = {
    **COMPLETE,
    "runs": (Run(start=date(2027, 3, 1), place="Zutphen"),),
    "subject": "Rekenen",
    "max_participants": 12,
}


def row_of(session: Session, offer_id: Any) -> dict[str, Any]:
    """All columns as the database has them, but for the id."""
    (found,) = session.execute(select(OFFER).where(OFFER.c.id == offer_id)).mappings()
    return {name: value for name, value in found.items() if name != "id"}


def test_a_concept_has_the_row_that_the_orm_would_write(
    session: Session, provider: Provider
) -> None:
    with own_clock(lambda: provider.registered_at):
        for values in ({}, VALUES):
            offer = Offer(provider_id=provider.id, updated_by="worker", source="older")
            put(offer, values)
            session.add(offer)
            session.flush()
            facts = {"provider_id": provider.id, "updated_by": "worker", "source": "older"}

            offer_id = add_concept(session, values, **facts)

            assert row_of(session, offer_id) == row_of(session, offer.id)


def test_what_a_file_brings_is_in_no_index_until_it_is_published(
    session: Session, provider: Provider
) -> None:
    ended = {"title": "Rekenen", "end_date": "2026-01-01"}
    first, _second = create_all(session, provider, [ended, {"title": "Taal"}], by="medewerker 1")

    assert indexing.verify(session) == []
    assert session.get_one(Offer, first).touched == {"title", "end_date"}
