"""Passkeys of break-glass accounts: what adds one, what opens with one, and what is refused."""

import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cose, server
from fido2.server import Fido2Server
from fido2.webauthn import AuthenticationResponse, RegistrationResponse
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.attempts import OneTimeStates
from app.auth.break_glass import key_views, keys
from app.auth.break_glass.accounts import BreakGlassAccount, BreakGlassKey, end, enter, make
from app.auth.break_glass.keys import can_have_keys, keys_of, link_code, remove
from app.auth.sessions import LoginAttempt
from processes.base import now, set_clock
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform.roles import Role
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.software_key import FLAG, ORIGIN, SoftwareKey
from tests.app.auth.test_break_glass import PAGE, notices

KEYS = f"{PAGE}/sleutel"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    ours = settings.model_copy(update={"public_url": ORIGIN})
    use_settings(ours)
    return ours


@pytest.fixture(autouse=True)
def _account(app: Flask, session: Session) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    lasts = timedelta(hours=24)
    make(session, "beheer", [Role.OPERATOR], lasts=lasts, by="root", reason="Storing.")
    remember(session, Person(f"staff:{uuid4()}", "A", frozenset({"operator"})), "a@x.test")
    session.commit()
    yield
    set_clock(None)


def link(session: Session, label: str = "stick") -> str:
    code = link_code(session, "beheer", label)
    session.commit()
    return f"{KEYS}/{code}"


def added(
    client: FlaskClient, session: Session, key: SoftwareKey, label: str = "stick", **changed: Any
) -> TestResponse:
    """What comes of adding this key by a link of its own."""
    address = link(session, label)
    options = client.post(f"{address}/vraag").get_json()
    return client.post(address, data={"credential": key.made(options, **changed)})


def entered(client: FlaskClient, key: SoftwareKey, **changed: Any) -> TestResponse:
    options = client.post(f"{KEYS}/vraag").get_json()
    return client.post(KEYS, data={"credential": key.signed(options, **changed)})


def is_in(client: FlaskClient) -> bool:
    return client.get("/beheer").status_code == 200


@pytest.fixture
def key(client: FlaskClient, session: Session) -> SoftwareKey:
    """A key that was added."""
    made = SoftwareKey()
    assert added(client, session, made).status_code == 303
    return made


def test_a_key_is_added_by_a_link_and_opens(
    client: FlaskClient, session: Session, key: SoftwareKey
) -> None:
    page = client.get(PAGE).text
    assert "De sleutel “stick” is toegevoegd" in page
    assert "Inloggen met een sleutel" in page
    answer = entered(client, key)
    assert (answer.status_code, answer.location) == (303, "/beheer")
    assert is_in(client)
    (row,) = keys_of(session, "beheer")
    assert (row.label, row.counter, row.used_at is None) == ("stick", 1, False)
    actions = set(session.scalars(select(AuditEvent.action)))
    assert actions >= {"break-glass-key-added", "break-glass-used", "login"}
    assert notices(session) == [
        "Er is een sleutel “stick” toegevoegd aan de noodtoegang “beheer”.",
        "Iemand is ingelogd met de noodtoegang “beheer”.",
    ]


def test_an_account_has_several_keys_and_one_is_removed(
    app: Flask, client: FlaskClient, session: Session, key: SoftwareKey
) -> None:
    other = SoftwareKey(b"key-2")
    assert added(client, session, other, "telefoon").status_code == 303
    assert entered(client, other).status_code == 303
    assert not remove(session, "beheer", "geen", by="root", reason="x")
    assert remove(session, "beheer", "stick", by="root", reason="Kwijt.")
    session.commit()
    browser = app.test_client()
    assert entered(browser, key).status_code == 422
    assert entered(browser, other).status_code == 303


def test_a_link_is_good_once_for_a_while_and_for_its_account(
    client: FlaskClient, session: Session
) -> None:
    address = link(session)
    assert "“stick”" in client.get(address).text
    options = client.post(f"{address}/vraag").get_json()
    assert client.post(address, data={"credential": SoftwareKey().made(options)}).status_code == 303
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/vraag").status_code == 404
    late = link(session)
    moment = now() + timedelta(minutes=16)
    set_clock(lambda: moment)
    assert client.get(late).status_code == 404
    assert client.get(f"{KEYS}/zomaar").status_code == 404
    with pytest.raises(LookupError):
        link_code(session, "iemand", "stick")


