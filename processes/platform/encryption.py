"""Encrypts secrets that we must know again, with a key derived from LOKET_SECRET_KEY."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from processes.platform.settings import current_settings


class UnreadableSecretError(Exception):
    """It was encrypted with a secret key that is set no longer."""


def encrypted(purpose: str, secret: bytes) -> str:
    """The secret as text that only this purpose reads again."""
    return _fernet(purpose).encrypt(secret).decode()


def decrypted(purpose: str, text: str) -> bytes:
    """The secret. Raises UnreadableSecretError."""
    try:
        return _fernet(purpose).decrypt(text)
    except InvalidToken as error:
        raise UnreadableSecretError(purpose) from error


def _fernet(purpose: str) -> MultiFernet:
    """The newest key encrypts, each decrypts."""
    keys = [key.get_secret_value().encode() for key in reversed(current_settings().secret_keys)]
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(purpose, key))) for key in keys])


def _derived(purpose: str, key: bytes) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"loket {purpose}".encode())
    return hkdf.derive(key)
