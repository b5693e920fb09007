"""A login provider ends sessions; a logout token that is wrong in one way ends none."""

import hmac
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import back_channel, clients
from app.auth.attempts import LoginFaultError
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.oidc.issuer import CLAIMS, TestIssuer, encoded
from tests.app.auth.oidc.safeguards import nothing, unverified
from tests.app.auth.oidc.test_attacks import begin, bring

LOGOUT = "/inloggen/uitloggen"
SID = "session-1"
Claims = dict[str, Any]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def claims_of(issuer: TestIssuer, **changed: Any) -> Claims:
    """What a logout token says; None leaves a claim out."""
    moment = int(time.time())
    usual: Claims = {
        "iss": issuer.url,
        "aud": issuer.client_id,
        "iat": moment,
        "exp": moment + 120,
        "jti": "token-1",
        "sub": CLAIMS["sub"],
        "sid": SID,
        "events": {back_channel.EVENT: {}},
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def told(client: FlaskClient, token: str) -> TestResponse:
    """The provider's own request: it has no cookies of the user."""
    return client.application.test_client().post(LOGOUT, data={"logout_token": token})


@pytest.fixture
def inside(client: FlaskClient, issuer: TestIssuer) -> FlaskClient:
    """A browser that is logged in, in a session that the provider named."""
    issuer.claims = CLAIMS | {"sid": SID}
    assert bring(client, issuer.authorize(begin(client))).status_code == 303
    return client


def left(session: Session) -> int:
    session.expire_all()
    return len(session.scalars(select(WebSession)).all())


def test_the_provider_ends_the_session(
    inside: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    assert inside.get("/mijn-sessies").status_code == 200
    answer = told(inside, issuer.signed(claims_of(issuer), typ="logout+jwt"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (204, "no-store")
    assert inside.get("/mijn-sessies").status_code == 303
    assert left(session) == 0
    (event,) = session.scalars(select(AuditEvent).filter_by(action="logout-by-provider"))
    assert event.details == {"source": issuer.url, "count": 1}


@pytest.mark.parametrize(
    ("changed", "ends"),
    [
        ({"sub": None}, 1),
        ({"sid": None}, 1),
        ({"sid": "session-2"}, 0),
        ({"sid": "session-2", "sub": None}, 0),
        ({"sub": "somebody"}, 0),
        ({"sub": "somebody", "sid": None}, 0),
        ({"aud": ["another", "loket-eherkenning"]}, 1),
    ],
)
def test_it_ends_the_sessions_that_it_names_and_no_others(
    inside: FlaskClient, session: Session, issuer: TestIssuer, changed: Claims, ends: int
) -> None:
    answer = told(inside, issuer.signed(claims_of(issuer, **changed)))
    assert answer.status_code == 204
    assert left(session) == 1 - ends


def test_a_session_whose_name_is_not_known_ends_with_its_person(
    client: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    bring(client, issuer.authorize(begin(client)))
    assert told(client, issuer.signed(claims_of(issuer))).status_code == 204
    assert left(session) == 0


def test_one_provider_ends_no_session_of_another(
    inside: FlaskClient, session: Session, issuers: dict[str, TestIssuer]
) -> None:
    other = issuers["accounts.example"]
    assert told(inside, other.signed(claims_of(other))).status_code == 204
    assert left(session) == 1


def _unsigned(issuer: TestIssuer) -> str:
    header, body = b'{"alg":"none"}', issuer.signed(claims_of(issuer)).split(".")[1]
    return f"{encoded(header)}.{body}."


def _by_public_key(issuer: TestIssuer) -> str:
    """HS256 with what everybody may know as the secret."""
    body = issuer.signed(claims_of(issuer)).split(".")[1]
    header = encoded(b'{"alg":"HS256"}')
    signed = f"{header}.{body}"
    secret = issuer.key.as_pem(private=False)
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def with_claims(**changed: Any) -> Callable[[TestIssuer], str]:
    return lambda issuer: issuer.signed(claims_of(issuer, **changed))


def at(name: str, seconds: int) -> Callable[[TestIssuer], str]:
    """This moment so long from now."""

    def make(issuer: TestIssuer) -> str:
        return issuer.signed(claims_of(issuer, **{name: int(time.time()) + seconds}))

    return make


Off = tuple[Any, str, Any]
DECODED: Off = (clients, "_decoded", lambda token, _keys: unverified(token).claims)
PARTIES: Off = (back_channel, "_check_parties", nothing)
MOMENT: Off = (back_channel, "_check_moment", nothing)
KIND: Off = (back_channel, "_check_kind", nothing)
AGO = 1000  # seconds

ATTACKS: dict[str, tuple[Callable[[TestIssuer], str], Off]] = {
    "signed by another key": (
        lambda issuer: issuer.signed(claims_of(issuer), RSAKey.generate_key(2048)),
        DECODED,
    ),
    "not signed": (_unsigned, DECODED),
    "signed by a shared secret": (_by_public_key, DECODED),
    "of another client": (with_claims(aud="another"), PARTIES),
    "for nobody": (with_claims(aud=None), PARTIES),
    "made long ago": (at("iat", -AGO), MOMENT),
    "made in the future": (at("iat", AGO), MOMENT),
    "made never": (with_claims(iat=None), MOMENT),
    "made at no moment": (with_claims(iat=True), MOMENT),
    "over": (at("exp", -AGO), MOMENT),
    "without an end": (with_claims(exp=None), MOMENT),
    "without an event": (with_claims(events=None), KIND),
    "with another event": (with_claims(events={"urn:other": {}}), KIND),
    "with an odd event": (with_claims(events={back_channel.EVENT: "x"}), KIND),
    "an ID token": (with_claims(nonce="n"), KIND),
    "without an identifier": (
        with_claims(jti=None),
        (back_channel, "_checked", lambda *given: clients.signed_claims(
            given[0], given[2], may_ask=bool) | {"jti": "x"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_a_token_that_is_wrong_in_one_way_ends_nothing(
    inside: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    is_guarded: bool,
) -> None:
    make, off = ATTACKS[name]
    if not is_guarded:
        monkeypatch.setattr(*off)
    answer = told(inside, make(issuer))
    assert answer.status_code == (400 if is_guarded else 204)
    assert left(session) == (1 if is_guarded else 0)


def test_the_issuer_must_be_the_one_whose_key_it_was(
    inside: FlaskClient, session: Session, issuers: dict[str, TestIssuer]
) -> None:
    """Both have the same key here: what the token says of its issuer decides."""
    broker = issuers["makelaar.example"]
    token = broker.signed(claims_of(broker, iss="https://elsewhere.example"))
    assert told(inside, token).status_code == 400
    assert left(session) == 1


def test_who_it_is_about_must_be_told(
    inside: FlaskClient, session: Session, issuer: TestIssuer
) -> None:
    for changed in ({"sid": None, "sub": None}, {"sid": 1, "sub": None}, {"sid": "", "sub": ""}):
        answer = told(inside, issuer.signed(claims_of(issuer, **changed)))
        assert answer.status_code == 400
    assert left(session) == 1


@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_a_token_counts_once(
    inside: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_guarded: bool,
) -> None:
    token = issuer.signed(claims_of(issuer))
    assert told(inside, token).status_code == 204
    bring(inside, issuer.authorize(begin(inside)))
    assert left(session) == 1
    if not is_guarded:
        monkeypatch.setattr(back_channel, "_count_once", nothing)
    assert told(inside, token).status_code == (400 if is_guarded else 204)
    assert left(session) == (1 if is_guarded else 0)
    again = issuer.signed(claims_of(issuer, jti="token-2"))
    assert told(inside, again).status_code == 204
    assert left(session) == 0


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b.c.d.e", "." * 30_000, "é.é.é"])
def test_what_is_no_token_is_refused(inside: FlaskClient, session: Session, token: str) -> None:
    assert told(inside, token).status_code == 400
    assert left(session) == 1


@pytest.mark.parametrize("is_too_often", [False, True])
def test_the_keys_are_asked_anew_for_an_unknown_one_but_not_too_often(
    inside: FlaskClient, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch, *, is_too_often: bool
) -> None:
    asked: list[str] = []
    respond = issuer.respond

    def counted(request: Any) -> Any:
        asked.append(str(request.url))
        return respond(request)

    def judged(name: str, per_minute: int) -> bool:
        assert (name, per_minute) == ("new keys of eherkenning", 6)
        return is_too_often

    monkeypatch.setattr(issuer, "respond", counted)
    monkeypatch.setattr(back_channel, "is_too_often", judged)
    token = issuer.signed(claims_of(issuer), kid="unknown")
    assert told(inside, token).status_code == 400
    assert [each for each in asked if each.endswith("/jwks")] == (
        [] if is_too_often else [f"{issuer.url}/jwks"]
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["accounts"]),
        ({"aud": "another"}, []),
        ({"iss": "https://elsewhere.example"}, []),
        ({"iss": "https://makelaar.example"}, []),  # whose client has another name
    ],
)
def test_only_the_provider_that_a_token_names_is_asked_for_its_keys(
    inside: FlaskClient,
    issuers: dict[str, TestIssuer],
    monkeypatch: pytest.MonkeyPatch,
    changed: Claims,
    expected: list[str],
) -> None:
    asked: list[str] = []

    def signed_claims(name: str, *_given: object, **_named: object) -> Claims:
        asked.append(name)
        raise LoginFaultError

    monkeypatch.setattr(clients, "signed_claims", signed_claims)
    other = issuers["accounts.example"]
    assert told(inside, other.signed(claims_of(other, **changed))).status_code == 400
    assert asked == expected
