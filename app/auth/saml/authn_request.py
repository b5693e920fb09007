"""The signed AuthnRequest that begins a login, sent to the broker by POST (B2)."""

import secrets
from base64 import b64encode

from lxml import etree

from app.auth.saml.brokers import Broker
from app.auth.saml.moments import written
from app.auth.saml.service import ServiceProvider
from app.auth.saml.signatures import signed
from app.auth.saml.xml import NAMESPACES, tag
from processes.base import now

_PREFIXES = {prefix: NAMESPACES[prefix] for prefix in ("samlp", "saml")}


def new_id() -> str:
    """An identifier that is not given twice; no digit first, as xs:ID asks."""
    return f"_{secrets.token_hex(20)}"


def authn_request(ours: ServiceProvider, broker: Broker, request_id: str, service: int) -> str:
    """The message for the form field SAMLRequest.

    `service` is the number of the service in the catalogue: its level follows from there, so that
    none is asked here (B6).
    """
    request = etree.Element(
        tag("samlp:AuthnRequest"),
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": written(now()),
            "Destination": broker.logs_in_at,
            "ForceAuthn": "true",
            "ProtocolBinding": broker.answers_by,
            "AssertionConsumerServiceURL": ours.answers_at,
            "AttributeConsumingServiceIndex": str(service),
        },
        nsmap=_PREFIXES,
    )
    etree.SubElement(request, tag("saml:Issuer")).text = ours.entity_id
    return encoded(signed(request, ours.pair.key, ours.pair.certificate, name=ours.pair.name))


def encoded(message: etree._Element) -> str:
    """A message as a form field has it."""
    return b64encode(etree.tostring(message)).decode()
