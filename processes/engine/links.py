"""Link events, drawn as a jump, become what the interpreter knows: a flow from one to the other."""

from lxml import etree

from processes.engine.drawing import BPMN, Element, children, first

LINK = "linkEventDefinition"


def translate_links(tree: Element) -> None:
    """Put a flow from each throwing link event to its catcher, and let both pass tokens through."""
    for scope in tree.iter(f"{BPMN}process", f"{BPMN}subProcess"):
        catches = _links(scope, "intermediateCatchEvent")
        for throw in children(scope, "intermediateThrowEvent"):
            target = catches.get(_name(throw))
            if first(throw, LINK) is not None and target is not None:
                _connect(scope, throw, target)
        for event in (*_links(scope, "intermediateThrowEvent").values(), *catches.values()):
            event.tag = f"{BPMN}intermediateThrowEvent"


def _links(scope: Element, kind: str) -> dict[str, Element]:
    found = (event for event in children(scope, kind) if first(event, LINK) is not None)
    return {_name(event): event for event in found}


def _name(event: Element) -> str:
    definition = first(event, LINK)
    return "" if definition is None else str(definition.get("name") or "")


def _connect(scope: Element, throw: Element, target: Element) -> None:
    flow = etree.SubElement(scope, f"{BPMN}sequenceFlow")
    flow.set("id", f"{throw.get('id')}_to_{target.get('id')}")
    flow.set("sourceRef", throw.get("id"))
    flow.set("targetRef", target.get("id"))
