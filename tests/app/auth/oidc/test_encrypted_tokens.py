"""Encrypted ID tokens: what is inside is verified as always, and only our key opens it."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from authlib.integrations.base_client import sync_openid
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwe
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from sqlalchemy.orm import Session

from app.auth import id_tokens
from app.auth.id_tokens import NoKeyError, key_in, public_keys
from processes.platform.settings import Settings
from tests.app.auth.oidc.attack_list import ATTACKER, compact, forged
from tests.app.auth.oidc.issuer import FORGED, KVK, Claims, TestIssuer
from tests.app.auth.oidc.safeguards import switch_off
from tests.app.auth.oidc.test_attacks import begin, bring, signed_in

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

EVERY = jwe.JWERegistry(
    algorithms=[*jwe.JWERegistry.algorithms["alg"], "A256GCM", "DEF"], strict_check_header=False
)
USUAL = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"}
Made = Callable[[TestIssuer, Claims, RSAKey], str]


def closed(text: str, key: Any, **header: str) -> str:
    return jwe.encrypt_compact({**USUAL, **header}, text, key, registry=EVERY)


def log_in(client: FlaskClient, issuer: TestIssuer, made: Made, key: RSAKey) -> int:
    """Log in with this token; the status of the answer. Only `key`'s public half is used."""
    public = RSAKey.import_key(key.as_dict(private=False))
    issuer.token = lambda claims: made(issuer, claims, public)
    return bring(client, issuer.authorize(begin(client))).status_code


@pytest.fixture
def ours(settings: Settings) -> RSAKey:
    (key,) = id_tokens.keys(settings)
    assert isinstance(key, RSAKey)
    return key


def usual(issuer: TestIssuer, claims: Claims, key: RSAKey) -> str:
    return closed(issuer.signed(claims), key)


def with_choices(**header: str) -> Made:
    return lambda issuer, claims, key: closed(issuer.signed(claims), key, **header)


def unsigned(_issuer: TestIssuer, claims: Claims, key: RSAKey) -> str:
    return closed(json.dumps(forged(claims)), key)


def no_algorithm(_issuer: TestIssuer, claims: Claims, key: RSAKey) -> str:
    return closed(compact({"alg": "none"}, forged(claims)) + ".", key)


def by_somebody_else(issuer: TestIssuer, claims: Claims, key: RSAKey) -> str:
    return closed(issuer.signed(forged(claims), ATTACKER), key)


def for_somebody_else(issuer: TestIssuer, claims: Claims, _key: RSAKey) -> str:
    return closed(issuer.signed(claims), ATTACKER)


def twice(issuer: TestIssuer, claims: Claims, key: RSAKey) -> str:
    return closed(usual(issuer, claims, key), key)


@pytest.mark.parametrize(
    "header",
    [{}, {"alg": "RSA-OAEP"}, {"iss": "https://makelaar.example", "aud": "loket-eherkenning"}],
)
def test_an_encrypted_token_signs_in(
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    ours: RSAKey,
    header: dict[str, str],
) -> None:
    assert log_in(client, issuer, with_choices(**header), ours) == 303
    assert signed_in(session) == [KVK]


def any_json(token: str, **_named: object) -> SimpleNamespace:
    return SimpleNamespace(header={}, claims=json.loads(token))


OFF: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "only signed": lambda patch: patch.setattr(
        sync_openid, "jwt", SimpleNamespace(decode=any_json)
    ),
    "our key": lambda patch: patch.setattr(id_tokens, "keys", lambda _settings: [ATTACKER]),
    "algorithms": lambda patch: patch.setattr(id_tokens, "REGISTRY", EVERY),
}
REFUSED: list[tuple[Made, str, str]] = [
    (unsigned, "only signed", FORGED),
    (no_algorithm, "signature", FORGED),
    (by_somebody_else, "signature", FORGED),
    (for_somebody_else, "our key", KVK),
    (with_choices(alg="RSA1_5"), "algorithms", KVK),
    (with_choices(zip="DEF"), "algorithms", KVK),
]


