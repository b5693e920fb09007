"""No changed answer of an OpenID provider gives a session; without its safeguard it would."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import clients, outcomes
from app.auth.attempts import ATTEMPT, MOST_AT_ONCE
from app.auth.issuers import EHERKENNING
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.oidc.attack_list import ATTACKS, Attack
from tests.app.auth.oidc.issuer import FORGED, ISSUER, KVK, TestIssuer
from tests.app.auth.oidc.safeguards import switch_off
from tests.app.onboarding import field, heading

# What the database stores of a login is tested on both; here it is what is refused.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def begin(client: FlaskClient, via: str = "eherkenning", **more: str) -> str:
    """Where the portal sends the browser."""
    token = field(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": via, **more})
    assert begun.status_code == 303
    return str(begun.location)


def bring(client: FlaskClient, brought: dict[str, str]) -> TestResponse:
    return client.get(f"/inloggen/terug?{urlencode(brought)}")


def signed_in(session: Session) -> list[str | None]:
    """The KvK number of each session there is."""
    return list(session.scalars(select(WebSession.kvk)))


def test_an_answer_that_nobody_changed_signs_in(
    client: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    assert bring(client, issuer.authorize(begin(client))).status_code == 303
    assert signed_in(session) == [KVK]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_gives_no_session(
    client: FlaskClient, session: Session, issuer: TestIssuer, attack: Attack
) -> None:
    attack.prepare(issuer)
    answer = bring(client, attack.brings(issuer.authorize(begin(client))))
    assert answer.status_code in {400, 403, 502}
    assert signed_in(session) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_without_its_safeguard_the_attack_would_succeed(
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    attack: Attack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attack.prepare(issuer)
    for name in attack.off:
        switch_off(monkeypatch, name, issuer)
    bring(client, attack.brings(issuer.authorize(begin(client))))
    assert signed_in(session) == [attack.believed]


def replayed(app: Flask, client: FlaskClient, issuer: TestIssuer) -> TestResponse:
    """The answer is brought twice, by a browser whose cookie is from before."""
    brought = issuer.authorize(begin(client))
    other = app.test_client()
    with client.session_transaction() as kept, other.session_transaction() as copy:
        copy.update(kept)
    bring(client, brought)
    return bring(other, brought)


def in_another_browser(app: Flask, client: FlaskClient, issuer: TestIssuer) -> TestResponse:
    return bring(app.test_client(), issuer.authorize(begin(client)))


def code_of_another_login(app: Flask, client: FlaskClient, issuer: TestIssuer) -> TestResponse:
    """The code was given to somebody else, who puts it in this browser's answer."""
    code = issuer.authorize(begin(app.test_client()))["code"]
    return bring(client, issuer.authorize(begin(client)) | {"code": code})


def code_used_twice(_app: Flask, client: FlaskClient, issuer: TestIssuer) -> TestResponse:
    """The code was exchanged before."""
    brought = issuer.authorize(begin(client))
    issuer.codes = {} if issuer.checks_codes else issuer.codes
    return bring(client, brought)


Login = Callable[[Flask, FlaskClient, TestIssuer], TestResponse]
LOGINS: list[tuple[Login, tuple[str, ...], int]] = [
    (replayed, ("once", "codes"), 1),
    (in_another_browser, ("state",), 0),
    (code_of_another_login, ("codes", "nonce", "same nonce"), 0),
    (code_used_twice, ("codes",), 0),
]


