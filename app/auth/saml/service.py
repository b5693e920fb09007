"""Our side of SAML: entity ID, addresses, keys with their certificates, from the settings."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from app.auth.saml.xml import SamlError
from processes.platform.settings import Settings

ANSWERS_AT = "/inloggen/saml"  # the assertion consumer service, for POST and Artifact


@dataclass(frozen=True)
class KeyPair:
    """A private key with its certificate."""

    key: RSAPrivateKey
    certificate: Certificate

    @property
    def name(self) -> str:
        """The KeyName in metadata and signatures: the fingerprint of the certificate (B8)."""
        from cryptography.hazmat.primitives.hashes import SHA256

        return self.certificate.fingerprint(SHA256()).hex()


@dataclass(frozen=True)
class ServiceProvider:
    """What brokers know of us. Signs with `pair`; opens with `pair` or `next_pair`."""

    entity_id: str
    answers_at: str
    pair: KeyPair
    next_pair: KeyPair | None

    @property
    def keys(self) -> list[RSAPrivateKey]:
        """The private keys that may open what a broker encrypted: also of a rollover (B8)."""
        return [each.key for each in (self.pair, self.next_pair) if each is not None]


def service_provider(settings: Settings) -> ServiceProvider:
    """Our side as these settings have it. Raises SamlError when keys are missing or odd."""
    if settings.saml_key is None or settings.saml_certificate is None:
        message = "LOKET_SAML_KEY and LOKET_SAML_CERTIFICATE are not set"
        raise SamlError(message)
    following = None
    if settings.saml_next_key is not None and settings.saml_next_certificate is not None:
        following = pair_in(settings.saml_next_key, settings.saml_next_certificate)
    return ServiceProvider(
        entity_id=settings.saml_entity_id,
        answers_at=settings.public_url.rstrip("/") + ANSWERS_AT,
        pair=pair_in(settings.saml_key, settings.saml_certificate),
        next_pair=following,
    )


def pair_in(key_file: Path, certificate_file: Path) -> KeyPair:
    """The pair in these files. Raises SamlError."""
    try:
        key, certificate = _parsed(key_file.read_bytes(), certificate_file.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        message = f"{key_file} and {certificate_file}: {error}"
        raise SamlError(message) from error
    if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
        message = f"{key_file} holds no RSA key, or not the one of {certificate_file}"
        raise SamlError(message)
    return KeyPair(key, certificate)


@lru_cache(maxsize=8)
def _parsed(key: bytes, certificate: bytes) -> tuple[object, Certificate]:
    return load_pem_private_key(key, None), load_pem_x509_certificate(certificate)
