"""Access tokens by client credentials (RFC 6749 §4.4): short, hashed, gone with their opening."""

from base64 import b64encode
from datetime import timedelta

import pytest
from authlib.integrations.requests_client import OAuth2Session
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.base import now
from processes.engine.openings import access
from processes.engine.openings.clients import (
    Rights,
    disable,
    end_rotation,
    make,
    openings,
    rotate,
)
from processes.engine.store.opening_models import AccessToken, Opening
from tests.app.api.programs import Program

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def credentials(session: Session) -> tuple[str, str]:
    """Client id and secret of an opening that may send message m."""
    opening, secret = make(session, "crm", Rights(messages=["m"]), by="test")
    session.commit()
    return opening.id.hex, secret


def ask(client: FlaskClient, id_: str, secret: str, **form: str) -> TestResponse:
    given = b64encode(f"{id_}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {given}"}
    return client.post("/api/v1/token", data=form or GRANT, headers=headers)


def token_of(answer: TestResponse) -> str:
    assert answer.json is not None
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])


def test_credentials_give_a_token_that_the_api_takes(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    answer = ask(client, *credentials)
    assert answer.json is not None
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "refresh_token" not in answer.json
    token = token_of(answer)
    assert Program(client, token).post("berichten/m").status_code == 202
    (kept,) = session.scalars(select(AccessToken))
    assert token not in str(vars(kept))


def test_they_may_stand_in_the_form_and_the_id_may_be_written_as_a_uuid(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    (opening,) = openings(session)
    for id_ in (credentials[0], str(opening.id)):
        form = {**GRANT, "client_id": id_, "client_secret": credentials[1]}
        assert token_of(client.post("/api/v1/token", data=form))


@pytest.mark.parametrize(
    ("id_", "secret"),
    [("{id}", "x"), ("x", "{secret}"), ("{other}", "{secret}"), ("", "{secret}"), ("{id}", "é")],
)
def test_others_give_none(
    client: FlaskClient, session: Session, credentials: tuple[str, str], id_: str, secret: str
) -> None:
    other, _secret = make(session, "other", Rights(messages=["m"]), by="test")
    session.commit()
    known = {"id": credentials[0], "secret": credentials[1], "other": other.id.hex}
    refused = ask(client, id_.format(**known), secret.format(**known))
    assert refused.status_code == 401
    assert refused.json is not None
    assert refused.json["error"] == "invalid_client"
    assert session.scalars(select(AccessToken)).all() == []


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"x": "y"}, "invalid_request"),
    ],
)
def test_another_grant_is_refused(
    client: FlaskClient, credentials: tuple[str, str], form: dict[str, str], error: str
) -> None:
    refused = ask(client, *credentials, **form)
    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["error"] in {error, "unsupported_grant_type"}


def test_the_secret_itself_is_no_token(client: FlaskClient, credentials: tuple[str, str]) -> None:
    assert Program(client, credentials[1]).post("berichten/m").status_code == 401


def test_a_token_counts_for_ten_minutes_and_is_then_forgotten(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    before = now()
    token = token_of(ask(client, *credentials))
    (kept,) = session.scalars(select(AccessToken))
    lifetime = timedelta(minutes=10)
    assert before + lifetime <= kept.expires_at <= now() + lifetime
    assert not access.EXPIRED.ask(session, before)
    kept.expires_at = now()
    session.commit()
    assert Program(client, token).post("berichten/m").status_code == 401
    assert access.EXPIRED.ask(session, now())
    access.drop_expired(session, now())
    assert session.scalars(select(AccessToken)).all() == []


def test_two_secrets_give_tokens_during_a_rotation_and_the_end_takes_all_tokens(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    (opening,) = openings(session)
    newer = rotate(session, opening)
    session.commit()
    tokens = [token_of(ask(client, credentials[0], each)) for each in (credentials[1], newer)]
    end_rotation(session, opening)
    session.commit()
    assert [Program(client, each).post("berichten/m").status_code for each in tokens] == [401, 401]
    assert ask(client, *credentials).status_code == 401
    assert token_of(ask(client, credentials[0], newer))


def test_an_opening_that_is_disabled_has_no_tokens_even_when_it_is_enabled_again(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    token = token_of(ask(client, *credentials))
    (opening,) = openings(session)
    disable(session, opening)
    session.commit()
    assert ask(client, *credentials).status_code == 401
    opening.enabled = True
    session.commit()
    assert Program(client, token).post("berichten/m").status_code == 401


def test_the_last_use_is_noted(
    client: FlaskClient, session: Session, credentials: tuple[str, str]
) -> None:
    def last_use() -> bool:
        session.expire_all()
        (opening,) = session.scalars(select(Opening))
        used, opening.last_used_at = opening.last_used_at is not None, None
        session.commit()
        return used

    assert not last_use()
    token = token_of(ask(client, *credentials))
    assert last_use()
    Program(client, token).post("berichten/m")
    assert last_use()
    client.get("/api/v1/zaken", headers={"Authorization": f"Bearer {token}"})
    assert last_use()


def test_a_client_that_nobody_here_wrote_gets_a_token(
    client: FlaskClient, credentials: tuple[str, str]
) -> None:
    """Authlib's client makes the request, and reads the answer."""
    id_, secret = credentials
    made = OAuth2Session(id_, secret, token_endpoint_auth_method="client_secret_basic")
    asked = made.client_auth("client_secret_basic")
    uri, headers, body = asked.prepare("POST", "/api/v1/token", {}, "grant_type=client_credentials")
    answer = client.post(
        uri, data=body, headers=headers, content_type="application/x-www-form-urlencoded"
    )
    parsed = made.parse_response_token(
        type("Answer", (), {"status_code": answer.status_code, "json": lambda _self: answer.json})()
    )
    assert Program(client, parsed["access_token"]).post("berichten/m").status_code == 202


def test_refused_credentials_are_counted_and_right_ones_still_let_in(
    client: FlaskClient, credentials: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever credentials are taken; together they count once."""
    monkeypatch.setattr("app.web.limits.GUESSES", 4)
    token_of(ask(client, *credentials))  # finds the broker away: from here on this process counts
    worker = "/engine-rest/external-task/fetchAndLock"

    def wrong() -> list[TestResponse]:
        basic = {"Authorization": "Basic " + b64encode(b"x:wrong").decode()}
        signed = {"Signature-Input": 'a=("@method");keyid="x"', "Signature": "a=:eA==:"}
        return [
            Program(client, "wrong").post("berichten/m"),
            client.post("/api/v1/berichten/m", json={}, headers=signed),
            ask(client, credentials[0], "wrong"),
            client.post(worker, json={}, headers=basic),
        ]

    assert [each.status_code for each in wrong()] == [401] * 4
    refused = wrong()
    assert [each.status_code for each in refused] == [429] * 4
    assert all(each.headers["Retry-After"] for each in refused)
    assert "credentials that do not hold" in refused[0].json["detail"]  # type: ignore[index]
    token = token_of(ask(client, *credentials))
    assert Program(client, token).post("berichten/m").status_code == 202
