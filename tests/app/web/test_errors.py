"""A page of an error that may pass keeps what was typed, to be sent again."""

import re
from html import unescape
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.web.access import public

TYPED = {"title": 'Rekenen & "meer" <b>', "text": "één\r\ntwee"}


@pytest.fixture
def failing(new_app: Flask) -> Flask:
    """Pages whose form cannot be kept."""

    def database_away() -> NoReturn:
        raise OperationalError(statement=None, params=None, orig=Exception())

    def fault() -> NoReturn:
        raise RuntimeError

    for path, view in (("/weg", database_away), ("/fout", fault)):
        new_app.add_url_rule(path, path[1:], public(view), methods=["GET", "POST"])
    new_app.config["WTF_CSRF_ENABLED"] = False
    new_app.testing = False
    return new_app


@pytest.mark.parametrize(("path", "status"), [("/weg", 503), ("/fout", 500)])
def test_what_was_typed_is_on_the_page(failing: Flask, path: str, status: int) -> None:
    answer = failing.test_client().post(f"{path}?x=1", data=TYPED)
    assert answer.status_code == status
    form = answer.text[answer.text.index(f'action="{path}?x=1"') :]
    kept = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    kept = [(name, unescape(text)) for name, text in kept if name != "csrf_token"]
    assert kept == list(TYPED.items())
    assert "Opnieuw versturen" in form


@pytest.mark.parametrize("path", ["/weg", "/fout"])
def test_a_page_that_was_only_asked_for_has_nothing_to_send_again(
    failing: Flask, path: str
) -> None:
    assert "Opnieuw versturen" not in failing.test_client().get(path).text


def test_an_error_that_will_stay_has_nothing_to_send_again(client: FlaskClient) -> None:
    answer = client.post("/bestaat-niet", data=TYPED)
    assert answer.status_code in {400, 404}
    assert "Opnieuw versturen" not in answer.text


@pytest.mark.rule("R17")
def test_what_was_typed_without_a_session_is_given_back_with_the_way_to_log_in(
    app: Flask, client: FlaskClient
) -> None:
    """A session that was ended elsewhere, or whose cookie is lost, keeps nothing for later."""
    app.config["WTF_CSRF_ENABLED"] = False
    client.set_cookie("loket", "unknown")
    for path in ("/portfolio/eigen", "/aanbod/nieuw"):
        answer = client.post(path, data=TYPED, headers={"Referer": f"http://localhost{path}"})
        assert answer.status_code == 401
        assert "Rekenen &amp; &#34;meer&#34; &lt;b&gt;" in answer.text
        assert "niet opgeslagen" in answer.text
        assert f'href="/inloggen?next={path}&amp;afgelopen=1"' in answer.text
        assert answer.text.count(">Inloggen<") == 2
    nothing = client.post("/portfolio/eigen", data={"title": " "})
    assert nothing.status_code == 303
    assert nothing.location.startswith("/inloggen?next=")
