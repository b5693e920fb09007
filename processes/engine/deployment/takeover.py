"""Takes over what other engines wrote in a diagram: Zeebe's, Flowable's and Activiti's extensions.

What has a counterpart in our vocabulary becomes that. What has none is kept at its element as a
property with the name of the engine before it, which the checks tell as a to-do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from processes.engine.checks.rules.schema import ENGINES, OF_A_TEMPLATE
from processes.engine.checks.schema.table import Verdict, schema
from processes.engine.deployment.zeebe import READERS, feel
from processes.engine.diagram.graph import BPMN, CAMUNDA, Element, kind
from processes.engine.diagram.xml import as_text, read_xml

SILENT = OF_A_TEMPLATE | {
    *("userTask", "exclusive", "async", "calledElementType", "type"),  # how an engine runs it
}
RENAMED: Mapping[str, str] = {  # attributes of Flowable and Activiti that Camunda calls otherwise
    "resultVariableName": "resultVariable",
    "jobTopic": "topic",
}
EXPRESSIONS = (
    *("conditionExpression", "condition", "completionCondition", "loopCardinality"),
    *("timeDate", "timeDuration", "timeCycle"),
)


@dataclass
class TakenOver:
    """The diagram in our words, what was taken over and what was not: (element id, name)."""

    xml: bytes
    taken: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def take_over(xml: bytes) -> TakenOver:
    """Put the words of other engines in ours. Raises UnreadableDiagramError."""
    root = read_xml(xml)
    done = TakenOver(b"")
    for element in list(root.iter(f"{BPMN}*")):
        _attributes(element, done)
        for holder in element.findall(f"{BPMN}extensionElements"):
            _extensions(element, holder, done)
    for element in root.iter(*(f"{BPMN}{name}" for name in EXPRESSIONS)):
        element.text = feel(element.text) or element.text
    etree.cleanup_namespaces(root, keep_ns_prefixes=["bpmn", "xsi"])
    whole = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    done.xml = as_text(whole).encode()
    return done


def _attributes(element: Element, done: TakenOver) -> None:
    for attribute, value in list(element.attrib.items()):
        name = etree.QName(attribute)
        if name.namespace not in ENGINES:
            continue
        del element.attrib[attribute]
        ours = RENAMED.get(name.localname, name.localname)
        if name.localname == "type" and value == "external-worker":
            _set(element, "type", "external", done)
        elif ENGINES[name.namespace] != "zeebe" and _is_known(element, ours):
            _set(element, ours, value, done)
        elif name.localname not in SILENT:
            leave(element, f"{ENGINES[name.namespace]}:{name.localname}", value, done)


def _is_known(element: Element, name: str) -> bool:
    """Whether Camunda has this attribute at such an element, other than as code."""
    table = schema("bpmn")
    type_ = table.type_of("bpmn", kind(element), None)
    found = table.of_attribute(type_ or "", "camunda", name)
    return found is not None and found.verdict is not Verdict.REFUSED


def _set(element: Element, name: str, value: str, done: TakenOver) -> None:
    element.set(f"{CAMUNDA}{name}", value)
    done.taken.append((element.get("id") or "", name))


def _extensions(element: Element, holder: Element, done: TakenOver) -> None:
    for part in list(holder):
        name = etree.QName(part) if isinstance(part.tag, str) else None
        if name is None or name.namespace not in ENGINES:
            continue
        holder.remove(part)
        engine = ENGINES[name.namespace]
        if engine == "zeebe":
            _from_zeebe(element, part, name.localname, done)
        elif schema("bpmn").type_of("camunda", name.localname, None):
            _rename(part, name.namespace)
            holder.append(part)
            done.taken.append((element.get("id") or "", name.localname))
        elif name.localname not in SILENT:
            leave(element, f"{engine}:{name.localname}", etree.tostring(part).decode(), done)


def _rename(part: Element, namespace: str | None) -> None:
    """Flowable and Activiti share Camunda's elements: only the namespace differs."""
    for each in part.iter(etree.Element):
        if etree.QName(each).namespace == namespace:
            each.tag = f"{CAMUNDA}{etree.QName(each).localname}"


def _from_zeebe(element: Element, part: Element, name: str, done: TakenOver) -> None:
    read: Callable[[Element, Element], tuple[list[str], Mapping[str, str]]] | None
    read = READERS.get(name)
    if read is None:
        if name not in SILENT:
            said = " ".join(f"{key}={value}" for key, value in part.attrib.items())
            leave(element, f"zeebe:{name}", said or etree.tostring(part).decode(), done)
        return
    taken, left = read(element, part)
    done.taken += [(element.get("id") or "", each) for each in taken]
    for what, value in left.items():
        leave(element, f"zeebe:{name}.{what}", value, done)


def leave(element: Element, name: str, value: str, done: TakenOver) -> None:
    """Keep what has no counterpart as a property of the element: a to-do of the checks."""
    holder = _part(element, f"{BPMN}extensionElements", first=True)
    properties = _part(holder, f"{CAMUNDA}properties")
    etree.SubElement(properties, f"{CAMUNDA}property", name=name, value=value[:1000])
    done.left.append((element.get("id") or "", name))


def _part(element: Element, tag: str, *, first: bool = False) -> Element:
    """The part of an element with this tag, made where it is not there yet.

    BPMN wants extension elements before all but the documentation.
    """
    found = element.find(tag)
    if found is not None:
        return found
    made = etree.Element(tag)
    documentation = len(element.findall(f"{BPMN}documentation"))
    element.insert(documentation if first else len(element), made)
    return made
