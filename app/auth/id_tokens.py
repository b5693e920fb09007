"""Opens ID tokens that the login provider encrypted for us (JWE, RFC 7516), and publishes our key.

An encrypted token holds a signed one (OIDC Core §10.2), which Authlib verifies as always: what
anybody can encrypt with a public key proves nothing.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import current_app
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwe import JWERegistry, decrypt_compact
from joserfc.jwk import ECKey, RSAKey

from processes.platform.settings import Settings

ENCRYPTED_PARTS, SIGNED_PARTS = 5, 3  # of the compact forms: RFC 7516 §3.1, RFC 7515 §3.1
BY_OUR_KEY = ("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
BY_SESSION_KEY = ("A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512")
ALLOWED = (*BY_OUR_KEY, *BY_SESSION_KEY)
"""No RSA1_5, which tells its secrets to who may ask often; nothing compressed (`zip`)."""
REGISTRY = JWERegistry(algorithms=ALLOWED, strict_check_header=False)  # iss, aud: RFC 7519 §5.3
LEAST_BITS = 2048


class NoKeyError(ValueError):
    """The file holds no key that can open tokens."""


class DirectSession(OAuth2Session):
    """Asks the login provider itself: a redirect is refused (requests' TooManyRedirects)."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.max_redirects = 0


class Client(FlaskOAuth2App):
    """Authlib's client, which also takes encrypted ID tokens, and goes nowhere else for them."""

    client_cls = DirectSession

    def parse_id_token(self, token: dict[str, Any], *args: Any, **named: Any) -> Any:
        """The claims of the ID token. Raises ValueError, JoseError.

        Authlib asks for the keys anew where a token names one that is not known; a provider with
        one key need not name it (OIDC Core §10.1).
        """
        settings: Settings = current_app.config["LOKET_SETTINGS"]
        must_be = self.name in settings.encrypting_clients
        signed = opened(token["id_token"], settings, must_be=must_be)
        plain = token | {"id_token": signed}
        try:
            return super().parse_id_token(plain, *args, **named)
        except BadSignatureError:
            self.fetch_jwk_set(force=True)
            return super().parse_id_token(plain, *args, **named)


def opened(token: Any, settings: Settings, *, must_be: bool) -> str:
    """What is in this token, still to be verified; a token that is not encrypted is that itself.

    With `must_be` a token that is not encrypted is refused (OIDC Core §3.1.3.7). Raises
    NoKeyError, and ValueError, the same for all that does not open: what was wrong with a
    ciphertext is told to nobody.
    """
    parts = token.count(".") + 1 if isinstance(token, str) else 0
    if parts == SIGNED_PARTS and not must_be:
        return str(token)
    if parts != ENCRYPTED_PARTS:
        message = "the ID token is not encrypted, or no token at all"
        raise ValueError(message)
    for key in keys(settings):
        try:
            plain = decrypt_compact(token, key, registry=REGISTRY).plaintext or b""
            return plain.decode("ascii")
        except (JoseError, ValueError, LookupError, TypeError):
            continue
    message = "the ID token does not open"
    raise ValueError(message)


def keys(settings: Settings) -> list[RSAKey | ECKey]:
    """The keys that open: ours, and the one before it. Raises NoKeyError."""
    files = (settings.oidc_key, settings.oidc_key_before)
    return [key_in(file) for file in files if file is not None]


def public_keys(settings: Settings) -> dict[str, Any]:
    """The JWK set that login providers encrypt with: our key, never the one before it."""
    found = keys(settings)[:1] if settings.oidc_key is not None else []
    return {"keys": [{**each.as_dict(private=False), "use": "enc"} for each in found]}


def key_in(file: Path) -> RSAKey | ECKey:
    """The private key in this file, in PEM. Raises NoKeyError."""
    try:
        return _key(file.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        message = f"{file}: {error}"
        raise NoKeyError(message) from error


@lru_cache(maxsize=8)
def _key(pem: bytes) -> RSAKey | ECKey:
    read = load_pem_private_key(pem, None)
    if isinstance(read, RSAPrivateKey) and read.key_size >= LEAST_BITS:
        key: RSAKey | ECKey = RSAKey.import_key(pem)
    elif isinstance(read, EllipticCurvePrivateKey):
        key = ECKey.import_key(pem)
    else:
        message = f"no RSA key of {LEAST_BITS} bits or more, and none of an elliptic curve"
        raise ValueError(message)
    key.ensure_kid()
    return key
