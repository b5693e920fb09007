"""RSA keys with certificates for SAML in the demonstration: made once, and kept in a folder."""

from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    Name,
    NameAttribute,
    random_serial_number,
)
from cryptography.x509.oid import NameOID

from processes.base import now

BITS, EXPONENT = 2048, 65537
LASTS = timedelta(days=3650)


def kept_pair(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of the key and the certificate with this name, made the first time."""
    key_file, certificate_file = folder / f"{name}.key", folder / f"{name}.crt"
    if not certificate_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(EXPONENT, BITS)
        key_file.touch(mode=0o600)
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate_file.write_bytes(_certificate(key, name).public_bytes(Encoding.PEM))
    return key_file, certificate_file


def _certificate(key: rsa.RSAPrivateKey, name: str) -> Certificate:
    subject = Name([NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + LASTS)
        .sign(key, SHA256())
    )
