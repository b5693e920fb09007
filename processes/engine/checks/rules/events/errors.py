"""Rules for BPMN errors: what is thrown is caught, and what is caught can be thrown (§10.5.1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, warning
from processes.engine.checks.rules.tasks import delegate_of, topic_of
from processes.engine.checks.rules.webhooks import codes_of
from processes.engine.diagram.graph import Diagram, Element, Node, Scope, kind
from processes.engine.diagram.rounds import thrown_by_rounds
from processes.engine.diagram.task_errors import errors_of
from processes.engine.sentences.catalogue import say

Codes: TypeAlias = frozenset[str]
NOTHING: Codes = frozenset()
UNKNOWN = "*"  # among the codes: what throws there is not known, and may throw anything


@error("error-of-task")
def _errors_of_tasks_are_whole(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if any(not (each.condition and each.code) for each in errors_of(node.element)):
            yield node, say("checks.error-of-task", element=called(node))


@warning("error-caught")
def _errors_are_caught(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for code in _thrown_by(node, diagram):
            if not _is_caught(node, code, diagram):
                yield node, say("checks.error-caught", code=code, element=called(node))
        for code in sorted(_of_service(node, around) - {UNKNOWN}):
            if not _is_caught(node, code, diagram):
                yield node, say("checks.error-of-service", code=code, element=called(node))


@warning("error-thrown")
def _what_is_caught_can_be_thrown(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    throwers = _Throwers(around)
    for node in diagram.nodes:
        for code in _codes(node.definitions, diagram) if _is_catcher(node) else ():
            thrown = throwers.before(node, diagram)
            if UNKNOWN in thrown or code in thrown or (thrown and not code):
                continue
            yield node, _never(node, code, sorted(filter(None, thrown)))


def _never(node: Node, code: str, known: list[str]) -> str:
    where = called(node.host or node)
    if not known:
        return say("checks.error-never-thrown", element=where)
    return say("checks.error-thrown", code=code, element=where, known=", ".join(known))


def _is_catcher(node: Node) -> bool:
    return node.kind == "boundaryEvent" or (
        node.kind == "startEvent" and node.scope.is_event_subprocess
    )


def _is_caught(node: Node, code: str, diagram: Diagram) -> bool:
    scope: Scope | None = node.scope
    catchers = list(node.boundaries)
    while scope:
        catchers += _catchers_of(scope, diagram)
        scope = scope.parent
    return any({"", code}.intersection(_codes(each.definitions, diagram)) for each in catchers)


def _catchers_of(scope: Scope, diagram: Diagram) -> Iterator[Node]:
    for node in scope.nodes:
        if node.is_event_subprocess and node.inner:
            yield from (each for each in node.inner.nodes if each.kind == "startEvent")
    host = diagram.by_id.get(scope.id or "") if scope.parent else None
    yield from host.boundaries if host else ()


def _thrown_by(node: Node, diagram: Diagram) -> list[str]:
    """The codes of the errors that an end event, an external task or a multi-instance draws."""
    ends = _codes(node.definitions, diagram) if node.kind == "endEvent" else []
    ends += [each.code for each in errors_of(node.element)]
    return ends + _codes(thrown_by_rounds(node.element), diagram)


def _codes(definitions: Iterable[Element], diagram: Diagram) -> list[str]:
    """The codes of the errors among these definitions; "" stands for every error."""
    errors = diagram.roots("error")
    drawn = (each for each in definitions if kind(each) == "errorEventDefinition")
    elements: list[Element | None] = [errors.get(each.get("errorRef") or "") for each in drawn]
    return [(each.get("errorCode") or "") if each is not None else "" for each in elements]


def _of_service(node: Node, around: Surroundings) -> Codes:
    """The codes that the function behind a service task says it throws."""
    known, unknown = around.vocabulary, frozenset({UNKNOWN})
    topic, delegate = topic_of(node), delegate_of(node)
    found = known.topic_errors.get(topic, unknown) if topic else NOTHING
    found |= codes_of(node)
    return found | (known.delegate_errors.get(delegate, unknown) if delegate else NOTHING)


@dataclass
class _Throwers:
    """Which codes come out of what is drawn, also by way of called processes."""

    around: Surroundings
    seen: set[str] = field(default_factory=set)

    def before(self, catcher: Node, diagram: Diagram) -> Codes:
        """The codes that can reach a boundary event, or the start of an event subprocess."""
        if catcher.host is not None:
            return self._of(catcher.host, diagram)
        scope = catcher.scope.parent
        if scope is None:
            return frozenset({UNKNOWN})
        others = [node for node in scope.nodes if node.inner is not catcher.scope]
        return NOTHING.union(*(self._of(node, diagram) for node in others))

    def _of(self, node: Node, diagram: Diagram) -> Codes:
        thrown = frozenset(_thrown_by(node, diagram))
        if node.kind == "endEvent":
            return thrown
        if node.kind == "callActivity":
            key = (node.element.get("calledElement") or "").strip()
            return thrown | self._of_called(key, diagram)
        if node.inner is not None:
            return thrown | self._within(node.inner, diagram)
        return thrown | _of_service(node, self.around)

    def _within(self, scope: Scope, diagram: Diagram) -> Codes:
        return NOTHING.union(*(self._of(node, diagram) for node in scope.nodes))

    def _of_called(self, key: str, diagram: Diagram) -> Codes:
        own = {scope.id: (diagram, scope) for scope in diagram.processes}
        found = own.get(key) or self.around.processes.get(key)
        if found is None or key in self.seen:
            return NOTHING if key in self.seen else frozenset({UNKNOWN})
        file, process = found
        self.seen.add(key)
        try:
            return self._within(process, file)
        finally:
            self.seen.discard(key)
