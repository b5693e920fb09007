"""The safeguards of a login by SAML, each with what would be there without it."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from app.auth import claims, sign_in
from app.auth.saml import assertion, attributes, login, response, signatures, xml
from app.auth.saml.xml import Element, tag
from processes.register.providers.people import ProviderUser
from tests.app.auth.saml.broker import CLAIMS, TestBroker


def nothing(*_given: object, **_named: object) -> None:
    """A check that checks nothing."""


def believe(element: Element, _certificates: object) -> Element:
    """Without the signature: what is there is believed."""
    return element


def read(data: bytes, *_given: object) -> Element:
    """Without the value of the signature: the bytes as they are."""
    return etree.fromstring(data)


def first(root: Element) -> Element:
    names = tag("saml:Assertion"), tag("saml:EncryptedAssertion")
    return next((child for child in root if child.tag in names), next(root.iter(*names)))


def first_value(_name: str, values: list[Element]) -> str:
    return values[0].text or ""


def first_of_each(root: Element) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for each in root.iter(tag("saml:Attribute")):
        found.setdefault(each.get("Name", ""), list(each))
    return found


def first_identifier(name: str, values: list[list[tuple[str, str]]]) -> dict[str, str]:
    return {name: values[0][0][1]}


SAFEGUARDS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "signature": (response, "verified", believe),
    "form": (signatures, "_check_form", nothing),
    "value": (signatures, "_verified", read),
    "count": (response, "_only_one", first),
    "hidden": (response, "_refuse_hidden", nothing),
    "identifiers": (xml, "_refuse_shared_identifiers", nothing),
    "elements": (xml, "_refuse_more_than_elements", nothing),
    "envelope": (response, "_check_envelope", nothing),
    "status": (response, "_check_status", nothing),
    "conditions": (assertion, "_check_conditions", nothing),
    "subject": (assertion, "_check_subject", nothing),
    "profile": (login, "check_assertion", nothing),
    "level": (login, "level_in", lambda _assertion: CLAIMS["acr"]),
    "moment": (login, "logged_in_at", lambda _assertion: 0.0),
    "attributes": (attributes, "_attributes", first_of_each),
    "identified": (attributes, "_identified", first_identifier),
    "one": (attributes, "_one", first_value),
    "restriction": (claims, "RESTRICTION", "no such thing"),  # type: ignore[dict-item]
    "claims": (login, "claims_in", lambda *_given: dict(CLAIMS)),
}


def switch_off(monkeypatch: pytest.MonkeyPatch, name: str, broker: TestBroker) -> None:
    """Take this safeguard away."""
    if name == "size":
        monkeypatch.setattr(xml, "LARGEST", 10**7)
    elif name == "opens":
        monkeypatch.setattr(response, "decrypted", lambda *_given: broker.assertion())
    else:
        module, attribute, instead = SAFEGUARDS[name]
        monkeypatch.setattr(module, attribute, instead)
    if name == "restriction":
        monkeypatch.setattr(attributes, "RESTRICTION", "no such thing")


def known_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user of a login, without looking them up."""
    found = ProviderUser(kvk="", subject="", issuer="", label="medewerker 1")
    monkeypatch.setattr(sign_in, "known_user", lambda *_given, **_named: found)
