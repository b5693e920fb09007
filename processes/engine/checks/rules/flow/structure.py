"""Rules for structure: supported elements, start and end events, reachability."""

from collections.abc import Iterator

from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    error,
    owner,
    todo,
    warning,
)
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    SPIFF,
    Diagram,
    Node,
    Scope,
    extensions,
    is_executable,
    kind,
)
from processes.engine.diagram.links import linked
from processes.engine.diagram.task_errors import TAG as TASK_ERROR
from processes.engine.diagram.task_errors import is_external
from processes.engine.diagram.values import BOOLEANS, VALUES
from processes.engine.sentences.catalogue import say, word_list

ONCE = ("startQuantity", "completionQuantity")
CODE_TAGS = {
    f"{CAMUNDA}{name}"
    for name in ("executionListener", "taskListener", "script", "connector", "field")
} | {TASK_ERROR}
CODE = CODE_TAGS | {f"{CAMUNDA}{name}" for name in ("class", "expression")}


@error("element-allowed")
def _only_what_the_engine_runs(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter(f"{BPMN}*"):
        reason = word_list("checks.refused-elements").get(kind(element))
        if reason:
            yield owner(element), say("checks.element-refused", reason=reason)
        elif any(element.get(name, "1") != "1" for name in ONCE):
            yield element, say("checks.quantity-refused")


@error("boolean")
def _booleans_are_true_or_false(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter(f"{BPMN}*"):
        for name in sorted(BOOLEANS & set(element.attrib)):
            if element.get(name) not in VALUES:
                value = element.get(name)[:20]
                yield owner(element), say("checks.boolean", attribute=name, value=value)


@error("code-refused")
def _no_code(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Scripts, listeners and classes never reach Python; they are refused, not ignored."""
    for element in diagram.root.iter(f"{BPMN}*"):
        tags = {part.tag for part in extensions(element)} | set(element.attrib)
        if is_external(element):
            tags.discard(TASK_ERROR)
        for tag in sorted(tag for tag in tags if tag in CODE or tag.startswith(SPIFF)):
            what = tag.rpartition("}")[2]
            yield element, say("checks.code-refused", what=what)


@todo("not-executable")
def _every_drawn_process_runs(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for process in diagram.processes:
        if not is_executable(process.element) and process.nodes:
            yield process, say("checks.not-executable")


@todo("process-empty")
def _something_is_drawn(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    empty: list[Scope | None] = [each for each in diagram.processes if not each.nodes]
    for process in empty if diagram.processes else [None]:
        yield process, say("checks.process-empty")
    for scope in diagram.scopes:
        if not scope.is_process and not scope.nodes:
            yield scope, say("checks.scope-empty", element=_label(scope))


@error("start-event")
def _every_scope_has_one_plain_start(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        if not scope.nodes or kind(scope.element) == "adHocSubProcess":
            continue
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        # What begins by an event has to say by which.
        if not scope.starts or (scope.is_event_subprocess and not starts):
            yield scope, say("checks.start-missing", element=_label(scope))
        elif len(starts) > 1 and not scope.is_process:
            yield scope, say("checks.start-many", element=_label(scope))
        elif sum(not start.definitions for start in starts) > 1:
            yield scope, say("checks.start-plain-many", element=_label(scope))


def _label(scope: Scope) -> str:
    key = kind(scope.element) if scope.is_process else "subProcess"
    return word_list("checks.scopes")[key] + f" {called(scope)}"


@error("flow-without-source")
def _every_flow_begins(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        if flow.source is None:
            where = say("checks.flow-to", target=called(flow.target)) if flow.target else ""
            yield flow, say("checks.flow-without-source", where=where)


@error("flow-without-target")
def _every_flow_arrives(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        if flow.target is None:
            where = say("checks.flow-from", source=called(flow.source)) if flow.source else ""
            yield flow, say("checks.flow-without-target", where=where)


@error("flow-twice")
def _no_two_flows_are_the_same(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """SpiffWorkflow knows no flows, only what follows what: of two, one would be lost."""
    seen: set[tuple[Node, Node]] = set()
    for flow in diagram.flows:
        if flow.source and flow.target:
            if (flow.source, flow.target) in seen:
                yield (
                    flow,
                    say(
                        "checks.flow-twice", source=called(flow.source), target=called(flow.target)
                    ),
                )
            seen.add((flow.source, flow.target))


@error("flow-crosses-border")
def _flows_stay_in_their_scope(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        ends = [end.scope for end in (flow.source, flow.target) if end]
        if any(scope is not flow.scope for scope in ends):
            yield (
                flow,
                say(
                    "checks.flow-crosses-border",
                    source=called(flow.source),
                    target=called(flow.target),
                ),
            )


@error("flow-at-wrong-side")
def _starts_only_leave_and_ends_only_arrive(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.incoming and node.kind in ("startEvent", "boundaryEvent"):
            yield node, say("checks.flow-into-start")
        if node.outgoing and node.kind == "endEvent":
            yield node, say("checks.flow-out-of-end")
        if node.is_event_subprocess and (node.incoming or node.outgoing):
            yield node, say("checks.flow-at-event-subprocess")


@error("unreachable")
def _every_node_can_be_reached(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        reached = reachable(scope)
        for node in scope.nodes:
            if node not in reached:
                yield node, say("checks.unreachable", element=called(node))


def reachable(scope: Scope) -> set[Node]:
    """Every node that a token can reach, along flows, links and boundary events."""
    begin = [
        *scope.starts,
        *(n for n in scope.nodes if n.is_event_subprocess or n.is_for_compensation),
    ]
    reached, waiting = set(begin), list(begin)
    while waiting:
        node = waiting.pop()
        following = [flow.target for flow in node.outgoing if flow.target]
        following += node.boundaries + linked(node)
        for target in following:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


@warning("dead-end")
def _every_path_ends(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        ending = node.kind == "endEvent" or node.is_event_subprocess or node.event == "link"
        undoes = node.is_for_compensation or (
            node.kind == "boundaryEvent" and node.event == "compensate"
        )
        if not (ending or undoes or node.outgoing):
            yield node, say("checks.dead-end", element=called(node))


@warning("lane-member")
def _lanes_hold_what_exists(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for reference in diagram.root.iter(f"{BPMN}flowNodeRef"):
        if (reference.text or "").strip() not in diagram.by_id:
            yield reference.getparent(), say("checks.lane-member")


@warning("plain-task")
def _plain_tasks_do_nothing(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.kind == "task":
            yield node, say("checks.plain-task", element=called(node))