def test_the_keys_go_with_the_account_and_open_nothing_when_it_is_over(
    client: FlaskClient, session: Session, key: SoftwareKey
) -> None:
    options = client.post(f"{KEYS}/vraag").get_json()
    (row,) = session.scalars(select(BreakGlassAccount))
    row.expires_at = now()
    session.commit()
    with pytest.raises(keys.KeyRefusedError, match="ended"):
        keys.enter_with_key(
            session, _settings(client), key.signed(options), options["challenge"]
        )  # fmt: skip
    assert client.post(f"{KEYS}/vraag").status_code == 404
    assert end(session, "beheer", by="root", reason="Voorbij.")
    assert session.scalars(select(BreakGlassKey)).all() == []


def _settings(client: FlaskClient) -> Settings:
    found: Settings = client.application.config["LOKET_SETTINGS"]
    return found


def test_wrong_passwords_do_not_lock_a_key_out(
    client: FlaskClient, session: Session, key: SoftwareKey
) -> None:
    for _ in range(5):
        assert enter(session, "beheer", "fout", "000000") is None
    session.commit()
    assert entered(client, key).status_code == 303


Spoil = Callable[[SoftwareKey], dict[str, Any]]
Off = tuple[Any, str, Any]


def _anything(*_given: object, **_named: object) -> bool:
    return True


class _Unchecked(Fido2Server):
    """Without the RP ID: whatever the key says is ours."""

    def authenticate_complete(self, state: Any, credentials: Any, response: Any) -> Any:
        self.rp: Any = _SameHash(response.response.authenticator_data.rp_id_hash)
        return super().authenticate_complete(state, credentials, response)

    def register_complete(self, state: Any, response: Any) -> Any:
        self.rp = _SameHash(response.response.attestation_object.auth_data.rp_id_hash)
        return super().register_complete(state, response)


class _SameHash:
    def __init__(self, id_hash: bytes) -> None:
        self.id_hash = id_hash


def _back(key: SoftwareKey) -> dict[str, Any]:
    key.counter -= 1
    return {}


ATTACKS: dict[str, tuple[Spoil, Off]] = {
    "another origin": (
        lambda _key: {"origin": "http://localhost.evil.test"},
        (keys, "_is_ours", _anything),
    ),
    "another scheme": (
        lambda _key: {"origin": "https://localhost"},
        (keys, "_is_ours", _anything),
    ),
    "a subdomain": (
        lambda _key: {"origin": "http://x.localhost"},
        (keys, "_is_ours", _anything),
    ),
    "another RP ID": (lambda _key: {"rp": "evil.test"}, (server, "Fido2Server", _Unchecked)),
    "in a frame": (lambda _key: {"cross_origin": True}, (keys, "_check_not_framed", _anything)),
    "not verified": (lambda _key: {"flags": FLAG.UP}, (keys, "VERIFIED", "preferred")),
}
OF_LOGIN: dict[str, tuple[Spoil, Off]] = {
    "another key": (
        lambda _key: {"secret": ec.generate_private_key(ec.SECP256R1())},
        (cose.ES256, "verify", _anything),
    ),
    "the counter stands still": (_back, (keys, "_check_counter", _anything)),
}


@pytest.mark.parametrize("name", ATTACKS | OF_LOGIN)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_a_login_that_is_wrong_in_one_way_opens_nothing(
    client: FlaskClient,
    session: Session,
    key: SoftwareKey,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    is_guarded: bool,
) -> None:
    assert entered(client.application.test_client(), key).status_code == 303
    spoil, off = (ATTACKS | OF_LOGIN)[name]
    if not is_guarded:
        monkeypatch.setattr(*off)
    answer = entered(client, key, **spoil(key))
    assert answer.status_code == (422 if is_guarded else 303)
    assert is_in(client) is not is_guarded
    if is_guarded:
        assert "Inloggen met deze sleutel lukt niet" in answer.text
        refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
        assert refused.details == {"reason": "noodtoegang"}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_a_key_that_is_wrong_in_one_way_is_not_added(
    client: FlaskClient,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    is_guarded: bool,
) -> None:
    spoil, off = ATTACKS[name]
    if not is_guarded:
        monkeypatch.setattr(*off)
    answer = added(client, session, SoftwareKey(), **spoil(SoftwareKey()))
    assert answer.status_code == (422 if is_guarded else 303)
    assert len(keys_of(session, "beheer")) == (0 if is_guarded else 1)


_KEPT: dict[str, str] = {}


def _kept(_states: OneTimeStates, name: str) -> str | None:
    """What was taken can be taken again."""
    _KEPT[name] = _TAKE(_states, name) or _KEPT.get(name, "")
    return _KEPT[name]


_TAKE = OneTimeStates.get


