"""Rules for a file of several pools: which run, which only document, and the messages between."""

from collections.abc import Iterator

from lxml import etree

from processes.engine.checks.rules.rule import (
    FILE_RULES,
    Complaint,
    Surroundings,
    called,
    warning,
)
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    Diagram,
    Element,
    Node,
    Scope,
    identity,
    kind,
)
from processes.engine.diagram.pools import documentation, pool_name
from processes.engine.sentences.catalogue import say

SENDING = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})
RECEIVING = frozenset({"receiveTask", "intermediateCatchEvent", "startEvent", "boundaryEvent"})
OTHERWISE = ("topic", "delegateExpression")  # a send task that is a service task sends nothing


@warning("documentation-pool", of=FILE_RULES)
def _pools_that_document_are_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in documentation(diagram):
        if scope.nodes:
            yield scope, say("checks.documentation-pool", pool=pool_name(diagram, scope))


@warning("message-flow", of=FILE_RULES)
def _message_flows_carry_a_message(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Processes of one file run apart: only a message of the same name goes from one to another."""
    for flow in diagram.root.iter(f"{BPMN}messageFlow"):
        source, target = (_end(diagram, flow, end) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            continue  # to or from what only documents
        begin, arrival = _called(diagram, source), _called(diagram, target)
        common = _names(diagram, source, SENDING) & _names(diagram, target, RECEIVING)
        drawn = flow.get("messageRef")
        if not common:
            yield flow, say("checks.message-flow", source=begin, target=arrival)
        elif drawn and _name(diagram, drawn) not in common:
            said = _name(diagram, drawn) or drawn
            yield flow, say("checks.message-flow-other", name=said, source=begin, target=arrival)


@warning("message-flow-end", of=FILE_RULES)
def _message_flows_end_at_something(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    ids = {identity(each) for each in diagram.root.iter(etree.Element)}
    for flow in diagram.root.iter(f"{BPMN}messageFlow"):
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) not in ids:
                yield flow, say("checks.message-flow-end", end=flow.get(end) or "")


def _end(diagram: Diagram, flow: Element, end: str) -> Node | Scope | None:
    """The node or process that runs at this end of a message flow."""
    id_ = flow.get(end) or ""
    running = diagram.processes
    node = diagram.by_id.get(id_)
    if node is not None:
        return node if _process_of(node) in running else None
    pools = (each for each in diagram.root.iter(f"{BPMN}participant") if identity(each) == id_)
    of_pool = next((pool.get("processRef") for pool in pools), None)
    return next((scope for scope in running if of_pool and scope.id == of_pool), None)


def _process_of(node: Node) -> Scope:
    scope = node.scope
    while scope.parent is not None:
        scope = scope.parent
    return scope


def _names(diagram: Diagram, end: Node | Scope, kinds: frozenset[str]) -> set[str]:
    """The names of the messages that a node sends or receives, or all those of a process."""
    if isinstance(end, Node):
        nodes = [end]
    else:
        nodes = [node for node in diagram.nodes if _process_of(node) is end]
    references = (ref for node in nodes if node.kind in kinds for ref in _references(node))
    return {name for ref in references if (name := _name(diagram, ref)) is not None}


def _name(diagram: Diagram, reference: str) -> str | None:
    """The name of the message that is referred to; None where there is none."""
    message = diagram.roots("message").get(reference)
    return None if message is None else message.get("name") or reference


def _references(node: Node) -> Iterator[str]:
    if any(node.element.get(f"{CAMUNDA}{name}") for name in OTHERWISE):
        return
    definitions = (each for each in node.definitions if kind(each) == "messageEventDefinition")
    for each in (node.element, *definitions):
        if each.get("messageRef"):
            yield each.get("messageRef")


def _called(diagram: Diagram, end: Node | Scope) -> str:
    return called(end) if isinstance(end, Node) else pool_name(diagram, end)
