"""A teacher evaluates what they followed; the pages of the activity tell what five or more say."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.base import today
from processes.register.offers.evaluations import QUESTIONS
from processes.register.offers.offers import Offer, delete
from processes.register.portfolio.entries import add_entry
from processes.register.portfolio.teachers import Teacher
from tests.app.offers.offer_world import a_catalogue_offer, a_provider, a_teacher, an_employee

ANSWERS = {"useful": "4", "accurate": "5", "recommended": "2"}


@pytest.fixture
def offer(app: Flask, session: Session) -> Offer:
    app.config["WTF_CSRF_ENABLED"] = False
    return a_catalogue_offer(session, a_provider(session))


def follower(session: Session, app: Flask, client: FlaskClient, offer: Offer, name: str) -> Teacher:
    teacher = a_teacher(session, app, client, name)
    add_entry(session, teacher, offer.id, today(), on=today())
    session.commit()
    return teacher


def test_an_evaluation_is_given_shown_again_and_changed(
    app: Flask, client: FlaskClient, session: Session, offer: Offer
) -> None:
    follower(session, app, client, offer, "Sam")
    address = f"/portfolio/beoordelen/{offer.id}"
    assert address in client.get("/portfolio").text
    refused = client.post(address, data={"useful": "4"}).text
    for question in list(QUESTIONS.values())[
        1:
    ]:  # each of its own, also in the list above the form
        assert f"Kies een antwoord bij “{question}”." in unescape(refused)
    assert client.post(address, data=ANSWERS | {"useful": "9"}).status_code == 422
    page = client.post(address, data=ANSWERS, follow_redirects=True).text
    assert "Uw beoordeling is bewaard" in page
    assert "Beoordeling wijzigen" in page
    assert 'checked class="utrecht-radio-button' in client.get(address).text
    assert "Wat leraren vinden" not in client.get(f"/catalogus/{offer.id}").text


@pytest.mark.rule("R37")
def test_public_and_provider_see_what_five_teachers_say(
    app: Flask, client: FlaskClient, session: Session, offer: Offer
) -> None:
    address = f"/portfolio/beoordelen/{offer.id}"
    for number in range(5):
        follower(session, app, client, offer, f"leraar {number}")
        assert client.post(address, data=ANSWERS).status_code == 303
    an_employee(app, client)
    for page in (f"/catalogus/{offer.id}", f"/aanbod/{offer.id}"):
        text = client.get(page).text
        assert "5 leraren die deze activiteit volgden" in text
        assert "Ik kan dit gebruiken in mijn werk: 4 van 5" in text


def test_who_did_not_follow_it_has_no_page(
    app: Flask, client: FlaskClient, session: Session, offer: Offer
) -> None:
    a_teacher(session, app, client)
    address = f"/portfolio/beoordelen/{offer.id}"
    assert client.get(address).status_code == 404
    assert client.post(address, data=ANSWERS).status_code == 404


@pytest.mark.rule("R37")
def test_who_evaluates_what_was_deleted_meanwhile_reads_that(
    app: Flask, client: FlaskClient, session: Session, offer: Offer
) -> None:
    follower(session, app, client, offer, "Sam")
    address = f"/portfolio/beoordelen/{offer.id}"
    delete(session, offer.id, by="test")
    session.commit()
    answer = client.post(address, data=ANSWERS)
    assert answer.status_code == 410
    assert "Wat hier stond, is verwijderd." in answer.text
    a_teacher(session, app, client, "Kim")
    assert client.get(address).status_code == 404
