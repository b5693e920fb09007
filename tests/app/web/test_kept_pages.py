"""Back and reload after a page answered a form: it is there again, for who sent the form."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web import kept_pages
from app.web.access import Role
from app.web.kept_pages import KeptPage
from processes.base import now, set_clock
from tests.app.begin.complaints import ADDRESS_OF, STORY, SUBJECT, complaint, place
from tests.app.onboarding import field
from tests.app.signing_in import sign_in

TYPED = {"veld_verhaal": "Er was niemand."}


@pytest.fixture
def refused(app: Flask, client: FlaskClient, session: Session) -> TestResponse:
    """The page of a start form that was refused, with the address where it is shown."""
    place(session, complaint(SUBJECT, STORY))
    sign_in(app, client, Role.TEACHER)
    return send(client)


def send(client: FlaskClient, **headers: str) -> TestResponse:
    page = client.get(ADDRESS_OF)
    hidden = {name: field(page, name) for name in ("csrf_token", "submission_id", "version")}
    return client.post(ADDRESS_OF, data=hidden | TYPED, headers=headers)


def number(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(KeptPage)) or 0


def test_a_refused_form_is_shown_at_an_address_that_can_be_loaded_again(
    client: FlaskClient, refused: TestResponse
) -> None:
    assert refused.request.method == "GET"
    assert refused.status_code == 422
    assert "Er was niemand." in refused.text
    again = client.get(refused.request.full_path)
    assert (again.status_code, again.text) == (422, refused.text)
    assert again.headers["Cache-Control"] == "no-store"


def test_what_stands_there_can_be_sent_again(client: FlaskClient, refused: TestResponse) -> None:
    hidden = {name: field(refused, name) for name in ("csrf_token", "submission_id", "version")}
    data = {**hidden, **TYPED, "veld_onderwerp": "De cursus"}
    sent = client.post(refused.request.full_path, data=data, follow_redirects=True)
    assert "Wij hebben het ontvangen" in sent.text


def test_nobody_else_sees_it(app: Flask, client: FlaskClient, refused: TestResponse) -> None:
    other = app.test_client()
    address = refused.request.full_path
    assert "Er was niemand." not in other.get(address, follow_redirects=True).text
    sign_in(app, other, Role.TEACHER)
    fresh = other.get(address)
    assert (fresh.status_code, fresh.headers["Location"]) == (303, ADDRESS_OF)
    client.post("/uitloggen", data={"csrf_token": field(refused, "csrf_token")})
    assert "Er was niemand." not in client.get(address, follow_redirects=True).text


def test_parts_of_pages_and_frames_are_answered_at_once(
    client: FlaskClient, session: Session, refused: TestResponse
) -> None:
    assert refused.status_code == 422
    before = number(session)
    for headers in ({"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Mode": "cors"}):
        assert send(client, **headers).request.method == "POST"
    assert number(session) == before


def test_a_browser_keeps_so_many_pages_and_none_longer_than_a_day(
    client: FlaskClient,
    session: Session,
    refused: TestResponse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_pages, "MOST", 2)
    newest = [send(client) for _ in range(3)][-1]
    assert number(session) == 2
    assert client.get(newest.request.full_path).status_code == 422
    assert client.get(refused.request.full_path).status_code == 303
    tomorrow = now() + timedelta(days=1, minutes=1)
    set_clock(lambda: tomorrow)
    kept_pages.drop_expired(session)
    assert number(session) == 0
