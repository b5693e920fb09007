"""Resolves an artifact: a signed request to the broker over SOAP, and its signed answer (B3)."""

import hashlib
import threading
from base64 import b64decode
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from app.auth.attempts import UnknownAttemptError
from app.auth.saml.authn_request import new_id
from app.auth.saml.brokers import Broker
from app.auth.saml.moments import written
from app.auth.saml.service import ServiceProvider
from app.auth.saml.signatures import signed, verified
from app.auth.saml.status import SUCCESS, codes
from app.auth.saml.xml import (
    LARGEST,
    NAMESPACES,
    Element,
    SamlError,
    equal,
    every,
    is_element,
    parse,
    tag,
    text,
    the,
)
from processes.base import now

if TYPE_CHECKING:
    import requests

LENGTH = 44  # bytes: type, index, hash of the issuer, handle (SAML 2.0 Bindings §3.6.4.2)
TYPE = b"\x00\x04"
TIMEOUT = (3, 10)  # seconds to connect, and to answer
_of_thread = threading.local()


@dataclass(frozen=True)
class ClientCertificate:
    """Files with the certificate and the key that we show in mutual TLS."""

    certificate: Path
    key: Path


def resolved(
    artifact: str, ours: ServiceProvider, broker: Broker, tls: ClientCertificate | None
) -> Element:
    """The Response behind an artifact.

    Raises SamlError, and UnknownAttemptError when the broker has none: it was resolved before.
    """
    address = _address(artifact, broker)
    asked = new_id()
    answer = _sent(address, _envelope(artifact, asked, ours, address), tls)
    body = the(answer, "soap:Body")
    given = verified(the(body, "samlp:ArtifactResponse"), broker.certificates)
    equal("InResponseTo of the ArtifactResponse", given.get("InResponseTo"), [asked])
    equal("Issuer of the ArtifactResponse", text(the(given, "saml:Issuer")), [broker.entity_id])
    equal("Status of the ArtifactResponse", codes(given)[0], [SUCCESS])
    if not every(given, "samlp:Response"):
        raise UnknownAttemptError
    return the(given, "samlp:Response")


def _address(artifact: str, broker: Broker) -> str:
    """Where this broker resolves it. Raises SamlError."""
    try:
        given = b64decode(artifact, validate=True)
    except ValueError as error:
        message = "the artifact is no base64"
        raise SamlError(message) from error
    source = hashlib.sha1(broker.entity_id.encode(), usedforsecurity=False).digest()
    if len(given) != LENGTH or given[:2] != TYPE or given[4:24] != source:
        message = "an artifact of another type, or of another broker"
        raise SamlError(message)
    index = int.from_bytes(given[2:4], "big")
    if index not in broker.resolves_at:
        message = f"the broker resolves no artifacts with index {index}"
        raise SamlError(message)
    return broker.resolves_at[index]


def _envelope(artifact: str, asked: str, ours: ServiceProvider, address: str) -> bytes:
    request = etree.Element(
        tag("samlp:ArtifactResolve"),
        {
            "ID": asked,
            "Version": "2.0",
            "IssueInstant": written(now()),
            "Destination": address,
        },
        nsmap={prefix: NAMESPACES[prefix] for prefix in ("samlp", "saml")},
    )
    etree.SubElement(request, tag("saml:Issuer")).text = ours.entity_id
    etree.SubElement(request, tag("samlp:Artifact")).text = artifact
    envelope = etree.Element(tag("soap:Envelope"), nsmap={"soap": NAMESPACES["soap"]})
    body = etree.SubElement(envelope, tag("soap:Body"))
    body.append(signed(request, ours.pair.key, ours.pair.certificate, name=ours.pair.name))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _sent(address: str, envelope: bytes, tls: ClientCertificate | None) -> Element:
    import requests

    try:
        with connections().post(
            address,
            data=envelope,
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
            timeout=TIMEOUT,
            cert=(str(tls.certificate), str(tls.key)) if tls else None,
            allow_redirects=False,
            stream=True,
        ) as response:
            equal("the status of the broker", str(response.status_code), ["200"])
            found = parse(response.raw.read(LARGEST + 1, decode_content=True))
    except (requests.RequestException, OSError) as error:
        message = f"the broker cannot be reached at {address}: {error}"
        raise SamlError(message) from error
    if not is_element(found, "soap:Envelope"):
        message = "the broker's answer is no SOAP envelope"
        raise SamlError(message)
    return found


def connections() -> "requests.Session":
    """The connections to brokers of this thread, which stay open for the next login.

    One that the broker closed meanwhile is opened anew. It keeps no cookies: a login tells the
    broker nothing of another.
    """
    import requests

    if not hasattr(_of_thread, "session"):
        _of_thread.session = requests.Session()
        _of_thread.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    found: requests.Session = _of_thread.session
    return found
