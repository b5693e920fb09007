"""The choice of a provider when the older register has newer data (R50)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.register.offers.fields import fields_of
from processes.register.offers.offers import Offer
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    deploy_offer_publication,
)
from tests.app.onboarding import field

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


def choose(client: FlaskClient, offer: Offer, choice: str, *chosen: str) -> TestResponse:
    """What the page sends, as it was opened now."""
    return client.post(address_of(offer), data=sent(client, offer, choice, *chosen))


def sent(client: FlaskClient, offer: Offer, choice: str, *chosen: str) -> dict[str, object]:
    seen = field(client.get(address_of(offer)), "gezien")
    return {"keuze": choice, "gegeven": list(chosen), "gezien": seen}


def address_of(offer: Offer) -> str:
    return f"/aanbod/{offer.id}/brongegevens"


def test_the_differences_are_shown_beside_each_other(client: FlaskClient, offer: Offer) -> None:
    address = f"/aanbod/{offer.id}/brongegevens"
    assert address in client.get(f"/aanbod/{offer.id}").text
    page = client.get(address).text
    assert offer.title in page
    assert "Van de bron" in page
    assert page.count("<tr><td") == 2
    assert "checked" not in page


def test_they_are_taken_over(client: FlaskClient, session: Session, offer: Offer) -> None:
    choose(client, offer, "overnemen", "title", "online")
    page = client.get(f"/aanbod/{offer.id}")
    assert "zijn overgenomen" in page.text
    assert "Nieuwere brongegevens" not in page.text
    session.refresh(offer)
    assert (offer.title, offer.online, offer.legacy_newer) == ("Van de bron", True, False)


def test_ones_own_are_kept(client: FlaskClient, session: Session, offer: Offer) -> None:
    before = offer.title
    choose(client, offer, "houden")
    page = client.get(f"/aanbod/{offer.id}")
    assert "Nieuwere brongegevens" not in page.text
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, False)


def test_what_a_published_activity_cannot_do_without_stays(
    client: FlaskClient, session: Session, offer: Offer
) -> None:
    offer.legacy_fields = fields_of(offer) | {"title": ""}
    before = offer.title
    session.commit()
    page = choose(client, offer, "overnemen", "title")
    assert page.status_code == 422
    assert "niet meer compleet" in page.text
    assert 'value="title" aria-label="Titel overnemen" checked' in page.text
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, True)


@pytest.mark.parametrize(
    ("choice", "chosen"), [("", ()), ("", ("title",)), ("overnemen", ()), ("anders", ("title",))]
)
def test_no_choice_changes_nothing(
    client: FlaskClient, session: Session, offer: Offer, choice: str, chosen: tuple[str, ...]
) -> None:
    before = offer.title
    assert choose(client, offer, choice, *chosen).status_code == 422
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, True)


def test_what_a_provider_changed_itself_stays_beside_what_it_takes(
    client: FlaskClient, session: Session, offer: Offer
) -> None:
    before = offer.title
    choose(client, offer, "overnemen", "online")
    session.refresh(offer)
    assert (offer.title, offer.online, offer.legacy_newer) == (before, True, False)


@pytest.mark.parametrize("choice", ["overnemen", "houden"])
@pytest.mark.parametrize("changed", ["legacy_checksum", "version"])
def test_a_choice_counts_for_what_was_shown(
    client: FlaskClient, session: Session, offer: Offer, choice: str, changed: str
) -> None:
    """The older register was read again, or a colleague saved, while the page was open."""
    form = sent(client, offer, choice, "title")
    before = offer.title
    setattr(offer, changed, {"legacy_checksum": "anders", "version": offer.version + 1}[changed])
    session.commit()
    page = client.post(address_of(offer), data=form)
    assert page.status_code == 409
    assert "intussen veranderd" in page.text
    session.refresh(offer)
    assert (offer.title, offer.legacy_newer) == (before, True)
    assert choose(client, offer, choice, "title").status_code == 303


def test_long_texts_that_differ_at_their_end_are_shown_whole(
    client: FlaskClient, session: Session, offer: Offer
) -> None:
    text = "Woord " * 100
    offer.content = f"<p>{text}hier</p>"
    offer.legacy_fields = fields_of(offer) | {"content": f"<p>{text}daar</p>"}
    session.commit()
    page = client.get(address_of(offer)).text
    for mark, word in (("del", "hier"), ("ins", "daar")):
        assert page.count(f"Woord <{mark}>{word}</{mark}>") == 2
        assert f"{text}<{mark}>{word}</{mark}></div></details>" in page
