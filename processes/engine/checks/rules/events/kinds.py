"""Rules for events: which kinds are supported where, their references."""

from collections import Counter
from collections.abc import Iterator

from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo
from processes.engine.diagram.graph import (
    ACTIVITIES,
    REFERENCE,
    Diagram,
    Element,
    Node,
    children,
    first,
    kind,
    text_of,
)
from processes.engine.diagram.links import link_name, linked
from processes.engine.diagram.rounds import thrown_by_rounds
from processes.engine.sentences.catalogue import say, word_list

CATCHES = frozenset({"message", "timer", "signal", "conditional"})
RUNS = {
    "startEvent": CATCHES | {""},
    "endEvent": frozenset(
        ["", "terminate", "error", "signal", "message", "escalation", "compensate", "cancel"]
    ),
    "intermediateCatchEvent": CATCHES | {"link"},
    "intermediateThrowEvent": frozenset(
        ["", "message", "signal", "escalation", "link", "compensate"]
    ),
    "boundaryEvent": CATCHES | {"error", "escalation", "compensate", "cancel"},
}
STARTS_EVENT_SUBPROCESS = CATCHES | {"error", "escalation", "compensate"}
ALONE = frozenset({"link", "compensate", "cancel"})
ENOUGH = 2  # of these definitions "all" says something
REFERS = {"message", "signal", "error", "escalation"}
NAMING = {
    "message": ("name",),
    "signal": ("name",),
    "error": ("errorCode",),
    "escalation": ("escalationCode",),
}
REFERS_OPTIONAL = {"error", "escalation"}


def _events(diagram: Diagram) -> Iterator[Node]:
    return (node for node in diagram.nodes if node.kind in RUNS)


def _runs(node: Node) -> frozenset[str]:
    if node.kind == "startEvent" and not node.scope.is_process:
        return STARTS_EVENT_SUBPROCESS if node.scope.is_event_subprocess else frozenset({""})
    return RUNS[node.kind]