@pytest.mark.parametrize("is_guarded", [True, False], ids=["", "null"])
def test_an_answer_counts_once(
    client: FlaskClient, key: SoftwareKey, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    options = client.post(f"{KEYS}/vraag").get_json()
    with client.session_transaction() as kept:
        mark = kept[key_views._CHALLENGE]  # noqa: SLF001
    sent = {"credential": key.signed(options)}
    if not is_guarded:
        monkeypatch.setattr(OneTimeStates, "get", _kept)
        monkeypatch.setattr(keys, "_check_counter", _anything)
    assert client.post(KEYS, data=sent).status_code == 303
    client.post("/uitloggen")
    with client.session_transaction() as kept:
        kept[key_views._CHALLENGE] = mark  # noqa: SLF001
    assert client.post(KEYS, data=sent).status_code == (422 if is_guarded else 303)


@pytest.mark.parametrize("minutes", [4, 6])
def test_a_challenge_is_short_lived(client: FlaskClient, key: SoftwareKey, minutes: int) -> None:
    options = client.post(f"{KEYS}/vraag").get_json()
    moment = now() + timedelta(minutes=minutes)
    set_clock(lambda: moment)
    answer = client.post(KEYS, data={"credential": key.signed(options)})
    assert answer.status_code == (303 if minutes == 4 else 422)


def test_a_challenge_is_of_the_browser_that_asked_for_it(
    app: Flask, client: FlaskClient, key: SoftwareKey
) -> None:
    options = client.post(f"{KEYS}/vraag").get_json()
    sent = {"credential": key.signed(options)}
    other = app.test_client()
    assert other.post(KEYS, data=sent).status_code == 422
    assert client.post(KEYS, data=sent).status_code == 303


@pytest.mark.parametrize(
    "sent", ["", "{", "[]", "null", '"x"', "{}", '{"id": 1}', "1" * 30_000, '{"rawId": "eA"}']
)
def test_odd_text_is_refused_like_the_rest(
    client: FlaskClient, session: Session, key: SoftwareKey, sent: str
) -> None:
    assert key
    client.post(f"{KEYS}/vraag")
    assert client.post(KEYS, data={"credential": sent}).status_code == 422
    assert session.scalars(select(WebSession)).all() == []
    address = link(session)
    client.post(f"{address}/vraag")
    assert client.post(address, data={"credential": sent}).status_code == 422


@pytest.mark.parametrize(
    "raised", [struct.error, RecursionError, NotImplementedError, UnsupportedAlgorithm, ValueError]
)
def test_whatever_the_library_raises_on_an_answer_is_a_refusal_that_stands_in_the_trail(
    client: FlaskClient,
    session: Session,
    key: SoftwareKey,
    monkeypatch: pytest.MonkeyPatch,
    raised: type[Exception],
) -> None:
    def fail(*_given: object) -> None:
        raise raised

    for kind in (AuthenticationResponse, RegistrationResponse):
        monkeypatch.setattr(kind, "from_dict", fail)
    assert entered(client, key).status_code == 422
    refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert refused.details == {"reason": "noodtoegang"}
    assert added(client, session, SoftwareKey(b"key-2")).status_code == 422
    assert [each.label for each in keys_of(session, "beheer")] == ["stick"]


def test_a_link_that_another_request_takes_meanwhile_adds_nothing(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both had seen that it was good; of two at once the row is there for one."""
    address = link(session)
    options = client.post(f"{address}/vraag").get_json()
    sent = {"credential": SoftwareKey().made(options)}
    asked = keys.asked_by(session, address.rsplit("/", 1)[-1])
    session.execute(delete(LoginAttempt))
    session.commit()
    monkeypatch.setattr(keys, "asked_by", lambda *_given: asked)
    monkeypatch.setattr(OneTimeStates, "get", lambda *_given: options["challenge"])
    assert client.post(address, data=sent).status_code == 422
    assert keys_of(session, "beheer") == []


def test_a_link_whose_key_was_refused_can_be_used_again(
    client: FlaskClient, session: Session
) -> None:
    address = link(session)
    for origin, status in (("http://evil.test", 422), ("http://localhost", 303)):
        options = client.post(f"{address}/vraag").get_json()
        sent = {"credential": SoftwareKey().made(options, origin=origin)}
        assert client.post(address, data=sent).status_code == status


def test_a_key_that_is_there_is_not_added_again(
    client: FlaskClient, session: Session, key: SoftwareKey
) -> None:
    assert added(client, session, key).status_code == 422
    assert len(keys_of(session, "beheer")) == 1


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("https://portal.example", True),
        ("http://localhost:8000", True),
        ("http://portal.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://[::1]", False),
    ],
)
def test_browsers_make_keys_for_a_host_name_with_tls(
    settings: Settings, address: str, *, can: bool
) -> None:
    assert can_have_keys(settings.model_copy(update={"public_url": address})) is can
