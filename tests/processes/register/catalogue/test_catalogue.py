"""Search and visibility rules of the catalogue."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from processes.register.catalogue.catalogue import (
    CatalogueQuery,
    catalogue_offer,
    provider_names,
    search,
    visible_offer_ids,
)
from processes.register.offers.offers import (
    Offer,
    OfferDeletedError,
    OfferNotFoundError,
    OfferStatus,
    delete,
)
from processes.register.providers.providers import ProviderStatus, register, suspend
from tests.processes.register.conftest import TODAY, NewOffer, NewProvider

PUBLISHED = OfferStatus.PUBLISHED


def titles(session: Session, **query: object) -> list[str]:
    found = search(session, on=TODAY, query=CatalogueQuery(**query))  # type: ignore[arg-type]
    return [offer.title for offer in found]


def test_only_visible_offers_are_found(session: Session, new_offer: NewOffer) -> None:
    new_offer(title="Zichtbaar", status=PUBLISHED)
    new_offer(title="Concept")
    new_offer(title="Verlopen", status=PUBLISHED, end_date=TODAY - timedelta(days=1))

    assert titles(session) == ["Zichtbaar"]


def test_every_word_is_to_be_found_without_minding_capitals_or_accents(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Poëzie in de bovenbouw", status=PUBLISHED)
    new_offer(title="Proza", content="<p>Ook poezie komt aan bod</p>", status=PUBLISHED)
    new_offer(title="Rekenen", status=PUBLISHED)

    assert titles(session, text="POËZIE") == ["Poëzie in de bovenbouw", "Proza"]
    assert titles(session, text="poezie bovenbouw") == ["Poëzie in de bovenbouw"]
    assert titles(session, text="100%") == []
    assert titles(session, text="_") == []


def test_the_name_of_the_provider_is_found_too(session: Session, new_offer: NewOffer) -> None:
    provider = register(
        session,
        kvk="00900001",
        reference="AB-2026-222222",
        company={},
        corrections={},
        display_name="Académie Noord",
        company_known=True,
        contact={"name": "A", "email": "a@voorbeeld.nl"},
        registered_by="medewerker 1",
    )
    new_offer(title="Van Noord", provider=provider, status=PUBLISHED)
    new_offer(title="Van een ander", status=PUBLISHED)

    assert titles(session, text="academie") == ["Van Noord"]
    assert titles(session, provider="00900001") == ["Van Noord"]
    assert titles(session, provider="académie") == ["Van Noord"]
    assert titles(session, providers=frozenset({"00900001", "68750110"})) == [
        "Van een ander",
        "Van Noord",
    ]
    assert provider_names(session, {"00900001", "x"}) == {"00900001": "Académie Noord"}


def test_filters_of_one_kind_widen_and_of_different_kinds_narrow(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="A po", sectors=frozenset({"po"}), status=PUBLISHED)
    new_offer(title="B vo", sectors=frozenset({"vo"}), online=True, status=PUBLISHED)
    new_offer(
        title="C mbo",
        sectors=frozenset({"mbo"}),
        areas=frozenset({"pedagogisch"}),
        status=PUBLISHED,
    )

    assert titles(session, sectors=frozenset({"po", "vo"})) == ["A po", "B vo"]
    assert titles(session, sectors=frozenset({"po", "mbo"}), areas=frozenset({"pedagogisch"})) == [
        "C mbo"
    ]
    assert titles(session, places=frozenset({"online"})) == ["B vo"]
    assert titles(session, kinds=frozenset({"cursus"})) == ["A po", "B vo", "C mbo"]
    assert titles(session, kinds=frozenset({"opleiding"})) == []


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ((Decimal(10), None), True),
        ((Decimal("15.5"), Decimal("15.5")), True),
        ((Decimal(16), None), False),
        ((None, Decimal(15)), False),
        ((None, None), True),
    ],
)
def test_hours_are_contact_and_self_study_together(
    session: Session,
    published: Offer,
    hours: tuple[Decimal | None, Decimal | None],
    found: bool,
) -> None:
    assert titles(session, hours=hours) == ([published.title] if found else [])


def test_results_come_page_by_page(session: Session, new_offer: NewOffer) -> None:
    for number in range(45):
        new_offer(title=f"Activiteit {number:02}", status=PUBLISHED)

    page = search(session, on=TODAY, query=CatalogueQuery(), page=3)

    assert [offer.title for offer in page] == [f"Activiteit {n:02}" for n in range(40, 45)]
    assert (page.total, page.pages, page.first, page.last) == (45, 3, 41, 45)
    assert search(session, on=TODAY, query=CatalogueQuery(), page=99).number == 3


def test_the_page_of_an_offer_says_whether_it_expired(
    session: Session, new_offer: NewOffer
) -> None:
    visible = new_offer(status=PUBLISHED)
    expired = new_offer(status=PUBLISHED, end_date=TODAY - timedelta(days=1))

    assert catalogue_offer(session, visible.id, on=TODAY).state == "visible"
    assert catalogue_offer(session, expired.id, on=TODAY).state == "expired"
    assert visible_offer_ids(session, on=TODAY) == [visible.id]


def test_concepts_have_no_page_and_deleted_offers_say_so(
    session: Session, new_offer: NewOffer
) -> None:
    concept, gone = new_offer(end_date=TODAY - timedelta(days=1)), new_offer(status=PUBLISHED)
    delete(session, gone.id, by="medewerker 1")

    for offer_id in (concept.id, uuid4()):
        with pytest.raises(OfferNotFoundError):
            catalogue_offer(session, offer_id, on=TODAY)
    with pytest.raises(OfferDeletedError):
        catalogue_offer(session, gone.id, on=TODAY)


def test_offers_of_a_suspended_provider_have_no_page(
    session: Session, new_provider: NewProvider, new_offer: NewOffer
) -> None:
    provider = new_provider(status=ProviderStatus.ACTIVE)
    offer = new_offer(provider=provider, status=PUBLISHED)

    suspend(session, provider, "Klachten", by="registrar")

    assert titles(session) == []
    with pytest.raises(OfferNotFoundError):
        catalogue_offer(session, offer.id, on=TODAY)
