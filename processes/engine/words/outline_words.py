"""What the elements of a process are called in its outline, and its ways on, in Dutch."""

from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Flow, Node
from processes.engine.words import conditions

LONGEST = 500  # characters of a documentation
JOINS = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
WHAT = {
    "userTask": "Taak",
    "manualTask": "Taak buiten Loket",
    "task": "Stap",
    "serviceTask": "Automatische stap",
    "sendTask": "Bericht versturen",
    "receiveTask": "Wachten op een bericht",
    "businessRuleTask": "Beslistabel",
    "scriptTask": "Script",
    "callActivity": "Ander proces",
    "subProcess": "Onderdeel",
    "transaction": "Onderdeel",
    "adHocSubProcess": "Onderdeel",
    "exclusiveGateway": "Keuze",
    "inclusiveGateway": "Keuze, een of meer",
    "complexGateway": "Keuze",
    "parallelGateway": "Tegelijk",
    "eventBasedGateway": "Wachten op wat het eerst komt",
    "startEvent": "Begin",
    "endEvent": "Einde",
    "intermediateCatchEvent": "Wachten",
    "intermediateThrowEvent": "Melding",
}


def ways(node: Node, diagram: Diagram) -> list[tuple[str, tuple[Node, Node]]]:
    """The ways on that need a list of their own, with what they are for."""
    flows = [(flow, flow.target) for flow in node.outgoing if flow.target]
    several = flows if len(flows) > 1 else []
    default = node.element.get("default")
    drawn = [
        (_label(node, flow, number, is_default=flow.id == default), (node, target))
        for number, (flow, target) in enumerate(several, start=1)
    ]
    edges = [
        (_boundary_label(boundary, diagram), (boundary, flow.target))
        for boundary in node.boundaries
        for flow in boundary.outgoing[:1]
        if flow.target
    ]
    return drawn + edges


def _label(node: Node, flow: Flow, number: int, *, is_default: bool) -> str:
    if node.kind == "parallelGateway":
        return f"Tegelijk, {number} van {len(node.outgoing)}"
    if node.kind == "eventBasedGateway":
        return f"Mogelijkheid {number}"
    written = graph.text_of(flow.condition)
    words = f"als {conditions.condition(written)}" if written else ""
    if is_default:
        words = "in alle andere gevallen"
    if flow.name:
        return f"“{flow.name}”" + (f": {words}" if words else "")
    return words[:1].upper() + words[1:] if words else f"Mogelijkheid {number}"


def _boundary_label(boundary: Node, diagram: Diagram) -> str:
    told = conditions.event(boundary, diagram) or f"bij “{name(boundary)}”"
    if boundary.event == "timer" and boundary.name:
        told += f" (“{boundary.name}”)"
    if boundary.element.get("cancelActivity") == "false":
        told += "; de taak zelf gaat door"
    return told[:1].upper() + told[1:]


def what(node: Node, diagram: Diagram) -> str:
    """The kind of an element: “Taak”, “Wachten, na 14 dagen”."""
    if node.kind == "parallelGateway" and len(node.outgoing) <= 1:
        return "Samenkomen"
    told = conditions.event(node, diagram) if node.kind in graph.EVENTS else ""
    kind = WHAT.get(node.kind, "Stap")
    return f"{kind}, {told}" if told else kind


def name(node: Node) -> str:
    """The name as drawn; what has none is called after what it does."""
    if node.name:
        return node.name
    if node.kind == "parallelGateway":
        joins = len(node.outgoing) <= 1
        return "Wacht tot alle takken klaar zijn" if joins else "Dit gebeurt tegelijk"
    return WHAT.get(node.kind, node.id or "")


def is_silent(node: Node) -> bool:
    """A gateway without a name at which branches only meet says nothing to a reader."""
    return node.kind in JOINS and not node.name and len(node.outgoing) == 1


def documentation(element: graph.Element) -> str:
    """What the owner wrote about an element, on one line."""
    return " ".join(graph.text_of(graph.first(element, "documentation")).split())[:LONGEST]
