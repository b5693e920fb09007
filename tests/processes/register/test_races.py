"""Two people at once, each in a transaction of their own, on real databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.register.offers import offers
from processes.register.offers.offers import Offer, OfferDeletedError, OfferStatus, StaleOfferError
from processes.register.portfolio.entries import PortfolioEntry, add_entry
from processes.register.portfolio.teachers import Teacher, known_teacher
from processes.register.providers.people import ProviderUser, known_user
from tests import patience

from .conftest import TODAY, make_offer, make_provider

Act = Callable[[Session], Any]


@pytest.fixture
def offer_id(own_engine: Engine) -> UUID:
    with Session(own_engine) as session:
        provider = make_provider()
        session.add(provider)
        session.flush()
        offer = make_offer(provider, status=OfferStatus.PUBLISHED)
        session.add(offer)
        known_teacher(session, issuer="school", subject="leraar-1", name="Noor")
        session.commit()
        return offer.id


def at_once(engine: Engine, *acts: Act) -> list[Any]:
    """What each act gives, or raises, when all begin at the same moment."""
    start = Barrier(len(acts))

    def run(act: Act) -> Any:
        start.wait(timeout=patience.SECONDS)
        with Session(engine) as session:
            try:
                outcome = act(session)
                session.commit()
            except (StaleOfferError, OfferDeletedError) as error:
                return type(error)
            return outcome

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.rule("R30")
def test_of_two_edits_at_once_one_is_stale(own_engine: Engine, offer_id: UUID) -> None:
    def edit(title: str) -> Act:
        return lambda session: (
            offers.edit(session, offer_id, {"title": title}, based_on=1, by="medewerker").title
        )

    outcomes = at_once(own_engine, edit("Van de een"), edit("Van de ander"))

    assert outcomes.count(StaleOfferError) == 1
    with Session(own_engine) as session:
        offer = session.get_one(Offer, offer_id)
        assert offer.title in outcomes
        assert offer.version == 2


@pytest.mark.rule("R38")
def test_adding_while_deleting_gives_a_snapshot_or_a_clear_answer(
    own_engine: Engine, offer_id: UUID
) -> None:
    def add(session: Session) -> str:
        teacher = session.scalars(select(Teacher)).one()
        return add_entry(session, teacher, offer_id, TODAY - timedelta(days=1), on=TODAY).title

    def delete(session: Session) -> None:
        offers.delete(session, offer_id, by="medewerker 1")

    added, _ = at_once(own_engine, add, delete)

    with Session(own_engine) as session:
        kept = [entry.title for entry in session.scalars(select(PortfolioEntry))]
        assert session.get_one(Offer, offer_id).status is OfferStatus.DELETED
    assert kept == ([] if added is OfferDeletedError else ["Differentiëren in de rekenles"])


def test_employees_who_come_at_once_get_a_number_each(own_engine: Engine) -> None:
    def login(subject: str) -> Act:
        return lambda session: (
            known_user(session, issuer="makelaar", kvk="68750110", subject=subject).label
        )

    labels = at_once(own_engine, *(login(subject) for subject in ("a", "b", "a", "c")))

    assert labels[0] == labels[2]
    assert set(labels) == {"medewerker 1", "medewerker 2", "medewerker 3"}
    with Session(own_engine) as session:
        assert len(session.scalars(select(ProviderUser)).all()) == 3
