"""Portfolio entries, followed dates, and hours."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from processes.register.catalogue.catalogue import CatalogueQuery, search
from processes.register.offers import offers
from processes.register.offers.offers import (
    Offer,
    OfferDeletedError,
    OfferKind,
    OfferNotFoundError,
    OfferStatus,
)
from processes.register.portfolio.entries import (
    EntryNotFoundError,
    FollowedDateError,
    FollowedDateProblem,
    add_entry,
    entries_of,
    portfolios_with,
    remove_entry,
)
from processes.register.portfolio.hours import hours, up_to
from processes.register.portfolio.teachers import Teacher, known_teacher
from processes.register.search.restrictions import Scope
from tests.processes.register.conftest import TODAY, NewOffer

YESTERDAY = TODAY - timedelta(days=1)
LAST_MONTH = TODAY - timedelta(days=30)


@pytest.fixture
def teacher(session: Session) -> Teacher:
    return known_teacher(session, issuer="school", subject="leraar-1", name="Noor de Vries")


def test_a_teacher_is_known_again(session: Session, teacher: Teacher) -> None:
    again = known_teacher(session, issuer="school", subject="leraar-1", name="Noor de Vries")

    assert again is teacher


def test_the_portfolios_own_search_finds_what_left_the_catalogue(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Concept")
    new_offer(title="Nooit gepubliceerd, wel voorbij", end_date=YESTERDAY, legacy_number="12-345")
    new_offer(title="Nooit ergens te zien", end_date=YESTERDAY)
    new_offer(title="", end_date=YESTERDAY)
    new_offer(title="Verlopen", status=OfferStatus.PUBLISHED, end_date=YESTERDAY)
    new_offer(title="Zichtbaar", status=OfferStatus.PUBLISHED)

    def titles(text: str) -> list[str]:
        query = CatalogueQuery(text=text, scope=Scope.PORTFOLIO)
        return [offer.title for offer in search(session, on=TODAY, query=query)]

    assert titles("") == ["Nooit gepubliceerd, wel voorbij", "Verlopen", "Zichtbaar"]
    assert len(titles("gepubliceerd")) == 1


@pytest.mark.rule("R34")
def test_an_entry_is_a_snapshot(session: Session, teacher: Teacher, published: Offer) -> None:
    entry = add_entry(session, teacher, published.id, LAST_MONTH, on=TODAY)

    changes = {"title": "Anders", "contact_hours": "10"}
    offers.edit(session, published.id, changes, based_on=1, by="medewerker 1")

    assert entry.title == "Differentiëren in de rekenles"
    assert entry.hours == Decimal("15.5")
    assert (entry.kind, entry.offer_version) == (OfferKind.COURSE, 1)


@pytest.mark.rule("R35")
def test_the_same_offer_on_the_same_day_is_one_entry(
    session: Session, teacher: Teacher, published: Offer
) -> None:
    first = add_entry(session, teacher, published.id, LAST_MONTH, on=TODAY)
    again = add_entry(session, teacher, published.id, LAST_MONTH, on=TODAY)
    other_day = add_entry(session, teacher, published.id, YESTERDAY, on=TODAY)

    assert again is first
    assert entries_of(session, teacher) == [other_day, first]
    assert portfolios_with(session, published.id) == 1


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    ("followed", "problem"),
    [
        (TODAY + timedelta(days=1), FollowedDateProblem.FUTURE),
        (YESTERDAY, FollowedDateProblem.AFTER_END),
        (date(2026, 8, 31), FollowedDateProblem.BEFORE_START),
    ],
)
def test_a_day_on_which_it_could_not_be_followed_is_explained(
    session: Session,
    teacher: Teacher,
    new_offer: NewOffer,
    followed: date,
    problem: FollowedDateProblem,
) -> None:
    offer = new_offer(
        status=OfferStatus.PUBLISHED, start_date=date(2026, 9, 1), end_date=LAST_MONTH
    )

    with pytest.raises(FollowedDateError) as error:
        add_entry(session, teacher, offer.id, followed, on=TODAY)
    assert error.value.problem is problem
    assert (error.value.earliest, error.value.latest) == (date(2026, 9, 1), LAST_MONTH)


def test_an_expired_offer_can_be_added_with_an_earlier_day(
    session: Session, teacher: Teacher, new_offer: NewOffer
) -> None:
    offer = new_offer(status=OfferStatus.PUBLISHED, end_date=YESTERDAY)

    assert add_entry(session, teacher, offer.id, LAST_MONTH, on=TODAY).title == offer.title


def test_concepts_and_deleted_offers_cannot_be_added(
    session: Session, teacher: Teacher, new_offer: NewOffer
) -> None:
    concept, gone = new_offer(), new_offer()
    offers.delete(session, gone.id, by="medewerker 1")

    for offer_id in (concept.id, uuid4()):
        with pytest.raises(OfferNotFoundError):
            add_entry(session, teacher, offer_id, YESTERDAY, on=TODAY)
    with pytest.raises(OfferDeletedError):
        add_entry(session, teacher, gone.id, YESTERDAY, on=TODAY)


def test_a_deleted_offer_still_counts_where_it_was_kept(
    session: Session, teacher: Teacher, published: Offer
) -> None:
    add_entry(session, teacher, published.id, LAST_MONTH, on=TODAY)

    offers.delete(session, published.id, by="medewerker 1")

    (entry,) = entries_of(session, teacher)
    assert entry.is_of_deleted_offer
    assert entry.title == "Differentiëren in de rekenles"
    assert hours([entry], up_to(TODAY)).total == Decimal("15.5")


def test_a_teacher_removes_only_their_own_entries(
    session: Session, teacher: Teacher, published: Offer
) -> None:
    other = known_teacher(session, issuer="school", subject="leraar-2", name="Yusuf")
    entry = add_entry(session, teacher, published.id, LAST_MONTH, on=TODAY)

    with pytest.raises(EntryNotFoundError):
        remove_entry(session, other, entry.id)
    remove_entry(session, teacher, entry.id)

    assert entries_of(session, teacher) == []
