"""Rules about what is drawn, and whether it hangs together."""

from collections.abc import Iterator

from processes.engine.checks.rules.links import linked
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
    ACTIVITIES,
    BPMN,
    CAMUNDA,
    SPIFF,
    Diagram,
    Node,
    Scope,
    extensions,
    kind,
)

REFUSED = {
    "scriptTask": "een scripttaak; gebruik een servicetaak of een beslistabel",
    "complexGateway": "een complexe poort; gebruik een exclusieve, parallelle of inclusieve poort",
    "transaction": "een transactie; gebruik een gewoon subproces",
    "adHocSubProcess": "een ad-hoc-subproces; teken de volgorde met pijlen",
    "choreographyTask": "een choreografietaak; teken een proces",
    "subChoreography": "een choreografie; teken een proces",
    "callChoreography": "een choreografie; teken een proces",
    "choreography": "een choreografie; teken een proces",
    "globalTask": "een globale taak; teken een taak in het proces",
    "globalUserTask": "een globale taak; teken een taak in het proces",
    "globalManualTask": "een globale taak; teken een taak in het proces",
    "globalScriptTask": "een globale taak; teken een taak in het proces",
    "globalBusinessRuleTask": "een globale taak; teken een taak in het proces",
    "globalConversation": "een gesprek; teken een proces",
    "ioSpecification": "een ioSpecification; gebruik invoerparameters",
    "correlationSubscription": "een correlationSubscription; gebruik een correlatiesleutel",
    "correlationKey": "een correlationKey; geef de gebeurtenis zelf een correlatiesleutel",
    "correlationProperty": "een correlationProperty; geef de gebeurtenis een correlatiesleutel",
    "complexBehaviorDefinition": "gedrag bij herhaling; gebruik een voorwaarde om te stoppen",
}
ONCE = ("startQuantity", "completionQuantity")
CODE_TAGS = {
    f"{CAMUNDA}{name}"
    for name in ("executionListener", "taskListener", "script", "connector", "field")
} | {f"{CAMUNDA}errorEventDefinition"}
CODE = CODE_TAGS | {f"{CAMUNDA}{name}" for name in ("class", "expression")}


