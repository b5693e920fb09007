"""Rules for call activities: the called process exists, and no process calls itself."""

from collections.abc import Iterator

from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    error,
    scopes_of,
    todo,
    warning,
)
from processes.engine.diagram.beginning import can_be_begun
from processes.engine.diagram.graph import CAMUNDA, Diagram, Node, Scope
from processes.engine.language.expressions import is_feel
from processes.engine.sentences.catalogue import say


def _calls(diagram: Diagram) -> Iterator[Node]:
    return (node for node in diagram.nodes if node.kind == "callActivity")


@todo("call-missing")
def _calls_name_a_process(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _calls(diagram):
        if not (node.element.get("calledElement") or "").strip():
            yield node, say("checks.call-missing", element=called(node))


@error("call-expression")
def _calls_name_no_expression(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """What a call runs is fixed when its caller is deployed, so it cannot be worked out later."""
    for node in _calls(diagram):
        key = (node.element.get("calledElement") or "").strip()
        if _is_worked_out(key):
            yield node, say("checks.call-expression", element=called(node), key=key[:100])


def _is_worked_out(key: str) -> bool:
    return "${" in key or "#{" in key or is_feel(key)


@error("call-exists")
def _called_processes_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = callable_processes(diagram, around)
    for node in _calls(diagram):
        key = (node.element.get("calledElement") or "").strip()
        if key and key not in known and not _is_worked_out(key):
            yield node, say("checks.call-exists", element=called(node), key=key[:100])


@warning("call-start")
def _called_processes_begin_by_themselves(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    """Without a plain start a call takes the first one that is drawn, and waits for nothing."""
    known = callable_processes(diagram, around)
    for node in _calls(diagram):
        key = (node.element.get("calledElement") or "").strip()
        if key in known and not can_be_begun(known[key]):
            yield node, say("checks.call-start", element=called(node), key=key[:100])


@error("call-cycle")
def _no_process_calls_itself(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = callable_processes(diagram, around)
    for process in diagram.processes:
        for node in _called_within(process):
            key = node.element.get("calledElement") or ""
            if process.id and process.id in _reached(key, known):
                yield node, say("checks.call-cycle", element=called(node))


@error("call-binding")
def _calls_follow_the_latest_version(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in _calls(diagram):
        binding = node.element.get(f"{CAMUNDA}calledElementBinding", "latest")
        beside = {process.id for process in diagram.processes}
        together = binding == "deployment" and node.element.get("calledElement") in beside
        if not (binding == "latest" or together) or node.element.get(f"{CAMUNDA}caseRef"):
            yield node, say("checks.call-binding", element=called(node))


@error("call-same-id")
def _subprocesses_have_ids_of_their_own(
    diagram: Diagram, around: Surroundings
) -> Iterator[Complaint]:
    """SpiffWorkflow keeps the subprocesses of all files that run together in one table, by id."""
    known = callable_processes(diagram, around)
    for process in diagram.processes:
        taken = {scope.id: process.id for scope in scopes_of(process)}
        for node in _called_within(process):
            for key in sorted(_reached(node.element.get("calledElement") or "", known)):
                for scope in scopes_of(known[key]):
                    if taken.setdefault(scope.id, key) != key:
                        yield node, _same_id(node, key, scope)


def _same_id(node: Node, key: str, scope: Scope) -> str:
    name = (scope.id or "")[:100]
    return say("checks.call-same-id", element=called(node), key=key[:100], name=name)


def callable_processes(diagram: Diagram, around: Surroundings) -> dict[str, Scope]:
    """Every process that can be called, by its key; those in this file come first."""
    own = {process.id: process for process in diagram.processes if process.id}
    return {key: process for key, (_file, process) in around.processes.items()} | own


def _called_within(process: Scope) -> Iterator[Node]:
    waiting = [process]
    while waiting:
        for node in waiting.pop().nodes:
            if node.kind == "callActivity":
                yield node
            if node.inner:
                waiting.append(node.inner)


def _reached(key: str, known: dict[str, Scope]) -> set[str]:
    """A process, and all that it calls, directly or by way of others."""
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in known:
            continue
        seen.add(current)
        calls = _called_within(known[current])
        waiting += [node.element.get("calledElement") or "" for node in calls]
    return seen
