"""What a broker of eHerkenning says in SAML: assertions, responses, answers to an artifact (B4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.x509 import Certificate
from lxml import etree

from app.auth.claims import (
    ACTING_SUBJECT,
    INTERMEDIARY,
    KVK_TYPE,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_TYPE,
    RSIN_TYPE,
)
from app.auth.saml.authn_request import new_id
from app.auth.saml.moments import written
from app.auth.saml.service import KeyPair
from app.auth.saml.signatures import signed
from app.auth.saml.xml import NAMESPACES, Element, tag
from app.demo.saml_encryption import encrypted
from processes.base import now

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
LASTS = timedelta(minutes=2)
EMPLOYEE_TYPE = "urn:etoegang:1.9:EntityConcernedID:Pseudo"
_PREFIXES = {prefix: NAMESPACES[prefix] for prefix in ("samlp", "saml")}


@dataclass(frozen=True)
class Sender:
    """The broker that speaks."""

    entity_id: str
    pair: KeyPair


@dataclass(frozen=True)
class Receiver:
    """The portal, and the request that is answered; identifiers are encrypted for it."""

    entity_id: str
    answers_at: str
    certificate: Certificate
    request_id: str


def assertion(
    sender: Sender, receiver: Receiver, claims: Mapping[str, str], at: datetime | None = None
) -> Element:
    """A signed assertion with these claims, made at this moment."""
    moment = at or now()
    root = _message("saml:Assertion", moment)
    _add(root, "saml:Issuer", sender.entity_id)
    subject = _add(root, "saml:Subject")
    _add(subject, "saml:NameID", new_id(), Format=TRANSIENT)
    confirmation = _add(subject, "saml:SubjectConfirmation", Method=BEARER)
    _add(
        confirmation,
        "saml:SubjectConfirmationData",
        InResponseTo=receiver.request_id,
        Recipient=receiver.answers_at,
        NotOnOrAfter=written(moment + LASTS),
    )
    conditions = _add(
        root,
        "saml:Conditions",
        NotBefore=written(moment - LASTS),
        NotOnOrAfter=written(moment + LASTS),
    )
    _add(_add(conditions, "saml:AudienceRestriction"), "saml:Audience", receiver.entity_id)
    statement = _add(root, "saml:AuthnStatement", AuthnInstant=written(moment))
    context = _add(statement, "saml:AuthnContext")
    _add(context, "saml:AuthnContextClassRef", claims["acr"])
    _add_attributes(root, receiver, claims)
    return signed(root, sender.pair.key, sender.pair.certificate)


def response(
    sender: Sender,
    receiver: Receiver,
    content: Element | None,
    status: tuple[str, ...] = ("Success",),
    *,
    is_signed: bool = True,
) -> Element:
    """A response with this assertion, plain or encrypted; none where the login did not succeed."""
    root = _message("samlp:Response", now())
    root.set("Destination", receiver.answers_at)
    root.set("InResponseTo", receiver.request_id)
    _add(root, "saml:Issuer", sender.entity_id)
    _add_status(root, status)
    if content is not None:
        root.append(content)
    return signed(root, sender.pair.key, sender.pair.certificate) if is_signed else root


def artifact_response(sender: Sender, request_id: str, content: Element | None) -> bytes:
    """The SOAP answer to an ArtifactResolve: always Success, also without a response (B3)."""
    root = _message("samlp:ArtifactResponse", now())
    root.set("InResponseTo", request_id)
    _add(root, "saml:Issuer", sender.entity_id)
    _add_status(root, ("Success",))
    if content is not None:
        root.append(content)
    envelope = etree.Element(tag("soap:Envelope"), nsmap={"soap": NAMESPACES["soap"]})
    body = etree.SubElement(envelope, tag("soap:Body"))
    body.append(signed(root, sender.pair.key, sender.pair.certificate))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def closed_assertion(content: Element, receiver: Receiver) -> Element:
    """The assertion, encrypted for the portal."""
    return encrypted(content, "saml:EncryptedAssertion", receiver.certificate, receiver.entity_id)


def _message(name: str, moment: datetime) -> Element:
    facts = {"ID": new_id(), "Version": "2.0", "IssueInstant": written(moment)}
    return etree.Element(tag(name), facts, nsmap=_PREFIXES)


def _add(parent: Element, name: str, content: str | None = None, **attributes: str) -> Element:
    child = etree.SubElement(parent, tag(name), attributes)
    child.text = content
    return child


def _add_status(root: Element, codes: tuple[str, ...]) -> None:
    level = _add(root, "samlp:Status")
    for code in codes:
        level = _add(level, "samlp:StatusCode", Value=STATUS + code)


def _add_attributes(root: Element, receiver: Receiver, claims: Mapping[str, str]) -> None:
    statement = _add(root, "saml:AttributeStatement")
    kinds = {
        LEGAL_SUBJECT: claims.get(LEGAL_SUBJECT_TYPE, KVK_TYPE),
        ACTING_SUBJECT: EMPLOYEE_TYPE,
        INTERMEDIARY: KVK_TYPE,
    }
    for name, value in claims.items():
        if not name.startswith("urn:") or name == RSIN_TYPE:
            continue
        item = _add(_add(statement, "saml:Attribute", Name=name), "saml:AttributeValue")
        if name not in kinds:
            item.text = value
            continue
        item.append(_identifier(kinds[name], value, receiver))
        if name == LEGAL_SUBJECT and RSIN_TYPE in claims:
            item.append(_identifier(RSIN_TYPE, claims[RSIN_TYPE], receiver))


def _identifier(kind: str, value: str, receiver: Receiver) -> Element:
    name = etree.Element(
        tag("saml:NameID"),
        {"Format": PERSISTENT, "NameQualifier": kind},
        nsmap={"saml": NAMESPACES["saml"]},
    )
    name.text = value
    return encrypted(name, "saml:EncryptedID", receiver.certificate, receiver.entity_id)