@pytest.mark.parametrize(("login", "off", "before"), LOGINS)
def test_a_login_of_another_browser_or_moment_gives_no_session(
    app: Flask,
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    login: Login,
    off: tuple[str, ...],
    before: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert login(app, client, issuer).status_code in {400, 502}
    assert len(signed_in(session)) == before
    for name in off:
        switch_off(monkeypatch, name, issuer)
    assert login(app, app.test_client(), issuer).status_code == 303
    assert len(signed_in(session)) == 2 * before + 1


@pytest.mark.parametrize("metadata", [["RS256", "none", "HS256"], ["none"], None])
def test_what_an_issuer_allows_beyond_public_keys_is_not_allowed_here(
    client: FlaskClient, issuer: TestIssuer, app: Flask, metadata: list[str] | None
) -> None:
    issuer.metadata["id_token_signing_alg_values_supported"] = metadata
    bring(client, issuer.authorize(begin(client)))
    with app.app_context():
        known = app.extensions[clients.EXTENSION].create_client(EHERKENNING)
    allowed = known.server_metadata["id_token_signing_alg_values_supported"]
    assert "RS256" in allowed
    assert not {"none", "HS256", "HS384", "HS512"} & set(allowed)


def test_an_issuer_that_is_mixed_up_with_another_does_not_get_its_code(
    client: FlaskClient,
    session: Session,
    issuers: dict[str, TestIssuer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest, other = issuers["makelaar.example"], issuers["accounts.example"]

    def mixed_up() -> dict[str, str]:
        """A login that began at the other issuer, and comes back from the honest one."""
        state = other.authorize(begin(client, "accounts"))["state"]
        return honest.authorize(begin(client)) | {"state": state}

    assert bring(client, mixed_up()).status_code == 502
    assert other.asked_for == []
    switch_off(monkeypatch, "sender", honest)
    brought = mixed_up()
    bring(client, brought)
    assert other.asked_for == [brought["code"]]
    assert signed_in(session) == []


def test_a_token_decides_what_the_user_info_says_otherwise(
    client: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    issuer.userinfo = {"sub": "medewerker-1", "urn:etoegang:core:LegalSubjectID": FORGED}
    bring(client, issuer.authorize(begin(client)))
    assert signed_in(session) == [KVK]


@pytest.mark.parametrize("userinfo", [[1], "text", 5, {"sub": ["medewerker-1"]}])
def test_user_info_that_is_none_is_a_fault(
    client: FlaskClient, session: Session, issuer: TestIssuer, userinfo: object
) -> None:
    issuer.userinfo = userinfo
    answer = bring(client, issuer.authorize(begin(client)))
    assert (answer.status_code, heading(answer)) == (502, "Inloggen lukt nu niet")
    assert signed_in(session) == []


@pytest.mark.parametrize("made", ["", "a.b", "a.b.c", 5, None, ["x"]])
def test_a_token_that_is_none_is_a_fault(
    client: FlaskClient, session: Session, issuer: TestIssuer, made: object
) -> None:
    issuer.token = lambda _claims: made
    answer = bring(client, issuer.authorize(begin(client)))
    assert (answer.status_code, heading(answer)) == (502, "Inloggen lukt nu niet")
    assert signed_in(session) == []


def test_logins_that_were_not_finished_do_not_fill_the_cookie(
    client: FlaskClient, issuer: TestIssuer
) -> None:
    oldest, *_, newest = [issuer.authorize(begin(client)) for _ in range(MOST_AT_ONCE + 1)]
    with client.session_transaction() as cookie:
        assert len([name for name in cookie if name.startswith(ATTEMPT)]) == MOST_AT_ONCE
    assert bring(client, oldest).status_code == 400
    assert bring(client, newest).status_code == 303


def test_the_way_back_is_our_own_address_whatever_host_was_asked(
    app: Flask, issuer: TestIssuer
) -> None:
    assert issuer.url == ISSUER
    client = app.test_client()
    token = field(client.get("/inloggen"), "csrf_token")
    begun = client.post(
        "/inloggen",
        data={"csrf_token": token, "via": "eherkenning"},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    asked = parse_qs(urlsplit(begun.location).query)
    assert asked["redirect_uri"] == ["http://localhost/inloggen/terug"]


@pytest.mark.parametrize("after", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_a_login_leads_to_no_address_elsewhere(
    client: FlaskClient, issuer: TestIssuer, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = bring(client, issuer.authorize(begin(client, next=after)))
    assert answer.location == "/aanmelding"
    monkeypatch.setattr(outcomes, "safe_next", lambda address: address)
    unguarded = bring(client, issuer.authorize(begin(client, next=after)))
    assert "evil.example" in unguarded.location
