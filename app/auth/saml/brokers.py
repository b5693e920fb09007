"""The brokers (herkenningsmakelaars) that may log providers in, read from their metadata files.

A file that the operator has put there is trusted, or must be signed by whom the settings name;
nothing is ever fetched.
"""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from cryptography.x509 import (
    Certificate,
    load_der_x509_certificate,
    load_pem_x509_certificates,
)

from app.auth.saml.moments import moment
from app.auth.saml.signatures import is_signed, verified
from app.auth.saml.xml import Element, SamlError, every, is_element, parse_file, tag, text, the
from processes.base import now
from processes.platform.settings import Settings

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ARTIFACT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"


@dataclass(frozen=True)
class Broker:
    """A broker, as its metadata describes it.

    `resolves_at` holds the addresses that resolve artifacts, by index.
    """

    name: str
    entity_id: str
    logs_in_at: str
    resolves_at: dict[int, str]
    certificates: tuple[Certificate, ...]

    @property
    def answers_by(self) -> str:
        """The binding that we ask for: Artifact as the norm has it, else POST (B3)."""
        return ARTIFACT if self.resolves_at else POST


def broker_named(settings: Settings, name: str) -> Broker:
    """The broker that goes by this name in the settings. Raises SamlError."""
    if name not in settings.saml_brokers:
        message = f"no broker is called {name!r}"
        raise SamlError(message)
    file = Path(settings.saml_brokers[name])
    return read_broker(name, file, settings.saml_metadata_certificates)


def read_broker(name: str, file: Path, signers: Path | None = None) -> Broker:
    """The broker in a file with its metadata, signed where `signers` holds who may.

    Raises SamlError, also for a file that holds odd values.
    """
    signing = None if signers is None else _content(signers)
    broker, until = _read(name, file, _content(file), signing, now().date())
    if until is not None and moment(until) <= now():
        message = f"{file} was valid until {until}: ask the broker for its present metadata"
        raise SamlError(message)
    return broker


@lru_cache(maxsize=16)  # each login asks twice; what is in the files decides, for a day
def _read(
    name: str, file: Path, content: bytes, signing: bytes | None, _day: date
) -> tuple[Broker, str | None]:
    """The broker in this content, and until when it is valid. Raises SamlError."""
    root = parse_file(content)
    if not is_element(root, "md:EntityDescriptor"):
        message = f"{file} holds no EntityDescriptor"
        raise SamlError(message)
    if signing is not None:
        root = _signed(root, file, signing)
    try:
        broker = _broker(name, root, the(root, "md:IDPSSODescriptor"))
    except ValueError as error:  # of a certificate, or of a number
        message = f"{file}: {error}"
        raise SamlError(message) from error
    return broker, root.get("validUntil")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise SamlError(message) from error


def _signed(root: Element, file: Path, signing: bytes) -> Element:
    """What one of these signed of the metadata, and nothing else of it."""
    try:
        certificates = load_pem_x509_certificates(signing)
    except ValueError as error:
        message = "LOKET_SAML_METADATA_CERTIFICATES holds no certificates in PEM"
        raise SamlError(message) from error
    if not is_signed(root):
        message = f"{file} is not signed, as LOKET_SAML_METADATA_CERTIFICATES asks"
        raise SamlError(message)
    return verified(root, certificates)


def _broker(name: str, root: Element, role: Element) -> Broker:
    by_post = [
        each.get("Location", "")
        for each in every(role, "md:SingleSignOnService")
        if each.get("Binding") == POST
    ]
    if not by_post or not root.get("entityID"):
        message = f"the metadata of {name} has no entityID, or no SingleSignOnService by POST"
        raise SamlError(message)
    return Broker(
        name=name,
        entity_id=root.get("entityID", ""),
        logs_in_at=by_post[0],
        resolves_at={
            int(each.get("index", "0")): each.get("Location", "")
            for each in every(role, "md:ArtifactResolutionService")
            if each.get("Binding") == SOAP
        },
        certificates=_certificates(name, role),
    )


def _certificates(name: str, role: Element) -> tuple[Certificate, ...]:
    """Those that may sign; two while the broker rolls over."""
    found = [
        load_der_x509_certificate(b64decode(text(each)))
        for described in every(role, "md:KeyDescriptor")
        if described.get("use", "signing") == "signing"
        for each in described.iter(tag("ds:X509Certificate"))
    ]
    if not found:
        message = f"the metadata of {name} has no certificate that signs"
        raise SamlError(message)
    return tuple(found)
