"""An error page of a form gives back what was typed in it (R17)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.web.access import Role, requires
from tests.app.onboarding import field
from tests.app.signing_in import sign_in

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
