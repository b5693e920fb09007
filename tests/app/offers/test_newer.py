"""The choice of a provider when the older register has newer data (R50)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.register.offers.fields import fields_of
from processes.register.offers.offers import Offer
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    deploy_offer_publication,
)

pytestmark = pytest.mark.rule("R50")


@pytest.fixture
def offer(app: Flask, client: FlaskClient, session: Session) -> Offer:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    offer = a_published_offer(session, provider)
    offer.legacy_fields = fields_of(offer) | {"title": "Van de bron", "online": True}
    offer.legacy_newer = True
    session.commit()
    return offer


def test_the_differences_are_shown_beside_each_other(client: FlaskClient, offer: Offer) -> None:
    address = f"/aanbod/{offer.id}/brongegevens"
    assert address in client.get(f"/aanbod/{offer.id}").text
    page = client.get(address).text
    assert offer.title in page
    assert "Van de bron" in page
    assert page.count("<tr><td") == 2


def test_they_are_taken_over(client: FlaskClient, session: Session, offer: Offer) -> None:
    address = f"/aanbod/{offer.id}/brongegevens"
    page = client.post(address, data={"keuze": "overnemen"}, follow_redirects=True)
    assert "zijn overgenomen" in page.text
    assert "Nieuwere brongegevens" not in page.text
    session.refresh(offer)
    assert (offer.title, offer.online, offer.legacy_newer) == ("Van de bron", True, False)


def test_ones_own_are_kept(client: FlaskClient, session: Session, offer: Offer) -> None:
    before = offer.title
    address = f"/aanbod/{offer.id}/brongegevens"
    page = client.post(address, data={"keuze": "houden"}, follow_redirects=True)
    assert "Nieuwere brongegevens" not in page.text
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, False)


def test_what_a_published_activity_cannot_do_without_stays(
    client: FlaskClient, session: Session, offer: Offer
) -> None:
    offer.legacy_fields = fields_of(offer) | {"title": ""}
    before = offer.title
    session.commit()
    address = f"/aanbod/{offer.id}/brongegevens"
    page = client.post(address, data={"keuze": "overnemen"})
    assert page.status_code == 422
    assert "niet meer compleet" in page.text
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, True)


def test_no_choice_changes_nothing(client: FlaskClient, session: Session, offer: Offer) -> None:
    assert client.post(f"/aanbod/{offer.id}/brongegevens").status_code == 422
    session.refresh(offer)
    assert offer.legacy_newer
