"""The broker of the tests: answers as the simulator does, without a network."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate
from lxml import etree
from werkzeug.test import TestResponse

from app.auth.claims import ACTING_SUBJECT, COMPANY, KVK_TYPE, LEGAL_SUBJECT, LEGAL_SUBJECT_TYPE
from app.auth.saml.brokers import Broker
from app.auth.saml.response import Asked
from app.auth.saml.service import KeyPair, ServiceProvider
from app.auth.saml.xml import Element, tag
from app.demo.saml_messages import Receiver, Sender, assertion, closed_assertion, response
from processes.platform.levels import URN
from tests.app.onboarding import field as field_in

BROKER = "Makelaar"
ENTITY = "urn:etoegang:HM:00000001234567890000:entities:0001"
LOGS_IN_AT = "https://makelaar.example/sso"
RESOLVES_AT = "https://makelaar.example/artifact"
PSEUDONYM = f"{'a1' * 32}@{'b2' * 16}"
CLAIMS = {
    "acr": f"{URN}loa3",
    LEGAL_SUBJECT_TYPE: KVK_TYPE,
    LEGAL_SUBJECT: "68750110",
    ACTING_SUBJECT: PSEUDONYM,
    COMPANY: "Test BV Donald",
}
ASSERTION_SIGNED, BOTH_SIGNED = False, True


def key_pair(key: Path, certificate: Path) -> KeyPair:
    loaded = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(loaded, RSAPrivateKey)
    return KeyPair(loaded, load_pem_x509_certificate(certificate.read_bytes()))


def metadata_of(logs_in_at: str, *certificates: Certificate, valid_until: str = "") -> bytes:
    ds = "http://www.w3.org/2000/09/xmldsig#"
    keys = "".join(
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{ds}"><ds:X509Data>'
        f"<ds:X509Certificate>{b64encode(each.public_bytes(Encoding.DER)).decode()}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for each in certificates
    )
    until = f' validUntil="{valid_until}"' if valid_until else ""
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'entityID="{ENTITY}"{until}>'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"<!-- a comment of the operator -->{keys}"
        '<md:ArtifactResolutionService index="3" Location="https://makelaar.example/artifact" '
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP"/>'
        f'<md:SingleSignOnService Location="{logs_in_at}" '
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    ).encode()


@dataclass(frozen=True)
class TestBroker:
    """Answers a request of the portal; by default with a login that succeeds."""

    __test__ = False

    ours: ServiceProvider
    pair: KeyPair
    claims: dict[str, str] = field(default_factory=lambda: dict(CLAIMS))

    @property
    def sender(self) -> Sender:
        return Sender(ENTITY, self.pair)

    def receiver(self, request_id: str) -> Receiver:
        return Receiver(
            self.ours.entity_id, self.ours.answers_at, self.ours.pair.certificate, request_id
        )

    def asked(self, request_id: str = "_request") -> Asked:
        broker = Broker(BROKER, ENTITY, LOGS_IN_AT, {3: RESOLVES_AT}, (self.pair.certificate,))
        return Asked(self.ours, broker, request_id)

    def says(self, **claims: str) -> "TestBroker":
        return replace(self, claims=self.claims | claims)

    def assertion(self, request_id: str = "_request", at: datetime | None = None) -> Element:
        return assertion(self.sender, self.receiver(request_id), self.claims, at)

    def response(
        self,
        request_id: str = "_request",
        *,
        both: bool = BOTH_SIGNED,
        is_closed: bool = False,
        content: Element | None = None,
        at: datetime | None = None,
    ) -> Element:
        found = self.assertion(request_id, at) if content is None else content
        receiver = self.receiver(request_id)
        if is_closed:
            found = closed_assertion(found, receiver)
        return response(self.sender, receiver, found, is_signed=both)

    def refusal(self, request_id: str, *codes: str) -> Element:
        return response(self.sender, self.receiver(request_id), None, codes)


def message(element: Element) -> str:
    return b64encode(etree.tostring(element)).decode()


def request_in(page: TestResponse) -> Element:
    """The AuthnRequest in the page that takes the browser to the broker."""
    return etree.fromstring(b64decode(field_in(page, "SAMLRequest")))


Change = Callable[[Element], object]


def one(root: Element, name: str) -> Element:
    """The first element with this name, wherever it stands."""
    return next(root.iter(tag(name)))
