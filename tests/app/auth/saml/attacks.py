"""Changes of a valid signed response, each with the safeguards that refuse it (threat model).

An attack is made at run time, from an answer of the broker of the tests. `off` names the safeguards
(see `safeguards.py`) without which it would be believed: so each is seen to be what refuses it.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

from lxml import etree

from app.auth.claims import ACTING_SUBJECT, BRANCH, LEGAL_SUBJECT
from app.auth.saml.encryption import XENC
from app.auth.saml.moments import written
from app.auth.saml.service import KeyPair
from app.auth.saml.signatures import signed
from app.auth.saml.xml import NAMESPACES, Element, tag
from app.demo.saml_messages import closed_assertion
from processes.base import now
from tests.app.auth.saml.broker import TestBroker, one

FORGED = "90000102"  # the company that an attacker would like to be
AGO, AHEAD = timedelta(minutes=-10), timedelta(minutes=10)
Form = bool  # whether the response is signed as well as the assertion


@dataclass(frozen=True)
class Scene:
    """Who there is: the broker, and an attacker with a key of their own."""

    broker: TestBroker
    attacker: KeyPair
    both: Form

    def whole(self) -> Element:
        """A valid response."""
        return self.broker.response(both=self.both)

    def forged(self) -> Element:
        """An assertion for another company, without a signature."""
        found = self.broker.says(**{LEGAL_SUBJECT: FORGED}).assertion()
        return without_signature(found)

    def sealed(self, element: Element) -> Element:
        """The element, signed by the broker."""
        pair = self.broker.pair
        return signed(without_signature(element), pair.key, pair.certificate)


Change = Callable[[Scene], "Element | bytes"]


@dataclass(frozen=True)
class Attack:
    name: str
    make: Change
    off: tuple[str, ...] = field(default=())
    believed: str = "68750110"  # whose number would come out

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def without_signature(element: Element) -> Element:
    for each in element.findall(tag("ds:Signature")):
        element.remove(each)
    return element


def changed(change: Callable[[Element], object]) -> Change:
    """The response, changed after it was signed."""

    def make(scene: Scene) -> Element:
        root = scene.whole()
        change(root)
        return root

    return make


def misled(change: Callable[[Element], object]) -> Change:
    """An assertion that the broker signed like this: for somebody else, or another time."""

    def make(scene: Scene) -> Element:
        content = without_signature(scene.broker.assertion())
        change(content)
        return scene.broker.response(both=scene.both, content=scene.sealed(content))

    return make


def enveloped(change: Callable[[Element], object]) -> Change:
    """A response that is changed around the assertion, and signed where responses are."""

    def make(scene: Scene) -> Element:
        root = scene.broker.response(both=False)
        change(root)
        return scene.sealed(root) if scene.both else root

    return make


def wrapped(change: Callable[[Element, Element, Element], object]) -> Change:
    """A response in which a forged assertion is put beside, in or around the signed one."""

    def make(scene: Scene) -> Element:
        root = scene.whole()
        change(root, one(root, "saml:Assertion"), scene.forged())
        return root

    return make


def attribute(of: str, name: str, value: str | timedelta | None) -> Callable[[Element], None]:
    """Sets an attribute of the first such element, to a moment from now too, or takes it away."""

    def change(root: Element) -> None:
        element = one(root, of)
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, written(now() + value) if isinstance(value, timedelta) else value)

    return change


def content(of: str, text: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        one(root, of).text = text

    return change


def removed(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        element = one(root, name)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def unsigned(root: Element) -> None:
    for element in list(root.iter(tag("saml:Assertion"), tag("samlp:Response"))):
        without_signature(element)


def doubled(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        element = one(root, name)
        element.addnext(deepcopy(element))

    return change


def added(parent: str, name: str, **attributes: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        etree.SubElement(one(root, parent), tag(name), attributes)

    return change


def named(root: Element, name: str) -> Element:
    """The Attribute with this Name."""
    return next(each for each in root.iter(tag("saml:Attribute")) if each.get("Name") == name)


def before(head: bytes) -> Change:
    """The message with something before its root element."""
    return lambda scene: head + etree.tostring(scene.whole())


def other_key(scene: Scene) -> Element:
    content = signed(scene.forged(), scene.attacker.key, scene.attacker.certificate)
    whole = scene.broker.response(both=False, content=content)
    pair = scene.attacker
    return signed(whole, pair.key, pair.certificate) if scene.both else whole


def closed_forgery(scene: Scene) -> Element:
    """Anybody can encrypt for the portal: its certificate is public."""
    content = closed_assertion(scene.forged(), scene.broker.receiver("_request"))
    return scene.broker.response(both=scene.both, content=content)


def in_object(root: Element, signed_one: Element, forged: Element) -> None:
    """The forged one in place of the signed one, which hides in its signature (XSW 6 and 8)."""
    signature = one(signed_one, "ds:Signature")
    signed_one.addprevious(forged)
    forged.insert(1, signature)
    root.remove(signed_one)
    etree.SubElement(signature, tag("ds:Object")).append(signed_one)


def before_it(_root: Element, signed_one: Element, forged: Element) -> None:
    signed_one.addprevious(forged)


def after_it(_root: Element, signed_one: Element, forged: Element) -> None:
    signed_one.addnext(forged)


def around(root: Element, signed_one: Element, forged: Element) -> None:
    """The forged one around the signed one (XSW 4)."""
    root.replace(signed_one, forged)
    forged.append(signed_one)


def with_its_signature(root: Element, signed_one: Element, forged: Element) -> None:
    """The forged one takes the signature, and the signed one comes after it (XSW 5)."""
    forged.insert(1, one(signed_one, "ds:Signature"))
    signed_one.addprevious(forged)
    assert root is not forged


def same_identifier(root: Element, signed_one: Element, forged: Element) -> None:
    forged.set("ID", signed_one.get("ID") or "")
    with_its_signature(root, signed_one, forged)


def hidden_in(name: str) -> Callable[[Element, Element, Element], None]:
    """The signed one in a place that is not looked at (XSW 7, StatusDetail)."""

    def change(root: Element, signed_one: Element, forged: Element) -> None:
        root.replace(signed_one, forged)
        place = etree.SubElement(root, tag(name))
        place.append(signed_one)
        root.insert(1, place)

    return change


def forged_response(*, inside: bool) -> Change:
    """Another response around the signed one, or beside it in its signature (XSW 1 and 2)."""

    def make(scene: Scene) -> Element:
        root = scene.whole()
        outer = scene.broker.response(both=False, content=scene.forged())
        if not scene.both:
            outer.append(root)
            return outer
        signature = one(root, "ds:Signature")
        outer.insert(1, signature)
        (etree.SubElement(signature, tag("ds:Object")) if inside else outer).append(root)
        return outer

    return make


def second_info(root: Element) -> None:
    info = one(root, "ds:SignedInfo")
    info.addprevious(deepcopy(info))


def keyed_with_what_is_public(root: Element) -> None:
    """An HMAC whose key would be the certificate, which everybody has."""
    method = one(root, "ds:SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    one(root, "ds:SignatureValue").text = "AAAA"


def older_hash(root: Element) -> None:
    """Only named, not made: a real SHA-1 signature is of no use here."""
    one(root, "ds:SignatureMethod").set("Algorithm", f"{NAMESPACES['ds']}rsa-sha1")
    one(root, "ds:DigestMethod").set("Algorithm", f"{NAMESPACES['ds']}sha1")


def remark_in(name: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        element = one(root, name)
        element.append(etree.Comment("x"))

    return change


def instruction(root: Element) -> None:
    one(root, "saml:Audience").append(etree.ProcessingInstruction("x", "y"))


def also_branch(root: Element) -> None:
    item = etree.SubElement(one(root, "saml:AttributeStatement"), tag("saml:Attribute"))
    item.set("Name", BRANCH)
    for number in ("000037178598", "000037178599"):
        etree.SubElement(item, tag("saml:AttributeValue")).text = number


def other_restriction(root: Element) -> None:
    also_branch(root)
    item = named(root, BRANCH)
    item.set("Name", "urn:etoegang:1.9:ServiceRestriction:SubdossierNr")
    item.remove(item[1])


def second_company(root: Element) -> None:
    item = named(root, LEGAL_SUBJECT)
    item.addnext(deepcopy(item))
    plain = named(root, LEGAL_SUBJECT)
    (value,) = plain
    for each in value:
        value.remove(each)
    value.text = FORGED


def second_employee(root: Element) -> None:
    (value,) = named(root, ACTING_SUBJECT)
    value.append(deepcopy(value[0]))


def elements_in_text(root: Element) -> None:
    audience = one(root, "saml:Audience")
    etree.SubElement(audience, tag("saml:Audience"))


def older_padding(scene: Scene) -> Element:
    """Only named: what RSA with PKCS #1 v1.5 would open is not looked at."""
    content = closed_assertion(scene.broker.assertion(), scene.broker.receiver("_request"))
    key = one(content, "xenc:EncryptedKey")
    (method,) = key.findall(tag("xenc:EncryptionMethod"))
    method.set("Algorithm", f"{XENC}rsa-1_5")
    return scene.broker.response(both=scene.both, content=content)


def for_somebody_else(scene: Scene) -> Element:
    content = closed_assertion(scene.broker.assertion(), scene.broker.receiver("_request"))
    one(content, "xenc:EncryptedKey").set("Recipient", "urn:etoegang:DV:other")
    return scene.broker.response(both=scene.both, content=content)
