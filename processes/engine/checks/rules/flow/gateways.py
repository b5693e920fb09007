"""Rules for gateways: conditions, default flows, and joins that can never complete."""

from collections.abc import Iterator

from processes.engine.checks.rules.flow.tokens import play
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.diagram.graph import ACTIVITIES, EVENTS, GATEWAYS, Diagram, Node, text_of
from processes.engine.sentences.catalogue import say

DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})


NEVER_DECIDING = GATEWAYS - DECIDING


def _splits(diagram: Diagram) -> Iterator[Node]:
    return (n for n in diagram.nodes if n.kind in DECIDING and len(n.outgoing) > 1)


def _may_have_no_way_on(node: Node) -> bool:
    """Whether every way on has a condition: an activity fails where none of them holds."""
    conditions = [text_of(flow.condition) for flow in node.outgoing]
    return node.kind in ACTIVITIES and bool(conditions) and all(conditions)


@todo("condition-missing")
def _every_way_out_has_a_condition(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for gateway in _splits(diagram):
        for flow in gateway.outgoing:
            is_default = flow.id and flow.id == gateway.element.get("default")
            if not is_default and not text_of(flow.condition):
                yield (
                    flow,
                    say(
                        "checks.condition-missing",
                        element=called(gateway),
                        target=called(flow.target),
                    ),
                )


@warning("default-missing")
def _every_split_has_a_default(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in (*_splits(diagram), *filter(_may_have_no_way_on, diagram.nodes)):
        if not node.element.get("default"):
            yield node, say("checks.default-missing", element=called(node))


@error("default-exists")
def _the_default_leaves_its_gateway(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        default = node.element.get("default")
        if default and default not in {flow.id for flow in node.outgoing}:
            yield node, say("checks.default-exists", element=called(node))


@error("condition-misplaced")
def _what_does_not_decide_has_no_conditions(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.kind in NEVER_DECIDING:
            for flow in node.outgoing:
                if text_of(flow.condition):
                    yield flow, say("checks.condition-misplaced", element=called(node))
        if node.kind not in ACTIVITIES | DECIDING and node.element.get("default"):
            yield node, say("checks.default-misplaced", element=called(node))


@warning("condition-behind-event")
def _events_have_no_conditions(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """BPMN 2.0 §10.5 has none there; here they count as behind a task."""
    for node in diagram.nodes:
        for flow in node.outgoing if node.kind in EVENTS else ():
            if text_of(flow.condition):
                yield flow, say("checks.condition-behind-event", element=called(node))


@warning("default-without-condition")
def _a_default_has_conditions_beside_it(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Where no other flow has a condition, none of them can hold."""
    for node in diagram.nodes:
        for flow in node.outgoing if node.kind in ACTIVITIES and len(node.outgoing) > 1 else ():
            if flow.id == node.element.get("default") and node.is_always_taken(flow):
                yield flow, say("checks.default-without-condition", element=called(node))


@warning("default-with-condition")
def _the_default_needs_no_condition(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for flow in node.outgoing:
            default = flow.id and flow.id == node.element.get("default")
            if default and text_of(flow.condition):
                yield flow, say("checks.default-with-condition")


@error("gateway-without-exit")
def _gateways_lead_somewhere(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.kind == "eventBasedGateway" and not node.outgoing:
            yield node, say("checks.gateway-without-exit", element=called(node))


@error("join-never-fires")
def _no_join_waits_for_ever(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for join in _stuck(diagram, fires=False):
        yield join, say("checks.join-never-fires", element=called(join))


@warning("join-may-wait")
def _no_join_may_wait_for_ever(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for join in _stuck(diagram, fires=True):
        yield join, say("checks.join-may-wait", element=called(join))


@warning("path-runs-twice")
def _no_path_runs_twice(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        for node in sorted(play(scope).doubled, key=lambda node: node.id or ""):
            yield node, say("checks.path-runs-twice", element=called(node))


def _stuck(diagram: Diagram, *, fires: bool) -> Iterator[Node]:
    """The joins that a token may wait at for ever; those that also fire, or those that never do."""
    for scope in diagram.scopes:
        outcome = play(scope)
        joins = [node for node in scope.nodes if node.kind == "parallelGateway"]
        for join in joins if outcome.is_complete else ():
            if join in outcome.stuck and (join in outcome.passed) == fires:
                yield join
