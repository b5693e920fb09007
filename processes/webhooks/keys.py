"""The secrets that sign webhooks: made, kept encrypted, and signing (Standard Webhooks 1.0)."""

import hmac
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from processes.platform.settings import current_settings

PREFIX = "whsec_"
SECRET_BYTES = 32  # Standard Webhooks: 24 to 64


class UnreadableSecretError(Exception):
    """The secret was encrypted under a LOKET_SECRET_KEY that is no longer known."""


def new_secret() -> str:
    """A secret as the receiver keeps it: `whsec_` and base64."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def locked_away(secret: str) -> str:
    """The secret as it is stored: a copy of the database alone signs nothing."""
    return _safe().encrypt(secret.encode()).decode()


def unlocked(stored: str) -> str:
    """The secret that was stored. Raises UnreadableSecretError."""
    try:
        return _safe().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError from error


def is_readable(stored: str) -> bool:
    """Whether a key of this installation still opens the stored secret."""
    try:
        unlocked(stored)
    except UnreadableSecretError:
        return False
    return True


def signature_headers(
    secret_texts: Sequence[str], message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """The three headers; one signature for each secret, so that a receiver may change over."""
    timestamp = str(int(moment.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [f"v1,{_signature(secret, signed)}" for secret in secret_texts]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, signed, sha256)).decode()


def _safe() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in reversed(current_settings().secret_keys)])


def _fernet(key: SecretStr) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"loket webhook secrets")
    return Fernet(urlsafe_b64encode(derive.derive(key.get_secret_value().encode())))
