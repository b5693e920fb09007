"""Rule: every element of the diagram is in the parsed specification, or refused by name."""

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from processes.engine.checks.rules.rule import (
    SPECIFICATION_RULES,
    Complaint,
    Surroundings,
    called,
    error,
    scopes_of,
)
from processes.engine.diagram import elements
from processes.engine.diagram.graph import Diagram, Flow, Node, Scope, is_executable, read
from processes.engine.diagram.links import linked
from processes.engine.interpreter.compensation_rewriting import BODY, UNDO
from processes.engine.interpreter.parser import Specification, UnparsableDiagramError, parse
from processes.engine.interpreter.rewriting import EVENT, drawn_id
from processes.engine.sentences.catalogue import say

log = logging.getLogger(__name__)

SPLIT = ".BoundaryEventSplit"


@error("specification", of=SPECIFICATION_RULES)
def _everything_drawn_is_parsed(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    drawn = _identified(diagram)
    for process in drawn.processes:
        if not is_executable(process.element):
            continue  # told already
        try:
            parsed = parse(diagram.xml, process.id or "", _callable(diagram, around))
        except UnparsableDiagramError as reason:
            log.warning("diagram cannot be parsed", extra={"reason": str(reason)[:300]})
            at = drawn.by_id.get(reason.element_id or "") or process
            yield at, say("checks.specification-unreadable", element=called(at))
        else:
            yield from _lost(process, parsed)


def _identified(diagram: Diagram) -> Diagram:
    """The diagram with the ids that the interpreter gives to what has none."""
    drawn: list[Node | Flow | Scope] = [*diagram.nodes, *diagram.flows, *diagram.scopes]
    if all(each.id for each in drawn):
        return diagram
    return read(etree.tostring(elements.read(diagram.xml).tree))


def _callable(diagram: Diagram, around: Surroundings) -> dict[str, bytes]:
    own = {process.id for process in diagram.processes}
    files = {key: file for key, (file, _process) in around.processes.items() if key not in own}
    wanted = [diagram]
    found: dict[str, bytes] = {}
    while wanted:
        for node in wanted.pop().nodes:
            key = node.element.get("calledElement")
            if node.kind == "callActivity" and key in files and key not in found:
                found[key] = files[key].xml
                wanted.append(files[key])
    return found


def _lost(process: Scope, parsed: Specification) -> Iterator[Complaint]:
    scopes = list(scopes_of(process))
    known = _known(scopes, parsed)
    for scope in scopes:
        for node in scope.nodes:
            if node.id and not (node.id in known or _is_undone_at(node)):
                yield node, say("checks.specification-node-lost", element=called(node))
            elif node.id in known:
                yield from _changed(node, known)
        for flow in scope.flows:
            if _is_lost(flow, known):
                yield (
                    flow,
                    say(
                        "checks.specification-flow-lost",
                        source=called(flow.source),
                        target=called(flow.target),
                    ),
                )


def _known(scopes: list[Scope], parsed: Specification) -> dict[str, Any]:
    """Every task of this process in the specification, by the id that was drawn."""
    undoing = {each.id for scope in scopes for each in scope.nodes if each.is_for_compensation}
    own = undoing | {scope.id for scope in scopes}
    inner = [spec for name, spec in parsed.subprocesses.items() if drawn_id(name) in own]
    return {
        name: task
        for spec in (*inner, parsed.spec)
        for name, task in spec.task_specs.items()
        if getattr(task, "bpmn_id", None)  # not a task of SpiffWorkflow's own
    }


def _is_undone_at(node: Node) -> bool:
    """A compensation boundary event has no task of its own: what it leads to has."""
    return node.kind == "boundaryEvent" and node.event == "compensate"


def _task_of(node: Node, known: dict[str, Any]) -> Any:
    """The task that does what an element is drawn for, where a rewrite gave it two."""
    task = known[node.id or ""]
    if node.kind == "startEvent" and node.scope.is_event_subprocess:
        return known.get(f"{node.id}{EVENT}", task)
    if node.kind == "intermediateThrowEvent":
        return known.get(f"{node.id}{UNDO}{BODY}", task)
    return task


def _changed(node: Node, known: dict[str, Any]) -> Iterator[Complaint]:
    """An event that would run as another kind, or stop what it should leave alone."""
    task = _task_of(node, known)
    definition = getattr(task, "event_definition", None)
    if _is_own_event(node) and not _is_as_drawn(node, definition):
        yield node, say("checks.specification-event-changed", element=called(node))
    if getattr(task, "cancel_activity", _interrupts(node)) != _interrupts(node):
        yield node, say("checks.specification-interruption-changed", element=called(node))
    if node.kind == "eventBasedGateway" and _awaited(definition) != len(node.outgoing):
        yield node, say("checks.specification-gateway-changed", element=called(node))
    targets = {target.id for target in linked(node)}
    if targets and not targets & _outputs(task).keys():
        yield node, say("checks.specification-link-changed", element=called(node))


def _interrupts(node: Node) -> bool:
    attribute = "isInterrupting" if node.kind == "startEvent" else "cancelActivity"
    return bool(node.element.get(attribute) != "false")


def _is_as_drawn(node: Node, definition: Any) -> bool:
    parts = getattr(definition, "event_definitions", [definition])
    return len(parts) == len(node.events) and all(
        event in type(part).__name__.lower() for event, part in zip(node.events, parts, strict=True)
    )


def _awaited(definition: Any) -> int:
    """At how many elements behind a gateway it waits."""
    return len({each.element.id for each in getattr(definition, "event_definitions", ())})


def _is_own_event(node: Node) -> bool:
    """An event that itself waits or throws: behind an event-based gateway, the gateway waits."""
    before = {flow.source.kind for flow in node.incoming if flow.source}
    is_called = node.kind == "startEvent" and node.event == "compensate"
    links_or_plain = node.event in ("", "link") or is_called
    return node.kind.endswith("Event") and not links_or_plain and "eventBasedGateway" not in before


def _is_lost(flow: Flow, known: dict[str, Any]) -> bool:
    source = known.get(flow.source.id or "") if flow.source else None
    if source is None or flow.target is None:
        return True
    outputs = _outputs(source)
    return not any(outputs[f"{flow.target.id}{each}"] for each in ("", SPLIT, BODY))


def _outputs(task: Any) -> Counter[str]:
    return Counter(output.name for output in task.outputs)
