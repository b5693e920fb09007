"""One notation for XML booleans and QNames: `1` becomes `true`, and `tns:m` becomes `m`.

XML Schema allows `true`, `1`, `false` and `0` (with white space around them) for a boolean, and a
prefix before a reference to an element of the same file (BPMN 2.0 §15.3.2: references are QNames).
The types of DMN 1.1 are QNames too, those of FEEL with a prefix of their own; later versions write
their names alone.
Everything that reads a diagram sees one notation; what is neither stays as it is, for the checks.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from lxml import etree

from processes.engine.diagram.namespaces import DMN

Element: TypeAlias = Any

BOOLEANS = frozenset(
    [
        "cancelActivity",
        "cancelRemainingInstances",
        "instantiate",
        "isClosed",
        "isCollection",
        "isExecutable",
        "isExpanded",
        "isForCompensation",
        "isHorizontal",
        "isImmediate",
        "isInterrupting",
        "isMarkerVisible",
        "isMessageVisible",
        "isSequential",
        "isUnlimited",
        "parallelMultiple",
        "testBefore",
        "triggeredByEvent",
        "waitForCompletion",
    ]
)
"""The attributes of BPMN 2.0 and its diagram interchange whose type is xsd:boolean."""
VALUES: Mapping[str, str] = MappingProxyType(
    {"true": "true", "1": "true", "false": "false", "0": "false"}
)
NAMESPACES = ("{http://www.omg.org/spec/BPMN/", "{http://www.omg.org/spec/DD/")
DECISIONS = f"{{{DMN}/MODEL/}}"
FEEL = "/FEEL/"  # in its name in each version of DMN
REFERENCES = frozenset(["calledElement", "bpmnElement"])  # beside those whose names end in Ref
TEXTS = frozenset(["incoming", "outgoing", "source", "target"])  # likewise, as elements


def unify(root: Element) -> int:
    """Rewrite the booleans and references of a file in place; returns how many it rewrote."""
    target = root.get("targetNamespace")
    own = root.get("namespace")
    changed = 0
    for element in root.iter(etree.Element):
        tag = element.tag
        if tag.startswith(NAMESPACES):
            name = tag.rpartition("}")[2]
            changed += _attributes(element, target) + _text(element, name, target)
        elif tag.startswith(DECISIONS):
            changed += _type(element, own)
    return changed


def _type(element: Element, own: str | None) -> int:
    """The type of a decision's part without the prefix of FEEL, or of the file itself."""
    is_text = element.tag.endswith("}typeRef")
    written = (element.text if is_text else element.get("typeRef")) or ""
    prefix, colon, local = written.strip().partition(":")
    space = element.nsmap.get(prefix, "")
    if not colon or not (prefix == "feel" or FEEL in space or (own and space == own)):
        return 0
    if is_text:
        element.text = local
    else:
        element.set("typeRef", local)
    return 1


def _attributes(element: Element, target: str | None) -> int:
    changed = 0
    for name, value in element.attrib.items():
        if name in BOOLEANS:
            unified = VALUES.get(value.strip(), value)
        elif name.endswith("Ref") or name in REFERENCES:
            unified = _local(element, value, target) if ":" in value else value
        else:
            continue
        if unified != value:
            element.set(name, unified)
            changed += 1
    return changed


def _text(element: Element, name: str, target: str | None) -> int:
    if not (name.endswith("Ref") or name in TEXTS) or not element.text:
        return 0
    unified = _local(element, element.text, target)
    if unified == element.text:
        return 0
    element.text = unified
    return 1


def _local(element: Element, reference: str, target: str | None) -> str:
    """The id without its prefix, where that stands for this very file."""
    prefix, colon, local = reference.strip().partition(":")
    names_this_file = bool(colon) and element.nsmap.get(prefix, ()) == target
    return local if names_this_file else reference
