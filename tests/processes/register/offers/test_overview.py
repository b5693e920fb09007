"""Filters, counters and pages of a provider's overview."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.register.offers.offers import (
    Offer,
    OfferStatus,
    counters,
    delete,
    mark_checked,
    overview,
)
from processes.register.offers.overview import Counters, OverviewFilter, OverviewOrder
from tests.processes.register.conftest import TODAY, NewOffer, NewProvider

KVK, BRANCH = "68750110", "000037178598"
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def _offers(session: Session, new_offer: NewOffer, new_provider: NewProvider) -> None:
    new_offer(title="A concept")
    new_offer(title="B onvolledig", areas=frozenset())
    published = new_offer(title="C gepubliceerd", status=OfferStatus.PUBLISHED, branch=BRANCH)
    new_offer(title="D verlopen", status=OfferStatus.PUBLISHED, end_date=YESTERDAY)
    new_offer(title="E verlopen concept", end_date=YESTERDAY, branch=BRANCH)
    delete(session, new_offer(title="Weg").id, by="medewerker 1")
    new_offer(title="Van een ander", provider=new_provider())
    mark_checked(session, published.id, checked=True, by="medewerker 1")


def letters(session: Session, branch: str | None = None, **filters: Any) -> str:
    page = overview(session, KVK, on=TODAY, branch=branch, filters=OverviewFilter(**filters))
    return "".join(offer.title[0] for offer in page)


@pytest.mark.usefixtures("_offers")
def test_the_overview_shows_all_but_what_is_deleted(session: Session) -> None:
    assert letters(session) == "ABCDE"


@pytest.mark.usefixtures("_offers")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "concept"}, "AB"),
        ({"status": "gepubliceerd"}, "C"),
        ({"status": "verlopen"}, "DE"),
        ({"checked": True}, "C"),
        ({"checked": False}, "ABDE"),
        ({"complete": False}, "B"),
        ({"complete": True}, "ACDE"),
        ({"text": "VERLOPEN concept"}, "E"),
        ({"branch": BRANCH}, "CE"),
        ({"status": "concept", "complete": True}, "A"),
    ],
)
def test_filters_work_together(session: Session, filters: dict[str, Any], found: str) -> None:
    assert letters(session, **filters) == found


@pytest.mark.usefixtures("_offers")
def test_a_branch_sees_its_own_offers_and_those_of_the_company_when_asked(
    session: Session,
) -> None:
    assert letters(session, branch=BRANCH) == "CE"
    assert letters(session, branch=BRANCH, company_wide=True) == "ABD"
    assert counters(session, KVK, on=TODAY, branch=BRANCH).total == 2


@pytest.mark.rule("R26")
@pytest.mark.usefixtures("_offers")
def test_the_counters_count_what_the_overview_shows(session: Session) -> None:
    assert counters(session, KVK, on=TODAY) == Counters(
        total=5,
        checked=1,
        concept=2,
        published=1,
        expired=2,
        visible=1,
        complete=1,
        incomplete=1,
    )


def test_a_provider_without_offers_has_an_empty_overview(session: Session) -> None:
    page = overview(session, KVK, on=TODAY)

    assert (len(page), page.total, page.pages, page.first, page.last) == (0, 0, 1, 0, 0)
    assert counters(session, KVK, on=TODAY) == Counters(0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.rule("R58")
def test_thousands_of_offers_come_page_by_page(session: Session, new_offer: NewOffer) -> None:
    for number in range(60):
        new_offer(title=f"Activiteit {number:02}")

    page = overview(session, KVK, on=TODAY, page=3)

    assert page.items[0].title == "Activiteit 50"
    assert (len(page), page.total) == (10, 60)


def test_an_ended_validation_can_be_looked_for(session: Session, new_offer: NewOffer) -> None:
    old: Offer = new_offer(title="Oud")
    old.legacy_valid_until = date(2018, 8, 1)
    new_offer(title="Nieuw")

    assert letters(session, validity_ended=True) == "O"


def test_the_end_date_orders_with_the_first_to_end_in_front(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Zonder")
    new_offer(title="Later", end_date=TODAY + timedelta(days=9))
    new_offer(title="Eerder", end_date=TODAY)

    assert letters(session, order=OverviewOrder.END_DATE) == "ELZ"