@pytest.mark.filterwarnings("ignore:.*RSA1_5:joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(("made", "safeguard", "believed"), REFUSED)
def test_what_was_tampered_with_gives_no_session_and_would_without_its_safeguard(
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    ours: RSAKey,
    made: Made,
    safeguard: str,
    believed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert log_in(client, issuer, made, ours) == 502
    assert signed_in(session) == []
    if safeguard in OFF:
        OFF[safeguard](monkeypatch)
    else:
        switch_off(monkeypatch, safeguard, issuer)
    assert log_in(client, issuer, made, ours) == 303
    assert signed_in(session) == [believed]


@pytest.mark.parametrize("made", [twice, lambda *_given: "a.b.c.d.e", lambda *_given: "...."])
def test_odd_tokens_are_a_fault(
    client: FlaskClient, session: Session, issuer: TestIssuer, ours: RSAKey, made: Made
) -> None:
    assert log_in(client, issuer, made, ours) == 502
    assert signed_in(session) == []


def test_where_tokens_must_be_encrypted_others_are_refused(
    app: Flask, client: FlaskClient, session: Session, issuer: TestIssuer, settings: Settings
) -> None:
    asked = settings.model_copy(update={"oidc_encrypted": "eherkenning"})
    app.config["LOKET_SETTINGS"] = asked
    key = RSAKey.import_key(asked.oidc_key.read_bytes() if asked.oidc_key else b"")
    plain: Made = lambda issuer, claims, _key: issuer.signed(claims)  # noqa: E731
    assert log_in(client, issuer, plain, key) == 502
    assert log_in(client, issuer, usual, key) == 303
    app.config["LOKET_SETTINGS"] = settings
    assert log_in(client, issuer, plain, key) == 303
    assert signed_in(session) == [KVK]


def test_after_a_change_of_keys_both_open_and_the_new_one_is_published(
    app: Flask,
    client: FlaskClient,
    session: Session,
    issuer: TestIssuer,
    settings: Settings,
    ours: RSAKey,
    tmp_path: Path,
) -> None:
    file = tmp_path / "next.pem"
    file.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    changed = settings.model_copy(update={"oidc_key": file, "oidc_key_before": settings.oidc_key})
    app.config["LOKET_SETTINGS"] = changed
    published = json.loads(client.get("/inloggen/sleutels").text)
    assert [(key["kty"], key["use"]) for key in published["keys"]] == [("EC", "enc")]
    assert "d" not in published["keys"][0]
    assert log_in(client, issuer, usual, ours) == 303
    (theirs,) = KeySet.import_key_set(published).keys
    of_a_curve: Made = lambda issuer, claims, _key: closed(  # noqa: E731
        issuer.signed(claims), theirs, alg="ECDH-ES+A256KW"
    )
    assert log_in(client, issuer, of_a_curve, ours) == 303
    app.config["LOKET_SETTINGS"] = changed.model_copy(update={"oidc_key_before": None})
    assert log_in(client, issuer, usual, ours) == 502
    assert signed_in(session) == [KVK]


def test_without_a_key_nothing_is_published(app: Flask, client: FlaskClient) -> None:
    settings: Settings = app.config["LOKET_SETTINGS"]
    app.config["LOKET_SETTINGS"] = settings.model_copy(update={"oidc_key": None})
    assert client.get("/inloggen/sleutels").status_code == 404
    assert public_keys(app.config["LOKET_SETTINGS"]) == {"keys": []}


@pytest.mark.usefixtures("settings")
def test_a_file_without_a_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "oidc.pem"
    for content in (None, b"", b"no key", OKPKey.generate_key("Ed25519").as_pem(private=True)):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(NoKeyError, match=r"oidc\.pem"):
            key_in(file)
