"""A login provider that sends the portal itself elsewhere is not followed (ASVS 15.3.2)."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from flask.testing import FlaskClient
from requests.adapters import HTTPAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import id_tokens
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.oidc.issuer import CLAIMS, TestIssuer
from tests.app.auth.oidc.test_attacks import begin, bring
from tests.app.onboarding import field

ELSEWHERE = "https://elsewhere.example"
AFTER_THE_LOGIN = ["/jwks", "/token", "/userinfo"]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def asked(issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Which page moved, and which hosts were asked for it; what moved answers as ever there."""
    found: dict[str, Any] = {"moved": "", "hosts": []}

    def send(_adapter: object, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        found["hosts"].append(parts.hostname)
        if parts.path != found["moved"] or parts.hostname == urlsplit(ELSEWHERE).hostname:
            answer = issuer.respond(request)
        else:
            answer = requests.Response()
            answer.status_code, answer.request = 307, request
            answer.headers["Location"] = ELSEWHERE + parts.path
        answer.url = str(request.url)
        return answer

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return found


@pytest.mark.parametrize("is_kept", [True, False], ids=["", "null"])
@pytest.mark.parametrize("page", AFTER_THE_LOGIN)
def test_what_moved_is_not_followed(
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    asked: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    *,
    is_kept: bool,
) -> None:
    if not is_kept:
        monkeypatch.setattr(id_tokens.Client, "client_cls", OAuth2Session)
    issuer.userinfo = {"sub": CLAIMS["sub"]}
    sent = issuer.authorize(begin(client))
    asked["moved"] = page
    answer = bring(client, sent)
    assert answer.status_code == (502 if is_kept else 303)
    assert ("elsewhere.example" in asked["hosts"]) is not is_kept
    assert bool(list(session.scalars(select(WebSession)))) is not is_kept


def test_metadata_that_moved_begins_no_login(
    client: FlaskClient, issuer: TestIssuer, asked: dict[str, Any]
) -> None:
    asked["moved"] = "/.well-known/openid-configuration"
    token = field(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": "eherkenning"})
    assert begun.status_code == 502
    assert set(asked["hosts"]) == {urlsplit(issuer.url).hostname}