@error("event-kind")
def _only_kinds_that_run(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _events(diagram):
        for event in (each for each in node.events or [""] if each not in _runs(node)):
            what = word_list("checks.events").get(event or "plain", event)
            yield node, say("checks.event-kind", element=called(node), what=what)


@error("event-parallel")
def _all_can_happen_where_all_must(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A process begins with one event, a gateway goes on with one, and an error ends its task."""
    for node in _events(diagram):
        if not node.is_parallel or len(node.definitions) < ENOUGH:
            continue
        begins = node.kind == "startEvent" and node.scope.is_process
        chosen = any(f.source and f.source.kind == "eventBasedGateway" for f in node.incoming)
        if begins or chosen or "error" in node.events:
            yield node, say("checks.event-parallel", element=called(node))


@error("event-alone")
def _what_cannot_be_combined_is_alone(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A link is a flow, and an event that undoes waits until that is done."""
    for node in _events(diagram):
        for event in ALONE.intersection(node.events):
            if len(node.definitions) > 1 or node.definitions[0].getparent() is not node.element:
                what = word_list("checks.events").get(event, event)
                yield node, say("checks.event-alone", element=called(node), what=what)


@error("event-definition-ref")
def _shared_definitions_exist(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _events(diagram):
        drawn = [each for each in node.definitions if each.getparent() is node.element]
        if len(node.definitions) < len(drawn) + len(children(node.element, REFERENCE)):
            yield node, say("checks.event-definition-ref", element=called(node))


@error("boundary-attached")
def _boundaries_sit_on_an_activity(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.kind != "boundaryEvent":
            continue
        host = diagram.by_id.get(node.element.get("attachedToRef", ""))
        fits = host and host.scope is node.scope and host.kind in ACTIVITIES
        if not fits or (host and host.is_event_subprocess):
            yield node, say("checks.boundary-attached", element=called(node))


@error("boundary-interrupts")
def _errors_interrupt(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        not_stopping = {node.element.get("cancelActivity"), node.element.get("isInterrupting")}
        if {"error", "cancel"}.intersection(node.events) and "false" in not_stopping:
            yield node, say("checks.boundary-interrupts", element=called(node))


@todo("reference-missing")
def _events_say_what_they_are_about(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, definition, what in _references(diagram):
        catches_all = node.kind in ("boundaryEvent", "startEvent") and what in REFERS_OPTIONAL
        if not definition.get(f"{what}Ref") and not catches_all:
            event = word_list("checks.events")[what]
            yield node, say("checks.reference-missing", element=called(node), event=event)


@error("reference-exists")
def _references_exist(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, definition, what in _references(diagram):
        reference = definition.get(f"{what}Ref")
        if reference and reference not in diagram.roots(what):
            event = word_list("checks.events")[what]
            yield node, say("checks.reference-exists", element=called(node), event=event)


@todo("reference-name")
def _what_is_referred_to_has_a_name(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    key = {
        "message": "name",
        "signal": "name",
        "error": "errorCode",
        "escalation": "escalationCode",
    }
    for node, definition, what in _references(diagram):
        element = diagram.roots(what).get(definition.get(f"{what}Ref") or "")
        if element is not None and not (element.get(key[what]) or "").strip():
            word = word_list("checks.name-or-code")[key[what]]
            yield (
                node,
                say(
                    "checks.reference-name",
                    event=word_list("checks.events-with-article")[what],
                    element=called(node),
                    word=word,
                ),
            )


def _references(diagram: Diagram) -> Iterator[tuple[Node, Element, str]]:
    for node in diagram.nodes:
        for definition in [*node.definitions, *thrown_by_rounds(node.element)]:
            what = kind(definition).removesuffix("EventDefinition")
            if what in REFERS:
                yield node, definition, what
        if node.kind == "receiveTask" or (
            node.kind == "sendTask" and node.element.get("messageRef")
        ):
            yield node, node.element, "message"


@error("name-computed")
def _names_are_not_worked_out(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """The name of a message or signal, or the code of an error, is what is drawn (N3)."""
    for node, definition, what in _references(diagram):
        element = diagram.roots(what).get(definition.get(f"{what}Ref") or "")
        drawn = [] if element is None else [element.get(part) or "" for part in NAMING[what]]
        for name in drawn:
            if "${" in name or "#{" in name:
                yield node, say("checks.name-computed", name=name[:80], element=called(node))


@todo("condition-event-empty")
def _conditional_events_have_a_condition(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for definition in node.definitions:
            is_conditional = kind(definition) == "conditionalEventDefinition"
            if is_conditional and not text_of(first(definition, "condition")):
                yield node, say("checks.condition-event-empty", element=called(node))


@error("link-pairs")
def _links_come_in_pairs(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        links = [node for node in scope.nodes if node.event == "link"]
        catches = Counter(link_name(n) for n in links if n.kind == "intermediateCatchEvent")
        for node in links:
            if node.kind == "intermediateThrowEvent" and not linked(node):
                yield node, say("checks.link-nowhere", element=called(node))
            if node.kind == "intermediateThrowEvent" and node.outgoing:
                yield node, say("checks.link-with-flow", element=called(node))
            if node.kind == "intermediateCatchEvent" and catches[link_name(node)] > 1:
                yield node, say("checks.link-twice", element=called(node))


@error("event-gateway-targets")
def _event_gateways_lead_to_events(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for gateway in diagram.nodes:
        if gateway.kind != "eventBasedGateway":
            continue
        if len(gateway.outgoing) == 1:
            yield gateway, say("checks.event-gateway-one-way", element=called(gateway))
        for target in (flow.target for flow in gateway.outgoing if flow.target):
            catching = target.kind == "intermediateCatchEvent" and CATCHES.issuperset(
                target.events or [""]
            )
            if not (catching or target.kind == "receiveTask"):
                yield target, say("checks.event-gateway-target", element=called(gateway))
            elif len(target.incoming) > 1 or target.boundaries:
                yield (
                    target,
                    say(
                        "checks.event-gateway-target-shared",
                        target=called(target),
                        element=called(gateway),
                    ),
                )


@error("event-gateway-instantiates")
def _event_gateways_do_not_start(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        attributes = node.element.attrib
        parallel = attributes.get("eventGatewayType") == "Parallel"
        if node.kind in ("eventBasedGateway", "receiveTask") and (
            parallel or attributes.get("instantiate") == "true"
        ):
            yield node, say("checks.event-gateway-instantiates", element=called(node))
