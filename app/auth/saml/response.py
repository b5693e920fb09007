"""From a broker's Response to its one verified assertion; nothing else of it is believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.x509 import Certificate

from app.auth.attempts import LoginRefusedError
from app.auth.saml.brokers import Broker
from app.auth.saml.encryption import decrypted
from app.auth.saml.service import ServiceProvider
from app.auth.saml.signatures import is_signed, verified
from app.auth.saml.status import SUCCESS, codes
from app.auth.saml.xml import Element, SamlError, equal, every, is_element, tag, text, the


@dataclass(frozen=True)
class Asked:
    """The login that a response must answer."""

    ours: ServiceProvider
    broker: Broker
    request_id: str


def verified_assertion(response: Element, asked: Asked, *, is_posted: bool = False) -> Element:
    """The assertion that the broker signed for this login.

    A response that the browser brought itself must be signed as well; one within an
    ArtifactResponse, which is signed, need not be (DV-HM interface). Raises SamlError,
    LoginRefusedError.
    """
    if not is_element(response, "samlp:Response"):
        message = "no Response"
        raise SamlError(message)
    certificates, is_whole = asked.broker.certificates, is_signed(response)
    if is_whole:
        response = verified(response, certificates)
    _check_envelope(response, asked)
    _check_status(response)
    if is_posted and not is_whole:
        message = "a response by POST without a signature of its own"
        raise SamlError(message)
    return _assertion(response, asked.ours, certificates)


def _check_envelope(response: Element, asked: Asked) -> None:
    equal("Version", response.get("Version"), ["2.0"])
    equal("Destination", response.get("Destination"), [asked.ours.answers_at])
    equal("InResponseTo", response.get("InResponseTo"), [asked.request_id])
    equal("Issuer", text(the(response, "saml:Issuer")), [asked.broker.entity_id])


def _check_status(response: Element) -> None:
    found = codes(response)
    if found != [SUCCESS]:
        raise LoginRefusedError(found[-1])


def _assertion(
    response: Element, ours: ServiceProvider, certificates: Sequence[Certificate]
) -> Element:
    found = _only_one(response)
    _refuse_hidden(response, found)
    if is_element(found, "saml:EncryptedAssertion"):
        found = decrypted(found, ours.keys, ours.entity_id)
    if not is_element(found, "saml:Assertion"):
        message = "what was encrypted is no assertion"
        raise SamlError(message)
    _refuse_hidden(found, found)
    return verified(found, certificates)


def _only_one(response: Element) -> Element:
    found = every(response, "saml:Assertion") + every(response, "saml:EncryptedAssertion")
    if len(found) != 1:
        message = f"{len(found)} assertions, where one should be"
        raise SamlError(message)
    return found[0]


def _refuse_hidden(root: Element, known: Element) -> None:
    """Assertions elsewhere than in the Advice, where those of other parties stand (B4)."""
    for each in root.iter(tag("saml:Assertion")):
        inside = {parent.tag for parent in each.iterancestors()}
        if each is not known and tag("saml:Advice") not in inside:
            message = "an assertion where none should be"
            raise SamlError(message)
