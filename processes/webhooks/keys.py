"""The secrets that sign webhooks: made, kept encrypted, and signing (Standard Webhooks 1.0)."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from processes.platform.encryption import UnreadableSecretError, decrypted, encrypted

PREFIX = "whsec_"
PURPOSE = "webhook secrets"
SECRET_BYTES = 32  # Standard Webhooks: 24 to 64


def new_secret() -> str:
    """A secret as the receiver keeps it: `whsec_` and base64."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def locked_away(secret: str) -> str:
    """The secret as it is stored: a copy of the database alone signs nothing."""
    return encrypted(PURPOSE, secret.encode())


def unlocked(stored: str) -> str:
    """The secret that was stored. Raises UnreadableSecretError."""
    return decrypted(PURPOSE, stored).decode()


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
