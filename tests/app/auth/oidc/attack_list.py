"""The attacks on a login by OIDC: each class of the threat model, with what refuses it.

An attack changes what the issuer says or what the browser brings back. `off` names the safeguards
(see `safeguards.py`) without which it would be believed: so each is seen to be what refuses it.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from joserfc.jwk import RSAKey

from app.auth.claims import (
    ACTING_SUBJECT,
    BRANCH,
    INTERMEDIARY,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_TYPE,
    RSIN_TYPE,
    SERVICE_ID,
)
from processes.platform.levels import URN
from tests.app.auth.oidc.issuer import FORGED, KVK, Claims, TestIssuer, encoded

AHEAD = 600  # seconds: more than two clocks may differ
ATTACKER: Final = RSAKey.generate_key(2048)
PUBLIC: Final = ATTACKER.as_dict(private=False)
LEVEL = ("level",)
NUMBER = ("kvk",)
SIGNED = ("signature",)
RSIN = f"{URN.partition('core')[0]}1.9:EntityConcernedID:RSIN"

Brought = dict[str, str]
Prepare = Callable[[TestIssuer], object]


def as_it_came(brought: Brought) -> Brought:
    return brought


def nothing_else(_issuer: TestIssuer) -> None:
    """The issuer answers as always."""


@dataclass(frozen=True)
class Attack:
    name: str
    prepare: Prepare = nothing_else
    off: tuple[str, ...] = ()
    believed: str = KVK  # whose number would come out
    brings: Callable[[Brought], Brought] = as_it_came

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def says(**claims: Any) -> Prepare:
    """The issuer signs these claims; None leaves one out."""
    return lambda issuer: issuer.claims.update(claims)


def at(name: str, seconds: int) -> Prepare:
    return lambda issuer: issuer.claims.update({name: int(time.time()) + seconds})


def token(make: Callable[[TestIssuer, Claims], Any]) -> Prepare:
    """Another ID token than the one that the issuer would sign."""

    def prepare(issuer: TestIssuer) -> None:
        issuer.token = lambda claims: make(issuer, claims)

    return prepare


def compact(header: Claims, claims: Claims) -> str:
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))


def forged(claims: Claims) -> Claims:
    return claims | {LEGAL_SUBJECT: FORGED}


def changed(issuer: TestIssuer, claims: Claims) -> str:
    header, _body, signature = issuer.signed(claims).split(".")
    return f"{header}.{encoded(json.dumps(forged(claims)).encode())}.{signature}"


def keyed_with_what_is_public(issuer: TestIssuer, claims: Claims) -> str:
    text = compact({"alg": "HS256", "kid": issuer.key.kid}, forged(claims))
    key = issuer.key.as_pem(private=False)
    return f"{text}.{encoded(hmac.digest(key, text.encode(), hashlib.sha256))}"


def by_somebody_else(**header: Any) -> Prepare:
    return token(lambda issuer, claims: issuer.signed(forged(claims), ATTACKER, **header))


def somebody(**more: Any) -> Prepare:
    """The token does not name the company; the user info does."""

    def prepare(issuer: TestIssuer) -> None:
        issuer.claims[LEGAL_SUBJECT] = None
        issuer.userinfo = {LEGAL_SUBJECT: FORGED, **more}

    return prepare


def brings(**parameters: str | None) -> Callable[[Brought], Brought]:
    """The browser brings these; None leaves one out."""

    def change(brought: Brought) -> Brought:
        return {name: value for name, value in (brought | parameters).items() if value is not None}

    return change


TOKEN: Final = [
    Attack("another issuer in the token", says(iss="https://evil.example"), ("iss",)),
    Attack("an issuer with a slash", says(iss="https://makelaar.example/"), ("iss",)),
    Attack("no issuer in the token", says(iss=None), ("essential", "iss")),
    Attack("another audience", says(aud="another"), ("aud", "azp")),
    Attack("a list without us", says(aud=["another"]), ("aud", "azp")),
    Attack("no audience", says(aud=None), ("essential", "aud")),
    Attack("two audiences and no azp", says(aud=["loket-eherkenning", "another"]), ("azp",)),
    Attack("for another party", says(azp="another"), ("azp",)),
    Attack("expired", at("exp", -AHEAD), ("exp",)),
    Attack("no end", says(exp=None), ("essential",)),
    Attack("not valid yet", at("nbf", AHEAD), ("nbf",)),
    Attack("made in the future", at("iat", AHEAD), ("iat",)),
    Attack("a login of before", at("auth_time", -2 * AHEAD), ("login's age",)),
    Attack("a login in the future", at("auth_time", AHEAD), ("login's age",)),
    Attack("another nonce", says(nonce="another"), ("same nonce",)),
    Attack("no nonce", says(nonce=None), ("nonce", "same nonce")),
    Attack("another access token", says(at_hash="another"), ("at_hash",)),
    Attack("no subject", says(sub=None), ("essential", "sub")),
    Attack("an empty subject", says(sub=""), ("sub",)),
]

SIGNATURES: Final = [
    Attack("another value", token(changed), SIGNED, FORGED),
    Attack("the key of somebody else", by_somebody_else(), SIGNED, FORGED),
    Attack("a key that is unknown", by_somebody_else(kid="unknown"), SIGNED, FORGED),
    Attack("a key elsewhere", by_somebody_else(jku="https://evil.example/jwks"), SIGNED, FORGED),
    Attack("a key in the token", by_somebody_else(jwk=PUBLIC), SIGNED, FORGED),
    Attack("an hmac", token(keyed_with_what_is_public), SIGNED, FORGED),
    Attack(
        "no signature",
        token(lambda issuer, claims: issuer.signed(claims).rpartition(".")[0] + "."),
        SIGNED,
    ),
    Attack(
        "no algorithm",
        token(lambda _issuer, claims: compact({"alg": "none"}, forged(claims)) + "."),
        SIGNED,
        FORGED,
    ),
]

PROFILE: Final = [
    Attack("a level too low", says(acr=f"{URN}loa2"), LEVEL),
    Attack("no level", says(acr=None), LEVEL),
    Attack("an unknown level", says(acr=f"{URN}loa9"), LEVEL),
    Attack("a level like it", says(acr=f"{URN}LOA3"), LEVEL),
    Attack("a level with a space", says(acr=f"{URN}loa3 "), LEVEL),
    Attack("two levels", says(acr=[f"{URN}loa3", f"{URN}loa2"]), LEVEL),
    Attack("no number", says(**{LEGAL_SUBJECT: None}), NUMBER, FORGED),
    Attack("another kind of number", says(**{LEGAL_SUBJECT_TYPE: RSIN}), NUMBER, FORGED),
    Attack("seven digits", says(**{LEGAL_SUBJECT: KVK[:-1]}), NUMBER, FORGED),
    Attack("a line end", says(**{LEGAL_SUBJECT: f"{KVK}\n"}), NUMBER, FORGED),
    Attack(
        "wide digits",
        says(**{LEGAL_SUBJECT: "".join(chr(0xFEE0 + ord(digit)) for digit in KVK)}),
        NUMBER,
        FORGED,
    ),
    Attack("a number as number", says(**{LEGAL_SUBJECT: int(KVK)}), NUMBER, FORGED),
    Attack("two numbers", says(**{LEGAL_SUBJECT: [KVK, FORGED]}), NUMBER, FORGED),
    Attack("an odd branch", says(**{BRANCH: "37178598"}), ("digits",)),
    Attack("an odd intermediary", says(**{INTERMEDIARY: "x"}), ("digits",)),
    Attack("an odd rsin", says(**{RSIN_TYPE: "1"}), ("digits",)),
    Attack("an odd employee", says(**{ACTING_SUBJECT: ["a"]}), ("subject",)),
    Attack("another restriction", says(**{"urn:x:ServiceRestriction:Y": "1"}), ("restriction",)),
    Attack("another service", says(**{SERVICE_ID: "urn:etoegang:DV:2"}), ("service",)),
]

USER_INFO: Final = [
    Attack("of somebody else", somebody(sub="somebody else"), ("same person",), FORGED),
    Attack("of nobody", somebody(), ("same person",), FORGED),
]

BROUGHT: Final = [
    Attack("another state", off=("state",), brings=brings(state="another")),
    Attack("no state", off=("state",), brings=brings(state=None)),
    Attack("of another issuer", off=("sender",), brings=brings(iss="https://evil.example")),
    Attack("of an issuer not named", off=("sender",), brings=brings(iss=None)),
    Attack("a code of nobody", off=("codes", "nonce", "same nonce"), brings=brings(code="guess")),
]

ATTACKS: Final = [*TOKEN, *SIGNATURES, *PROFILE, *USER_INFO, *BROUGHT]
