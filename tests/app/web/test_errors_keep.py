"""An error page of a form gives back what was typed in it (R17)."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.web.access import Role, requires
from processes.register.providers.people import Right
from processes.register.providers.providers import suspend
from tests.app.offers.offer_world import (
    a_provider,
    an_employee,
    an_offer,
    deploy_offer_publication,
)
from tests.app.onboarding import field
from tests.app.signing_in import sign_in, sign_in_as

TYPED = {"title": "Lezen & schrijven", "content": "Eerste regel\n\nTweede <regel>"}


@pytest.fixture
def address(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """A form whose view finds the disk of the database full."""

    @requires(Role.PROVIDER)
    def fails() -> str:
        statement = "INSERT"
        raise OperationalError(statement, {}, Exception("database or disk is full"))

    monkeypatch.setitem(app.view_functions, "offers.add", fails)
    sign_in(app, client, Role.PROVIDER)
    return "/aanbod/nieuw"


def test_what_was_typed_comes_back_and_can_be_sent_again(client: FlaskClient, address: str) -> None:
    token = field(client.get("/over"), "csrf_token")
    sent = {**TYPED, "csrf_token": token, "submission_id": "een-id"}
    page = client.post(address, data=sent, headers={"Origin": "http://localhost"})
    assert page.status_code == 503
    assert "Lezen &amp; schrijven" in page.text
    assert "Tweede &lt;regel&gt;" in page.text
    assert "Opnieuw versturen" in page.text
    assert 'name="submission_id" value="een-id"' in page.text


def test_a_form_of_another_site_is_not_offered_to_be_sent_again(
    client: FlaskClient, address: str
) -> None:
    page = client.post(address, data=TYPED, headers={"Origin": "https://evil.example"})
    assert page.status_code in {400, 403}
    assert "Opnieuw versturen" not in page.text


def test_a_lost_cookie_gives_the_text_back_and_a_way_to_log_in(client: FlaskClient) -> None:
    page = client.post("/aanbod/nieuw", data=TYPED, headers={"Origin": "http://localhost"})
    assert page.status_code == 400
    assert "Lezen &amp; schrijven" in page.text
    assert "niet opgeslagen" in page.text
    assert "/inloggen?next=/aanbod/nieuw" in page.text
    assert "Opnieuw versturen" not in page.text


def refused(client: FlaskClient, address: str) -> bool:
    """Whether the form is refused, with what was typed in it."""
    page = client.post(address, data=TYPED)
    is_kept = "Wat u had ingevuld" in page.text and "Lezen &amp; schrijven" in page.text
    return page.status_code == 403 and is_kept


def test_who_may_no_longer_change_gets_back_what_was_typed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """A right that was taken, a suspension and an activity of the whole company."""
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    offer = an_offer(session, provider)
    address = f"/aanbod/{offer.id}/bewerken"
    editor = an_employee(app, client)
    sign_in_as(app, client, replace(editor, right=Right.READER))
    assert refused(client, address)
    assert "Wat u had ingevuld" not in client.get(address).text
    an_employee(app, client, branch="000037178598")
    assert refused(client, address)
    an_employee(app, client)
    suspend(session, provider, "test", by="test")
    session.commit()
    assert refused(client, address)
