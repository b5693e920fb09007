"""Dutch names of elements and branches in an outline."""

from collections.abc import Iterator

from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Flow, Node
from processes.engine.diagram.links import linked, throwing
from processes.engine.sentences.catalogue import say, word_list
from processes.engine.words import conditions
from processes.engine.words.rounds import rounds

LONGEST = 500  # characters of a documentation
JOINS = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})


def ways(node: Node, diagram: Diagram) -> list[tuple[str, tuple[Node, Node]]]:
    """The ways on that need a list of their own, with what they are for."""
    flows = [(flow, flow.target) for flow in node.outgoing if flow.target]
    several = flows if len(flows) > 1 else []
    default = node.element.get("default")
    drawn = [
        (_label(node, flow, number, is_default=flow.id == default), (node, target))
        for number, (flow, target) in enumerate(several, start=1)
    ]
    return drawn + [way for boundary in node.boundaries for way in _ways_of(boundary, diagram)]


def _ways_of(boundary: Node, diagram: Diagram) -> Iterator[tuple[str, tuple[Node, Node]]]:
    """The ways on of an event on the edge; of several, each with what it is for."""
    happens = _boundary_label(boundary, diagram)
    for handler in boundary.handlers[:1]:
        yield happens, (boundary, handler)
    for number, flow in enumerate(boundary.outgoing, start=1):
        if flow.target:
            told = happens
            if len(boundary.outgoing) > 1:
                way = _label(boundary, flow, number, is_default=False)
                told = say("words.boundary-way", event=happens, way=way[:1].lower() + way[1:])
            yield told, (boundary, flow.target)


def _label(node: Node, flow: Flow, number: int, *, is_default: bool) -> str:
    if all(node.is_always_taken(each) for each in node.outgoing):
        told = say("words.parallel-branch", number=number, count=len(node.outgoing))
        named = flow.name and node.kind != "parallelGateway"
        return say("words.flow-labelled", name=flow.name, condition=told.lower()) if named else told
    if node.kind == "eventBasedGateway":
        return say("words.possibility", number=number)
    written = graph.text_of(flow.condition)
    words = say("words.if", condition=conditions.condition(written)) if written else ""
    if node.is_always_taken(flow):
        words = say("words.always")
    if is_default:
        words = say("words.otherwise")
    if flow.name:
        if not words:
            return say("words.quoted", text=flow.name)
        return say("words.flow-labelled", name=flow.name, condition=words)
    return words[:1].upper() + words[1:] if words else say("words.possibility", number=number)


def _boundary_label(boundary: Node, diagram: Diagram) -> str:
    told = conditions.event(boundary, diagram) or say("words.boundary-at", name=name(boundary))
    several = len(boundary.definitions) > 1
    if boundary.name and (several or boundary.event == "timer"):
        told = say("words.boundary-named", event=told, name=boundary.name)
    if boundary.element.get("cancelActivity") == "false":
        told = say("words.boundary-goes-on", event=told)
    return told[:1].upper() + told[1:]


def what(node: Node, diagram: Diagram) -> str:
    """The kind of an element: “Taak”, “Wachten, na 14 dagen”."""
    if node.kind == "parallelGateway" and len(node.outgoing) <= 1:
        return say("words.join")
    told = conditions.event(node, diagram) if node.kind in graph.EVENTS else ""
    kind = word_list("words.steps").get(node.kind, say("words.step"))
    told = ", ".join(filter(None, (told or rounds(node), _split(node))))
    return say("words.step-with-event", step=kind, event=told) if told else kind


def _split(node: Node) -> str:
    """What a task or event does to its token, where it has several ways on."""
    if node.kind in graph.GATEWAYS or not node.outgoing:
        return ""
    if len(node.outgoing) == 1:
        written = graph.text_of(node.outgoing[0].condition)
        return say("words.goes-on-if", condition=conditions.condition(written)) if written else ""
    is_parallel = all(node.is_always_taken(flow) for flow in node.outgoing)
    return say("words.splits") if is_parallel else say("words.chooses")


def name(node: Node) -> str:
    """The name as drawn; what has none is called after what it does."""
    if node.name:
        return node.name
    if node.kind == "parallelGateway":
        joins = len(node.outgoing) <= 1
        return say("words.waits-for-all") if joins else say("words.at-the-same-time")
    return word_list("words.steps").get(node.kind, node.id or "")


def apart(node: Node) -> str:
    """When something happens to which no flow leads."""
    starts = [
        each for each in (node.inner.nodes if node.inner else ()) if each.kind == "startEvent"
    ]
    if not node.is_event_subprocess:
        return say("words.nothing-leads-here")
    undoes = any(each.event == "compensate" for each in starts)
    if undoes:
        return say("words.when-undone")
    goes_on = all(each.element.get("isInterrupting") == "false" for each in starts)
    return say("words.any-time-beside") if starts and goes_on else say("words.any-time")


def is_silent(node: Node) -> bool:
    """Where branches only meet and no name is drawn, and links: these say nothing to a reader."""
    if linked(node) or throwing(node):
        return True
    return node.kind in JOINS and not node.name and len(node.outgoing) == 1


def documentation(element: graph.Element) -> str:
    """What the owner wrote about an element, on one line."""
    return " ".join(graph.text_of(graph.first(element, "documentation")).split())[:LONGEST]
