"""The safeguards of a login by OIDC, each with what would be there without it."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from authlib.integrations.base_client import sync_openid
from authlib.integrations.flask_client.integration import FlaskIntegration
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core.claims import IDToken
from joserfc.jwt import JWTClaimsRegistry

from app.auth import claims, clients
from app.auth.attempts import OneTimeStates
from app.auth.issuers import EHERKENNING
from processes.platform import levels
from tests.app.auth.oidc.issuer import FORGED, TestIssuer

REGISTERED = ("iss", "aud", "exp", "nbf", "iat", "sub", "nonce")


def nothing(*_given: object, **_named: object) -> None:
    """A check that checks nothing."""


def unverified(token: str, **_named: object) -> SimpleNamespace:
    """Without the signature: what is there is believed."""
    header, body, _signature = token.split(".")
    read = [json.loads(urlsafe_b64decode(part + "==")) for part in (header, body)]
    return SimpleNamespace(header=read[0], claims=read[1])


def without(claim: str) -> Callable[..., None]:
    """All that the token says is checked but this."""

    def validate(token: Any, now: int | None = None, leeway: int = 0) -> None:
        options = {name: each for name, each in token.options.items() if name != claim}
        others = {name: value for name, value in token.items() if name != claim}
        JWTClaimsRegistry(now, leeway, **options).validate(others)

    return validate


SAFEGUARDS: dict[str, tuple[Any, str, Any]] = {
    "signature": (sync_openid, "jwt", SimpleNamespace(decode=unverified)),
    "essential": (IDToken, "ESSENTIAL_CLAIMS", []),
    "same nonce": (IDToken, "validate_nonce", nothing),
    "azp": (IDToken, "validate_azp", nothing),
    "at_hash": (IDToken, "validate_at_hash", nothing),
    "sender": (clients, "_check_sender", nothing),
    "login's age": (clients, "_check_auth_time", nothing),
    "same person": (clients, "_check_same_person", nothing),
    "level": (levels, "is_enough", lambda *_given: True),
    "kvk": (claims, "_kvk", lambda _claims: FORGED),
    "digits": (claims, "_digits", nothing),
    "subject": (claims, "_subject", lambda _given: "somebody"),
    "restriction": (claims, "RESTRICTION", "no such thing"),
    "service": (claims, "check_service", nothing),
    **{name: (JWTClaims, "validate", without(name)) for name in REGISTERED},
}


def switch_off(monkeypatch: pytest.MonkeyPatch, name: str, issuer: TestIssuer) -> None:
    """Take this safeguard away."""
    if name == "codes":
        issuer.checks_codes = False
    elif name == "state":
        _any_state(monkeypatch, issuer)
    elif name == "once":
        monkeypatch.setattr(OneTimeStates, "get", _kept)
    else:
        monkeypatch.setattr(*SAFEGUARDS[name])


_KEPT: dict[str, str] = {}
_take = OneTimeStates.get


def _kept(states: OneTimeStates, key: str) -> str | None:
    """What was taken can be taken again."""
    _KEPT[key] = _take(states, key) or _KEPT.get(key, "")
    return _KEPT[key]


def _any_state(monkeypatch: pytest.MonkeyPatch, issuer: TestIssuer) -> None:
    """Whatever state comes, in whatever browser: the login that was begun last."""

    def data(framework: Any, _session: object, _state: object) -> Any:
        kept = framework.cache.get(f"_state_{framework.name}_{issuer.state}")
        return json.loads(kept)["data"]

    monkeypatch.setattr(FlaskIntegration, "get_state_data", data)
    monkeypatch.setattr(clients, "_began", lambda _state: EHERKENNING)
