"""Rules for loops and multi-instance: limits, and a wait state in every cycle."""

import re
from collections.abc import Iterator, Mapping

from processes.engine.checks.rules.calls import callable_processes
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.checks.rules.tasks import topic_of
from processes.engine.diagram.graph import (
    CAMUNDA,
    DEFINITION,
    Diagram,
    Element,
    Flow,
    Node,
    Scope,
    first,
    kind,
    text_of,
)
from processes.engine.diagram.links import linked
from processes.engine.diagram.rounds import (
    COMPLEX,
    INPUT_ITEM,
    OUTPUT_ITEM,
    REFERENCES,
    THROWN,
    drawn_behaviours,
    variable_of,
)
from processes.engine.language.expressions import is_feel
from processes.engine.sentences.catalogue import say, word_list

MAX_TIMES = 1000
VARIABLE = re.compile(r"(\$\{\s*)?[A-Za-z][A-Za-z0-9_]*(?(1)\s*\})", re.ASCII)
BEHAVIOURS = frozenset({"All", "None", "One", "Complex"})
ITEMS = (INPUT_ITEM, OUTPUT_ITEM)
MULTIPLE = "multiInstanceLoopCharacteristics"
STANDARD = "standardLoopCharacteristics"
WAITING = frozenset({"userTask", "manualTask", "receiveTask", "intermediateCatchEvent"}) | {
    "eventBasedGateway"
}


def _marked(diagram: Diagram, marker: str) -> Iterator[tuple[Node, Element]]:
    for node in diagram.nodes:
        element = first(node.element, marker)
        if element is not None:
            yield node, element


