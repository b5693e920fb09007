"""Rules for compensation and transactions: what undoes what, and where it can be thrown."""

from collections.abc import Iterator
from itertools import chain

from processes.engine.checks.rules.calls import callable_processes
from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error, todo, warning
from processes.engine.diagram.graph import ACTIVITIES, Diagram, Node, Scope
from processes.engine.sentences.catalogue import say

THROWS = frozenset({"intermediateThrowEvent", "endEvent"})


def _boundaries(diagram: Diagram) -> Iterator[Node]:
    """The compensation boundary events."""
    return (n for n in diagram.nodes if n.kind == "boundaryEvent" and n.event == "compensate")


@todo("compensation-handler")
def _each_event_has_one_activity_that_undoes(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for event in _boundaries(diagram):
        if len(event.handlers) > 1:
            yield event, say("checks.compensation-handlers", element=called(event))
        elif not event.handlers or event.handlers[0].scope is not event.scope:
            yield event, say("checks.compensation-handler", element=called(event))


@todo("compensation-unused")
def _each_activity_that_undoes_has_its_event(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    used = set(chain.from_iterable(event.handlers for event in _boundaries(diagram)))
    for node in diagram.nodes:
        if node.is_for_compensation and node not in used:
            yield node, say("checks.compensation-unused", element=called(node))


@error("compensation-flow")
def _no_flow_leads_to_what_undoes(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for event in _boundaries(diagram):
        if event.outgoing:
            yield event, say("checks.compensation-flow-out", element=called(event))
    for node in diagram.nodes:
        if node.is_for_compensation and (node.incoming or node.outgoing):
            yield node, say("checks.compensation-flow", element=called(node))
        if node.is_for_compensation and node.boundaries:
            yield node, say("checks.compensation-boundary", element=called(node))


@error("compensation-twice")
def _an_activity_is_undone_in_one_way(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        events = sum(event.event == "compensate" for event in node.boundaries)
        if events + bool(_undoing_within(node.inner)) > 1:
            yield node, say("checks.compensation-twice", element=called(node))
    for scope in diagram.scopes:
        for second in _undoing_within(scope)[1:]:
            yield second, say("checks.compensation-twice-within", element=called(second))


@warning("compensation-of-process")
def _a_process_is_undone_where_it_is_called(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for scope in diagram.processes:
        for node in _undoing_within(scope):
            yield node, say("checks.compensation-of-process", element=called(node))


@error("compensation-reference")
def _what_is_named_can_be_seen(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for event, name in _throws(diagram):
        scopes = _scopes_of(event)
        around = {scope.id for scope in scopes}
        inside = {node.id for scope in scopes for node in scope.nodes if node.kind in ACTIVITIES}
        if name and name not in around | inside:
            yield event, say("checks.compensation-reference", element=called(event))


@warning("compensation-nothing")
def _something_can_be_undone(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    processes = callable_processes(diagram, around)
    for event, name in _throws(diagram):
        nodes = [node for scope in _scopes_of(event) for node in scope.nodes]
        named = [node for node in nodes if node.id == name] or nodes
        if not any(_can_be_undone(node, processes) for node in named):
            yield event, say("checks.compensation-nothing", element=called(event))


@error("cancel-place")
def _only_transactions_are_cancelled(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.event == "cancel" and node.kind == "boundaryEvent":
            if node.host is not None and node.host.kind != "transaction":
                yield node, say("checks.cancel-boundary-place", element=called(node))
        elif node.event == "cancel" and node.kind == "endEvent" and not _transaction(node):
            yield node, say("checks.cancel-place", element=called(node))


@todo("cancel-caught")
def _a_cancelled_transaction_has_a_way_on(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.event == "cancel" and node.kind == "endEvent":
            transaction = _transaction(node)
            host = diagram.by_id.get(transaction.id or "") if transaction else None
            if host and not any(event.event == "cancel" for event in host.boundaries):
                yield host, say("checks.cancel-caught", element=called(host))


@warning("cancel-never")
def _a_transaction_with_a_way_on_is_cancelled(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    cancelled = {
        scope.id
        for node in diagram.nodes
        if node.event == "cancel" and node.kind == "endEvent" and (scope := _transaction(node))
    }
    for node in diagram.nodes:
        caught = node.event == "cancel" and node.kind == "boundaryEvent"
        if (
            caught
            and node.host
            and node.host.kind == "transaction"
            and node.host.id not in cancelled
        ):
            yield node, say("checks.cancel-never", element=called(node))


def _undoing_within(scope: Scope | None) -> list[Node]:
    """The compensation event subprocesses directly in a scope."""
    return [
        node
        for node in (scope.nodes if scope else ())
        if node.inner and node.is_event_subprocess and _begins_with_compensation(node.inner)
    ]


def _begins_with_compensation(scope: Scope) -> bool:
    return any(node.kind == "startEvent" and node.event == "compensate" for node in scope.nodes)


def _throws(diagram: Diagram) -> Iterator[tuple[Node, str]]:
    """The events that throw compensation, with the id of the one activity that they name."""
    for node in diagram.nodes:
        if node.kind in THROWS and node.event == "compensate":
            yield node, node.definitions[0].get("activityRef") or ""


def _scopes_of(event: Node) -> list[Scope]:
    """Where a thrown compensation undoes: in its scope, and around an event subprocess."""
    scope = event.scope
    return [scope, scope.parent] if scope.is_event_subprocess and scope.parent else [scope]


def _transaction(event: Node) -> Scope | None:
    """The transaction that a cancel end event is in."""
    scope: Scope | None = event.scope
    while scope is not None and not scope.is_transaction:
        if _only_undoes(scope):
            return None
        scope = scope.parent
    return scope


def _only_undoes(scope: Scope) -> bool:
    """Whether what is in this scope runs when what is around it has been completed."""
    by_event = scope.is_event_subprocess and _begins_with_compensation(scope)
    return by_event or scope.is_for_compensation


def _can_be_undone(node: Node, processes: dict[str, Scope]) -> bool:
    if any(event.event == "compensate" for event in node.boundaries):
        return True
    inside = node.inner
    if node.kind == "callActivity":
        inside = processes.get(node.element.get("calledElement") or "")
    if inside is None:
        return False
    return bool(_undoing_within(inside)) or any(
        _can_be_undone(each, processes) for each in inside.nodes
    )
