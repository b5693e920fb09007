"""Safe XML parser for uploaded diagrams: size and depth limited, no DTD, entities or network."""

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree

from processes.engine.diagram.namespaces import DMN_NAMESPACES, read_as
from processes.engine.diagram.values import unify
from processes.engine.sentences.catalogue import say

Element: TypeAlias = Any  # lxml's element class; its stubs know no namespaces
Tree: TypeAlias = Any

DECLARED = re.compile(r"""(\A\s*<\?xml[^>]{0,80}?encoding\s*=\s*["'])[A-Za-z0-9._\-]+""")
MAX_BYTES = 1_000_000
MAX_ELEMENTS = 6000
MAX_ELEMENTS_OF_DECISIONS = 20_000  # a thousand rules of five inputs, two outputs and a remark
MAX_NESTING = 30
MAX_ATTRIBUTES = 100  # of one element
LARGEST_KEPT = 100_000  # bytes; as a tree a file takes up to thirty times its size
KEPT = 16  # files: a page, a check and a step each read the same few again and again
OF_UTF_16 = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"<\0": "UTF-16LE",
    b"\0<": "UTF-16BE",
}
"""How a file of UTF-16 begins: with its mark, or with a declaration without one."""
ENCODINGS = frozenset(
    [
        "UTF-8",
        "UTF-16",
        "UTF-16LE",
        "UTF-16BE",
        "ISO-8859-1",
        "ISO-8859-15",
        "WINDOWS-1252",
        "US-ASCII",
        "ASCII",
    ]
)


class UnreadableDiagramError(Exception):
    """The file is refused before its contents are looked at; `reason` says why."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)


def read_xml(xml: bytes) -> Element:
    """The root element of an XML file within the limits, with unified booleans and references.

    Operaton's words are read as Camunda's, any version of DMN as 1.3. Raises
    UnreadableDiagramError.
    """
    return deepcopy(_file(xml).tree).getroot()  # whoever reads a file may change what it got


@dataclass(frozen=True)
class _File:
    """A file as it was read; `text` is its own, which `tree` says too unless it is changed."""

    tree: Tree
    text: str
    is_changed: bool


def _file(xml: bytes) -> _File:
    return _kept(xml) if len(xml) <= LARGEST_KEPT else _kept_large(xml)


@lru_cache(KEPT)
def _kept(xml: bytes) -> _File:
    return _unified(xml)


@lru_cache(1)
def _kept_large(xml: bytes) -> _File:
    """The last large file: saving one reads it four times."""
    return _unified(xml)


def _unified(xml: bytes) -> _File:
    root, text = _parsed(xml)
    is_changed = unify(root) > 0
    return _File(root.getroottree(), text, is_changed)


def as_text(xml: bytes) -> str:
    """The file as text with a UTF-8 declaration, to be stored and for the editor.

    Booleans, references and namespaces are written as the editor reads them; else not a character
    changes. Raises UnreadableDiagramError.
    """
    file = _file(xml)
    if file.is_changed:
        return etree.tostring(file.tree, encoding="UTF-8", xml_declaration=True).decode()
    return DECLARED.sub(r"\g<1>UTF-8", file.text, count=1)


def _parsed(xml: bytes) -> tuple[Element, str]:
    """The root element and the text of a file, with the namespaces that are read."""
    if len(xml) > MAX_BYTES:
        reason = "file-too-large"
        raise UnreadableDiagramError(reason, say("diagram.file-too-large"))
    root = _tree(xml)
    _refuse_dangers(root)
    text = _text(xml, root.getroottree().docinfo.encoding or "UTF-8")
    known = read_as(text)
    if known == text:
        return root, text
    text = DECLARED.sub(r"\g<1>UTF-8", known, count=1)
    return _tree(text.encode()), text


def _text(xml: bytes, declared: str) -> str:
    """The text of a file; UTF-16 needs no declaration where it has its mark (XML 1.0 4.3.3)."""
    try:
        return xml.decode(OF_UTF_16.get(xml[:2], declared)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        reason = "encoding"
        raise UnreadableDiagramError(reason, say("diagram.encoding")) from None


def _tree(xml: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        reason = "not-xml"
        raise UnreadableDiagramError(reason, say("diagram.not-xml")) from None


def _refuse_dangers(root: Element) -> None:
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        reason = "doctype"
        raise UnreadableDiagramError(reason, say("diagram.doctype"))
    if (information.encoding or "UTF-8").upper() not in ENCODINGS:
        reason = "encoding"
        raise UnreadableDiagramError(reason, say("diagram.encoding"))
    is_dmn = etree.QName(root).namespace in DMN_NAMESPACES
    most = MAX_ELEMENTS_OF_DECISIONS if is_dmn else MAX_ELEMENTS
    if sum(1 for _ in root.iter()) > most:
        reason = "too-many-elements"
        raise UnreadableDiagramError(reason, say("diagram.too-many-elements", max_elements=most))
    if any(len(element.attrib) > MAX_ATTRIBUTES for element in root.iter(etree.Element)):
        reason = "too-many-attributes"
        raise UnreadableDiagramError(
            reason, say("diagram.too-many-attributes", max_attributes=MAX_ATTRIBUTES)
        )
    level, depth = [root], 0
    while level:
        level, depth = [child for element in level for child in element], depth + 1
        if depth > MAX_NESTING:
            reason = "nesting-too-deep"
            raise UnreadableDiagramError(
                reason, say("diagram.nesting-too-deep", max_nesting=MAX_NESTING)
            )
