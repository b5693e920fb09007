"""Whatever a broker signs, it is a login or a refusal in words: nothing else comes out."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from app.auth.attempts import LoginFaultError, LoginRefusedError
from app.auth.claims import (
    BRANCH,
    INTERMEDIARY,
    RSIN_TYPE,
    SERVICE_ID,
    NoKvkNumberError,
    OddClaimsError,
    acting_employee,
)
from app.auth.saml.brokers import read_broker
from app.auth.saml.login import claims_of
from app.auth.saml.service import KeyPair
from app.auth.saml.signatures import signed
from app.auth.saml.xml import Element, SamlError, tag
from tests.app.auth.saml.broker import LOGS_IN_AT, TestBroker, metadata_of, one

END_OF_TIME = "9999-12-31T23:59:59Z"
ODD = ("", "x", "\u00e9", END_OF_TIME)
IN_WORDS = (LoginFaultError, LoginRefusedError, OddClaimsError, NoKvkNumberError)
OLDER_INTERMEDIARY = "urn:etoegang:1.9:IntermediateEntityID:KvKnr"


@pytest.fixture
def full(broker: TestBroker) -> TestBroker:
    """A broker that tells all there is to tell."""
    more = {BRANCH: "000037178598", INTERMEDIARY: "90001354", RSIN_TYPE: "001234567"}
    return broker.says(**more, **{SERVICE_ID: "urn:etoegang:DV:1:services:1"})


def unsigned(broker: TestBroker) -> Element:
    """The assertion of a login, to be changed and signed."""
    found = broker.assertion()
    found.remove(one(found, "ds:Signature"))
    one(found, "saml:AuthnStatement").set("SessionNotOnOrAfter", "2199-01-01T00:00:00Z")
    return found


def told(broker: TestBroker, content: Element) -> dict[str, object]:
    pair = broker.pair
    response = broker.response(content=signed(content, pair.key, pair.certificate))
    return claims_of(response, broker.asked(), is_posted=True)


def changed(root: Element) -> Iterator[Element]:
    """The message with each text, and each attribute, set to each of the odd values in turn."""
    for at, element in enumerate(root.iter()):
        places = [None, *(name for name in element.attrib if name != "ID")]
        for place in places:
            if place is None and len(element):
                continue
            for value in ODD:
                copy = deepcopy(root)
                here = list(copy.iter())[at]
                if place is None:
                    here.text = value
                else:
                    here.set(place, value)
                yield copy


def test_one_odd_value_anywhere_is_a_login_or_a_refusal(full: TestBroker) -> None:
    ends = {"in": 0, "out": 0}
    for content in changed(unsigned(full)):
        try:
            acting_employee(told(full, content))
            ends["in"] += 1
        except IN_WORDS:
            ends["out"] += 1
    assert min(ends.values()) > 50


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("saml:AuthnStatement", "SessionNotOnOrAfter"),
        ("saml:Conditions", "NotOnOrAfter"),
        ("saml:SubjectConfirmationData", "NotOnOrAfter"),
    ],
)
def test_what_never_ends_is_not_over(full: TestBroker, name: str, attribute: str) -> None:
    content = unsigned(full)
    one(content, name).set(attribute, END_OF_TIME)
    assert acting_employee(told(full, content)).kvk == "68750110"


@pytest.mark.rule("R55")
@pytest.mark.parametrize("content", ["", "  "])
def test_a_restriction_without_a_value_is_no_mandate_for_the_whole_company(
    broker: TestBroker, content: str
) -> None:
    given = broker.says(**{BRANCH: content})
    with pytest.raises(SamlError):
        claims_of(given.response(), given.asked())


@pytest.mark.rule("R56")
def test_an_intermediary_without_a_number_is_not_nobody(full: TestBroker) -> None:
    content = unsigned(full)
    named = next(
        each for each in content.iter(tag("saml:Attribute")) if INTERMEDIARY in each.values()
    )
    one(named, "saml:AttributeValue").clear()
    with pytest.raises(SamlError):
        told(full, content)


@pytest.mark.rule("R56")
@pytest.mark.parametrize("name", [OLDER_INTERMEDIARY, OLDER_INTERMEDIARY.replace("1.9", "1.13")])
def test_the_older_name_of_an_intermediary_counts_too(broker: TestBroker, name: str) -> None:
    given = broker.says(**{name: "90001354"})
    assert acting_employee(claims_of(given.response(), given.asked())).intermediary == "90001354"


def test_metadata_with_one_odd_value_anywhere_is_read_or_refused(
    tmp_path: Path, broker_pair: KeyPair
) -> None:
    file = tmp_path / "metadata.xml"
    whole = etree.fromstring(
        metadata_of(LOGS_IN_AT, broker_pair.certificate), etree.XMLParser(remove_comments=True)
    )
    ends = {"read": 0, "refused": 0}
    for content in changed(whole):
        file.write_bytes(etree.tostring(content))
        try:
            read_broker("x", file)
            ends["read"] += 1
        except SamlError:
            ends["refused"] += 1
    assert min(ends.values()) > 10