@error("element-allowed")
def _only_what_the_engine_runs(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter(f"{BPMN}*"):
        reason = REFUSED.get(kind(element))
        if reason:
            yield owner(element), f"Hier staat {reason}."
        elif element.get("isForCompensation") == "true":
            yield element, "Deze taak is voor compensatie; dat kan hier niet. Haal het vinkje weg."
        elif any(element.get(name, "1") != "1" for name in ONCE):
            yield element, "Deze taak wil meer dan één token tegelijk; dat kan hier niet. Kies 1."


@error("code-refused")
def _no_code(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Scripts, listeners and classes never reach Python; they are refused, not ignored."""
    for element in diagram.root.iter(f"{BPMN}*"):
        tags = {part.tag for part in extensions(element)} | set(element.attrib)
        for tag in sorted(tag for tag in tags if tag in CODE or tag.startswith(SPIFF)):
            what = tag.rpartition("}")[2]
            yield element, f'Hier staat code ("{what}"). Gebruik een servicetaak uit de lijst.'


@todo("not-executable")
def _every_drawn_process_runs(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for process in diagram.processes:
        if process.element.get("isExecutable") == "false" and process.nodes:
            message = 'Dit proces staat op "niet uitvoerbaar". Zet uitvoerbaar (executable) aan, '
            yield process, message + "of teken een leeg zwembad zonder onderdelen."


@todo("process-empty")
def _something_is_drawn(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    if not any(process.nodes for process in diagram.processes):
        process = next(iter(diagram.processes), None)
        yield process, "Er is geen proces getekend. Teken een begin, een taak en een einde."
    for scope in diagram.scopes:
        if not scope.is_process and not scope.nodes:
            yield scope, f"{_label(scope)} is nog leeg. Teken er iets in."


@error("start-event")
def _every_scope_has_one_plain_start(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        if not scope.nodes or kind(scope.element) not in ("process", "subProcess"):
            continue
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        if not starts:
            yield scope, f"{_label(scope)} heeft geen startgebeurtenis. Teken er een."
        elif len(starts) > 1 and not scope.is_process:
            yield scope, f"{_label(scope)} heeft meer dan één startgebeurtenis. Houd er één over."
        elif sum(not start.definitions for start in starts) > 1:
            yield scope, f"{_label(scope)} heeft meer dan één gewone start. Houd er één over."


@error("end-event")
def _every_subprocess_ends(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        ends = any(node.kind == "endEvent" for node in scope.nodes)
        if scope.nodes and not scope.is_process and not ends:
            yield scope, f"{_label(scope)} heeft geen eindgebeurtenis. Teken er een."


def _label(scope: Scope) -> str:
    return f"{'Het proces' if scope.is_process else 'Het subproces'} {called(scope)}"


@error("flow-without-source")
def _every_flow_begins(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        if flow.source is None:
            where = f" naar {called(flow.target)}" if flow.target else ""
            yield flow, f"Deze pijl{where} begint nergens. Verbind het begin, of haal de pijl weg."


@error("flow-without-target")
def _every_flow_arrives(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        if flow.target is None:
            where = f" vanaf {called(flow.source)}" if flow.source else ""
            yield flow, f"Deze pijl{where} komt nergens aan. Verbind hem, of haal hem weg."


@error("flow-twice")
def _no_two_flows_are_the_same(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """SpiffWorkflow knows no flows, only what follows what: of two, one would be lost."""
    seen: set[tuple[Node, Node]] = set()
    for flow in diagram.flows:
        if flow.source and flow.target:
            if (flow.source, flow.target) in seen:
                ends = f"van {called(flow.source)} naar {called(flow.target)}"
                yield flow, f"Er zijn meer pijlen {ends}. Houd er één over, of zet er iets tussen."
            seen.add((flow.source, flow.target))


@error("flow-crosses-border")
def _flows_stay_in_their_scope(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for flow in diagram.flows:
        ends = [end.scope for end in (flow.source, flow.target) if end]
        if any(scope is not flow.scope for scope in ends):
            message = f"De pijl van {called(flow.source)} naar {called(flow.target)} gaat over de "
            yield flow, message + "rand van een (sub)proces. Houd beide kanten in hetzelfde deel."


@error("flow-at-wrong-side")
def _starts_only_leave_and_ends_only_arrive(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.incoming and node.kind in ("startEvent", "boundaryEvent"):
            yield node, "Hier komt een pijl aan, maar dit is een begin. Haal die pijl weg."
        if node.outgoing and node.kind == "endEvent":
            yield node, "Hier vertrekt een pijl, maar dit is een einde. Haal die pijl weg."
        if node.is_event_subprocess and (node.incoming or node.outgoing):
            yield node, "Een gebeurtenis-subproces heeft geen pijlen. Haal ze weg."


@error("several-flows-out")
def _only_gateways_split(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if len(node.outgoing) > 1 and node.kind in ACTIVITIES | {
            "startEvent",
            "boundaryEvent",
            "intermediateCatchEvent",
            "intermediateThrowEvent",
        }:
            yield node, f"Na {called(node)} vertrekken meer pijlen. Zet er een poort achter."


@error("unreachable")
def _every_node_can_be_reached(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for scope in diagram.scopes:
        reached = reachable(scope)
        for node in scope.nodes:
            if node not in reached:
                message = f"{called(node)} wordt nooit bereikt. "
                yield node, message + "Teken een pijl ernaartoe, of haal het weg."


def reachable(scope: Scope) -> set[Node]:
    """Every node that a token can come to, along flows, links and boundary events."""
    begin = [n for n in scope.nodes if n.kind == "startEvent" or n.is_event_subprocess]
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
        if not (ending or node.outgoing):
            yield node, f"Na {called(node)} houdt het pad op. Teken een pijl of een einde."


@warning("lane-member")
def _lanes_hold_what_exists(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for reference in diagram.root.iter(f"{BPMN}flowNodeRef"):
        if (reference.text or "").strip() not in diagram.by_id:
            yield reference.getparent(), "Deze baan noemt een onderdeel dat er niet is."


@warning("plain-task")
def _plain_tasks_do_nothing(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if node.kind == "task":
            message = f"{called(node)} is een gewone taak en doet niets. "
            yield node, message + "Maak er een gebruikerstaak of servicetaak van."
