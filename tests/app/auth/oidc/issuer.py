"""An OpenID provider of the tests, without a network: it checks codes and PKCE as one should."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.auth.claims import ACTING_SUBJECT, COMPANY, KVK_TYPE, LEGAL_SUBJECT, LEGAL_SUBJECT_TYPE
from processes.platform.levels import URN

ISSUER = "https://makelaar.example"
OTHER_ISSUER = "https://accounts.example"
KVK = "68750110"
FORGED = "90000102"  # the company that an attacker would like to be
CLAIMS = {
    "sub": "medewerker-1",
    "acr": f"{URN}loa3",
    LEGAL_SUBJECT_TYPE: KVK_TYPE,
    LEGAL_SUBJECT: KVK,
    ACTING_SUBJECT: "medewerker-1",
    COMPANY: "Test BV Donald",
}
Claims = dict[str, Any]


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class TestIssuer:
    """Answers for one address; by default with a login that succeeds."""

    __test__ = False

    key: RSAKey
    client_id: str
    url: str = ISSUER
    metadata: Claims = field(default_factory=dict)
    claims: Claims = field(default_factory=lambda: dict(CLAIMS))
    userinfo: Any = None
    checks_codes: bool = True
    token: Callable[[Claims], Any] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_for: list[str] = field(default_factory=list)
    state: str = ""

    def authorize(self, location: str) -> dict[str, str]:
        """What the browser brings back from where the portal sent it."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.codes)}"
        self.codes[code], self.state = asked, asked["state"]
        return {"code": code, "state": self.state, "iss": self.url}

    def respond(self, request: requests.PreparedRequest) -> requests.Response:
        """The answer to what the portal asks itself."""
        pages: dict[str, Callable[[Claims], tuple[int, Any]]] = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": lambda _sent: (200, {"keys": [self.key.as_dict(private=False)]}),
            "/token": self._exchange,
            "/userinfo": lambda _sent: (200, self.userinfo),
        }
        sent = dict(parse_qsl(str(request.body or "")))
        status, found = pages[urlsplit(str(request.url)).path](sent)
        answer = requests.Response()
        answer.status_code, answer.request = status, request
        answer.headers["Content-Type"] = "application/json"
        answer._content = json.dumps(found).encode()  # noqa: SLF001 - no other way to fill one
        return answer

    def signed(self, claims: Claims, key: RSAKey | None = None, **header: str) -> str:
        """An ID token."""
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **header}, claims, used)

    def _discovery(self, _sent: Claims) -> tuple[int, Claims]:
        ends = {"authorization": "authorize", "token": "token"}
        if self.userinfo is not None:
            ends["userinfo"] = "userinfo"
        return 200, {
            "issuer": self.url,
            **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in ends.items()},
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def _exchange(self, sent: Claims) -> tuple[int, Any]:
        self.asked_for.append(sent.get("code", ""))
        asked = self._asked(sent)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        moment = int(time.time())
        usual: Claims = {"iss": self.url, "aud": self.client_id, "nonce": asked.get("nonce")}
        usual |= {"iat": moment, "exp": moment + 300, "auth_time": moment}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        made = self.token(claims) if self.token else self.signed(claims)
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": made}

    def _asked(self, sent: Claims) -> dict[str, str] | None:
        """The request behind this code, for its own verifier, once."""
        code = sent.get("code", "")
        if not self.checks_codes:
            return self.codes.get(code, {})
        asked = self.codes.pop(code, {})
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        is_right = asked.get("code_challenge") == encoded(digest)
        return asked if is_right and asked["redirect_uri"] == sent.get("redirect_uri") else None
