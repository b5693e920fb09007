"""Reading SAML messages as XML: bounded, without DOCTYPE, comments or processing instructions."""

from collections.abc import Iterable

from lxml import etree

from app.auth.attempts import LoginFaultError

LARGEST = 256 * 1024  # bytes
NAMESPACES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "soap": "http://schemas.xmlsoap.org/soap/envelope/",
}
IDENTIFIERS = frozenset({"id", "ID", "Id", "iD", "{http://www.w3.org/XML/1998/namespace}id"})

Element = etree._Element  # noqa: SLF001 - lxml's public functions give and take this class


class SamlError(LoginFaultError):
    """A SAML message is not as the profile asks; the text says what, for the log alone."""


def parse(data: bytes) -> Element:
    """The root element of a message. Raises SamlError."""
    return _parse(data, remove_comments=False)


def parse_file(data: bytes) -> Element:
    """The root element of a file of the operator's, without its comments. Raises SamlError."""
    return _parse(data, remove_comments=True)


def _parse(data: bytes, *, remove_comments: bool) -> Element:
    if len(data) > LARGEST:
        message = f"the message is larger than {LARGEST} bytes"
        raise SamlError(message)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=remove_comments,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"no XML: {error}"
        raise SamlError(message) from error
    _refuse_more_than_elements(root)
    _refuse_shared_identifiers(root)
    return root


def _refuse_more_than_elements(root: Element) -> None:
    """What is no element or text has no place in a message, and has hidden things in others."""
    document = root.getroottree()
    if document.docinfo.doctype or document.docinfo.internalDTD is not None:
        message = "a DOCTYPE"
        raise SamlError(message)
    if (document.docinfo.encoding or "UTF-8").upper() != "UTF-8":
        message = f"the encoding {document.docinfo.encoding}"
        raise SamlError(message)
    odd = root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity)
    if next(odd, None) is not None:
        message = "a comment, a processing instruction or an entity"
        raise SamlError(message)


def _refuse_shared_identifiers(root: Element) -> None:
    values = [
        value for each in root.iter() for name, value in each.items() if str(name) in IDENTIFIERS
    ]
    if len(values) != len(set(values)):
        message = "two elements have the same identifier"
        raise SamlError(message)


def tag(name: str) -> str:
    """The name as lxml has it: "saml:Issuer" becomes "{urn:…}Issuer"."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def every(element: Element, name: str) -> list[Element]:
    """The children with this name, in order."""
    return element.findall(tag(name))


def the(element: Element, name: str) -> Element:
    """The one child with this name. Raises SamlError when there are none, or more."""
    found = every(element, name)
    if len(found) != 1:
        message = f"{len(found)} times {name} in {etree.QName(element).localname}"
        raise SamlError(message)
    return found[0]


def text(element: Element) -> str:
    """The text in an element that holds nothing else. Raises SamlError."""
    if len(element):
        message = f"elements in {etree.QName(element).localname}, where text should be"
        raise SamlError(message)
    return (element.text or "").strip()


def is_element(element: Element, name: str) -> bool:
    """Whether the element has this name."""
    return element.tag == tag(name)


def equal(what: str, found: str | None, expected: Iterable[str]) -> None:
    """Raises SamlError unless the value found is one of those expected, to the letter."""
    if found not in set(expected):
        message = f"{what} is {found!r}"
        raise SamlError(message)
