"""Our metadata for brokers, signed (B8)."""

from base64 import b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from app.auth.claims import KVK_TYPE
from app.auth.saml.authn_request import new_id
from app.auth.saml.brokers import ARTIFACT, POST
from app.auth.saml.service import KeyPair, ServiceProvider, service_provider
from app.auth.saml.signatures import signed
from app.auth.saml.xml import NAMESPACES, Element, tag
from processes.platform.settings import Settings

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def signed_metadata(settings: Settings) -> bytes:
    """The EntityDescriptor, the same bytes for the same settings and keys. Raises SamlError."""
    named = settings.eherkenning_service_id
    return _signed(
        service_provider(settings), settings.eherkenning_service, named, settings.saml_service_index
    )


@lru_cache(maxsize=4)  # a signature costs work, and everybody may ask
def _signed(ours: ServiceProvider, service: str, service_id: str, index: int) -> bytes:
    descriptor = etree.Element(
        tag("md:EntityDescriptor"),
        {"ID": new_id(), "entityID": ours.entity_id},
        nsmap={prefix: NAMESPACES[prefix] for prefix in ("md", "ds")},
    )
    role = etree.SubElement(
        descriptor,
        tag("md:SPSSODescriptor"),
        {
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": PROTOCOL,
        },
    )
    for pair in (ours.pair, ours.next_pair):
        if pair is not None:
            _add_key(role, pair)
    for number, binding in enumerate((ARTIFACT, POST)):
        at = {"Binding": binding, "Location": ours.answers_at, "index": str(number)}
        if number == 0:
            at["isDefault"] = "true"
        etree.SubElement(role, tag("md:AssertionConsumerService"), dict(at.items()))
    _add_service(role, service, service_id, index)
    whole = signed(descriptor, ours.pair.key, ours.pair.certificate, name=ours.pair.name)
    return etree.tostring(whole, xml_declaration=True, encoding="UTF-8")


def _add_key(role: Element, pair: KeyPair) -> None:
    """A certificate without a use: it signs, and things are encrypted for it."""
    info = etree.SubElement(etree.SubElement(role, tag("md:KeyDescriptor")), tag("ds:KeyInfo"))
    etree.SubElement(info, tag("ds:KeyName")).text = pair.name
    data = etree.SubElement(info, tag("ds:X509Data"))
    der = pair.certificate.public_bytes(Encoding.DER)
    etree.SubElement(data, tag("ds:X509Certificate")).text = b64encode(der).decode()


def _add_service(role: Element, name: str, service_id: str, index: int) -> None:
    service = etree.SubElement(
        role,
        tag("md:AttributeConsumingService"),
        {"index": str(index), "isDefault": "true"},
    )
    etree.SubElement(service, tag("md:ServiceName"), {LANGUAGE: "nl"}).text = name
    for attribute in [service_id or KVK_TYPE]:
        etree.SubElement(service, tag("md:RequestedAttribute"), {"Name": attribute})
