"""Tokens of the login simulator: signing key, one-time codes, claims."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

CODE_LIFETIME = 60  # seconds
TOKEN_LIFETIME = 300  # seconds


def signing_key(folder: Path) -> RSAKey:
    """The key in this folder, made the first time."""
    file = folder / "login_simulator_key.pem"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = RSAKey.generate_key(2048)
        file.touch(mode=0o600)
        file.write_bytes(made.as_pem(private=True))
    key = RSAKey.import_key(file.read_bytes(), {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


@dataclass(frozen=True)
class Grant:
    """A login behind a code, that the client has not fetched yet."""

    issuer: str
    client_id: str
    redirect_uri: str
    nonce: str | None
    code_challenge: str
    claims: dict[str, Any]
    until: float = field(default_factory=lambda: time.monotonic() + CODE_LIFETIME)


class Grants:
    """Open codes and access tokens; each code can be exchanged once."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._access_tokens: dict[str, Grant] = {}

    def code_for(self, grant: Grant) -> str:
        """A new one-time code."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = grant
        return code

    def take(self, code: str) -> Grant | None:
        """The grant of this code, once, before it expires; else None."""
        grant = self._codes.pop(code, None)
        return grant if grant and time.monotonic() < grant.until else None

    def access_token_for(self, grant: Grant) -> str:
        """A token that fetches the claims of this grant."""
        token = secrets.token_urlsafe(24)
        self._access_tokens[token] = grant
        return token

    def claims_of(self, access_token: str) -> dict[str, Any] | None:
        """The claims that belong to an access token."""
        grant = self._access_tokens.get(access_token)
        return grant.claims if grant else None


def proves(grant: Grant, verifier: str) -> bool:
    """Whether the verifier matches the S256 challenge of the login (PKCE, RFC 7636)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(challenge, grant.code_challenge)


def id_token(key: RSAKey, grant: Grant) -> str:
    """The signed ID token."""
    moment = int(time.time())
    claims = {
        "iss": grant.issuer,
        "aud": grant.client_id,
        "iat": moment,
        "auth_time": moment,
        "exp": moment + TOKEN_LIFETIME,
        **({"nonce": grant.nonce} if grant.nonce else {}),
        **grant.claims,
    }
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