@todo("multi-instance-missing")
def _multi_instance_says_how_many(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        if not (text_of(first(loop, "loopCardinality")) or collection_of(loop)):
            yield node, say("checks.multi-instance-missing", element=called(node))


@error("multi-instance-single")
def _multi_instance_counts_one_way(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        if text_of(first(loop, "loopCardinality")) and collection_of(loop):
            yield node, say("checks.multi-instance-single", element=called(node))


@error("multi-instance-collection")
def _collections_are_variables(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        collection, items = collection_of(loop), (variable_of(loop, each) for each in ITEMS)
        if collection and not (is_feel(collection) or VARIABLE.fullmatch(collection)):
            yield (
                node,
                say(
                    "checks.multi-instance-collection",
                    element=called(node),
                    collection=collection[:60],
                ),
            )
        for item in items:
            if item and not VARIABLE.fullmatch(item):
                told = say(
                    "checks.multi-instance-element-name", element=called(node), item=item[:60]
                )
                yield node, told


@error("multi-instance-output")
def _collected_output_has_two_names(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        item, collection = variable_of(loop, OUTPUT_ITEM), text_of(first(loop, "loopDataOutputRef"))
        if bool(collection) != bool(item):
            yield node, say("checks.multi-instance-output", element=called(node))


@error("multi-instance-bound")
def _multi_instance_is_bounded(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        text = text_of(first(loop, "loopCardinality")).removeprefix("${").removesuffix("}").strip()
        if _is_integer(text) and not 1 <= int(text) <= MAX_TIMES:
            yield (
                node,
                say(
                    "checks.multi-instance-bound",
                    element=called(node),
                    text=text,
                    max_times=MAX_TIMES,
                ),
            )


@error("multi-instance-behavior")
def _rounds_throw_what_can_be_thrown(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        behaviour = loop.get("behavior") or "All"
        if behaviour not in BEHAVIOURS:
            yield node, say("checks.behavior-unknown", element=called(node), value=behaviour[:20])
        for definition in (each for _, events in drawn_behaviours(loop) for each in events):
            event = kind(definition).removesuffix(DEFINITION)
            if event not in THROWN:
                what = word_list("checks.events").get(event, event)
                yield node, say("checks.behavior-kind", element=called(node), what=what)


@todo("multi-instance-event")
def _rounds_say_what_they_throw(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, MULTIPLE):
        behaviour, drawn = loop.get("behavior"), list(drawn_behaviours(loop))
        if behaviour == "Complex" and not all(text for text, _events in drawn):
            yield node, say("checks.behavior-condition", element=called(node))
        if behaviour in (*REFERENCES, "Complex") and not (
            drawn and all(events for _, events in drawn)
        ):
            yield node, say("checks.behavior-event", element=called(node), behavior=behaviour)


@warning("multi-instance-unused")
def _rounds_throw_all_that_is_drawn(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """What is drawn for another behaviour than the one that is chosen does nothing."""
    for node, loop in _marked(diagram, MULTIPLE):
        behaviour = loop.get("behavior") or "All"
        unused = [name for of, name in REFERENCES.items() if of != behaviour and loop.get(name)]
        if behaviour != "Complex" and first(loop, COMPLEX) is not None:
            unused.append(COMPLEX)
        if unused:
            names = ", ".join(unused)
            yield node, say("checks.behavior-unused", element=called(node), names=names)


@todo("loop-missing")
def _loops_say_when_they_stop(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, STANDARD):
        if not (loop.get("loopMaximum") or text_of(first(loop, "loopCondition"))):
            yield node, say("checks.loop-missing", element=called(node))


@error("loop-bound")
def _loops_are_bounded(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, loop in _marked(diagram, STANDARD):
        text = loop.get("loopMaximum", "1")
        if not _is_integer(text) or not 1 <= int(text) <= MAX_TIMES:
            yield (
                node,
                say("checks.loop-bound", element=called(node), text=text[:20], max_times=MAX_TIMES),
            )


@error("repeat-place")
def _events_do_not_repeat(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        repeats = any(first(node.element, marker) is not None for marker in (MULTIPLE, STANDARD))
        if repeats and node.is_event_subprocess:
            yield node, say("checks.repeat-place", element=called(node))


def collection_of(loop: Element) -> str:
    """The variable over which a multi-instance goes, or its list in FEEL, however written."""
    camunda = (loop.get(f"{CAMUNDA}collection") or "").strip()
    return camunda or text_of(first(loop, "loopDataInputRef"))


def _is_integer(text: str) -> bool:
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < MAX_TIMES


@warning("loop-without-wait")
def _every_circle_waits_somewhere(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    waiting = _Waiting(callable_processes(diagram, around))
    for scope in diagram.scopes:
        for circle in _circles([node for node in scope.nodes if not waiting.at(node)]):
            names = ", ".join(called(node) for node in circle[:5])
            yield circle[0], say("checks.loop-without-wait", names=names)


class _Waiting:
    """Where a token always stops, until someone or something lets it go on."""

    def __init__(self, processes: Mapping[str, Scope]) -> None:
        self.processes = processes
        self.known: dict[Scope, bool] = {}

    def at(self, node: Node) -> bool:
        if node.kind in WAITING and node.event != "link":
            return True
        if node.kind == "callActivity":
            target = self.processes.get(node.element.get("calledElement", ""))
            return target is not None and self.within(target)
        return self.within(node.inner) if node.inner else bool(topic_of(node))

    def within(self, scope: Scope) -> bool:
        """Whether no token can go from a start to an end of this scope without waiting."""
        if scope not in self.known:
            self.known[scope] = False  # a process that calls itself: refused by another rule
            self.known[scope] = self._within(scope)
        return self.known[scope]

    def _within(self, scope: Scope) -> bool:
        begin = scope.starts
        seen, waiting = set(begin), list(begin)
        while waiting:
            node = waiting.pop()
            if self.at(node):
                continue
            if node.kind == "endEvent" or not node.outgoing:
                return False
            following = [each for each in _following(node) if each not in seen]
            seen.update(following)
            waiting += following
        return bool(begin)


def _following(node: Node) -> list[Node]:
    flows: list[Flow] = [*node.outgoing, *(f for b in node.boundaries for f in b.outgoing)]
    return [flow.target for flow in flows if flow.target] + linked(node)


def _circles(nodes: list[Node]) -> list[list[Node]]:
    """The circles among these nodes: what is left when loose ends are taken off in turn."""
    left = set(nodes)
    following = {node: [each for each in _following(node) if each in left] for node in nodes}
    before = -1
    while len(left) != before:
        before = len(left)
        left = {node for node in left if any(each in left for each in following[node])}
        left &= {each for node in left for each in following[node]}
    return _parts(
        {node: [e for e in following[node] if e in left] for node in nodes if node in left}
    )


def _parts(following: dict[Node, list[Node]]) -> list[list[Node]]:
    """The nodes that hang together, in either direction."""
    beside = {node: list(nodes) for node, nodes in following.items()}
    for node, nodes in following.items():
        for other in nodes:
            beside[other].append(node)
    parts, placed = [], set[Node]()
    for node in following:
        if node not in placed:
            part = _within(node, beside)
            placed |= part
            parts.append([each for each in following if each in part])
    return parts


def _within(node: Node, beside: dict[Node, list[Node]]) -> set[Node]:
    seen, waiting = {node}, [node]
    while waiting:
        for other in beside[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen
