"""The graph of a BPMN or DMN file: scopes, flow nodes and sequence flows, for checks and words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from processes.engine.diagram import compensation
from processes.engine.diagram.namespaces import DMN_NAMESPACES, OTHER_DMN
from processes.engine.diagram.xml import Element, UnreadableDiagramError, read_xml
from processes.engine.sentences.catalogue import say
from processes.reading import characters

__all__ = ["Element", "UnreadableDiagramError", "read", "read_xml"]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

MAX_NODES = 700
MAX_LABEL = 200
SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    ["task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
     "businessRuleTask"]
)  # fmt: skip
GATEWAYS = frozenset(
    ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
     "complexGateway"]
)  # fmt: skip
EVENTS = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
)
ACTIVITIES = TASKS | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
FLOW_NODES = (
    ACTIVITIES | GATEWAYS | EVENTS | {"choreographyTask", "subChoreography", "callChoreography"}
)


@dataclass(eq=False)
class Drawn:
    """What an element of the file becomes, with its id and name."""

    element: Element

    @property
    def id(self) -> str | None:
        return identity(self.element)

    @property
    def name(self) -> str | None:
        return label(self.element)

    @property
    def is_for_compensation(self) -> bool:
        """Whether it runs only to undo another: no flow leads to it."""
        return compensation.is_for_compensation(self.element)


@dataclass(eq=False)
class Node(Drawn):
    """A flow node: a task, gateway, event, subprocess or call activity."""

    kind: str
    scope: "Scope"
    incoming: list["Flow"] = field(default_factory=list)
    outgoing: list["Flow"] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    host: "Node | None" = None  # of a boundary event
    inner: "Scope | None" = None
    handlers: list["Node"] = field(default_factory=list)  # of a compensation boundary event

    @property
    def definitions(self) -> list[Element]:
        """The event definitions of this event: drawn in it, or shared by reference."""
        return definitions_of_event(self.element) if self.kind in EVENTS else []

    @property
    def event(self) -> str:
        """What kind of event: "timer", "error", … or "" for a plain one; of several the first."""
        return next(iter(self.events), "")

    @property
    def events(self) -> list[str]:
        """The kind of each of its definitions; none for a plain event."""
        return [kind(each).removesuffix(DEFINITION) for each in self.definitions]

    @property
    def is_parallel(self) -> bool:
        """Whether all of its definitions have to happen, and not the first of them."""
        return bool(self.element.get("parallelMultiple") == "true")

    @property
    def is_event_subprocess(self) -> bool:
        return self.inner is not None and self.inner.is_event_subprocess

    def is_always_taken(self, flow: "Flow") -> bool:
        """Whether this node gives each token that leaves it to this flow (BPMN 2.0 §13.2.1)."""
        if self.kind in GATEWAYS:
            return len(self.outgoing) == 1 or self.kind == "parallelGateway"
        is_default = bool(flow.id) and flow.id == self.element.get("default")
        others = (each for each in self.outgoing if each is not flow)
        if is_default:
            return not any(text_of(each.condition) for each in others)
        return not text_of(flow.condition)


DEFINITION = "EventDefinition"
REFERENCE = "eventDefinitionRef"


@dataclass(eq=False)
class Flow(Drawn):
    """A sequence flow; an end that refers to nothing is None."""

    scope: "Scope"
    source: Node | None = None
    target: Node | None = None

    @property
    def condition(self) -> Element | None:
        return first(self.element, "conditionExpression")


@dataclass(eq=False)
class Scope(Drawn):
    """A process or subprocess, with the nodes and flows directly in it."""

    parent: "Scope | None"
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @property
    def is_process(self) -> bool:
        return kind(self.element) == "process"

    @property
    def is_event_subprocess(self) -> bool:
        return bool(self.element.get("triggeredByEvent") == "true")

    @property
    def is_transaction(self) -> bool:
        return kind(self.element) == "transaction"

    @property
    def starts(self) -> list[Node]:
        """The start events, else every node to which nothing leads (BPMN 2.0 §13.5.6)."""
        return [node for node in self.nodes if node.kind == "startEvent"] or [
            node
            for node in self.nodes
            if not (node.incoming or node.kind == "boundaryEvent" or node.is_event_subprocess)
            and not node.is_for_compensation
            and not (node.event == "link" and node.kind == "intermediateCatchEvent")
        ]


@dataclass(eq=False)
class Diagram:
    """A whole file."""

    root: Element
    xml: bytes = b""
    scopes: list[Scope] = field(default_factory=list)
    by_id: dict[str, Node] = field(default_factory=dict)

    @property
    def is_dmn(self) -> bool:
        return etree.QName(self.root).namespace in DMN_NAMESPACES

    @property
    def pools(self) -> list[Scope]:
        return [scope for scope in self.scopes if scope.is_process]

    @property
    def processes(self) -> list[Scope]:
        """The processes that run; where none is executable, all that are drawn."""
        return [scope for scope in self.pools if is_executable(scope.element)] or self.pools

    @property
    def nodes(self) -> Iterator[Node]:
        return (node for scope in self.scopes for node in scope.nodes)

    @property
    def flows(self) -> Iterator[Flow]:
        return (flow for scope in self.scopes for flow in scope.flows)

    def roots(self, wanted: str) -> dict[str, Element]:
        """The messages, errors, signals or escalations of the file, by id."""
        return {identity(e) or "": e for e in self.root if kind(e) == wanted}


def kind(element: Element) -> str:
    """The local name of a BPMN or DMN element; "" for comments and other namespaces."""
    return _kind(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _kind(tag: str) -> str:
    namespace, name = etree.QName(tag).namespace, etree.QName(tag).localname
    return name if f"{{{namespace}}}" == BPMN or namespace in DMN_NAMESPACES else ""


def is_executable(process: Element) -> bool:
    """Whether a process runs: it says so, or something is drawn and it says nothing."""
    said = process.get("isExecutable")
    return said != "false" and (said is not None or any(kind(e) in FLOW_NODES for e in process))


def definitions_of_event(event: Element) -> list[Element]:
    """The definitions drawn in an event, and then those at the root that it refers to."""
    drawn = [child for child in children(event) if kind(child).endswith(DEFINITION)]
    wanted = [text_of(each).rpartition(":")[2] for each in children(event, REFERENCE)]
    if not wanted:
        return drawn
    shared = {identity(each): each for each in event.getroottree().getroot()
              if kind(each).endswith(DEFINITION)}  # fmt: skip
    return drawn + [shared[id_] for id_ in wanted if id_ in shared]


def identity(element: Element) -> str | None:
    """The id of an element; an empty one counts as none."""
    return str(element.get("id") or "") or None


def label(element: Element) -> str | None:
    """The name of an element as drawn, on one line; one that shows nothing counts as none."""
    name = characters.line(str(element.get("name") or ""))[:MAX_LABEL]
    return name if characters.is_visible(name) else None


def children(element: Element, wanted: str = "") -> list[Element]:
    """The BPMN children of an element, of one kind or of all."""
    return [child for child in element.iterchildren(f"{{*}}{wanted or '*'}") if kind(child)]


def first(element: Element, wanted: str) -> Element | None:
    return next((child for child in element.iterchildren(f"{{*}}{wanted}") if kind(child)), None)


def text_of(element: Element | None) -> str:
    """All text in an element, without the white space around it."""
    return "" if element is None else "".join(element.itertext()).strip()


def extensions(element: Element) -> Iterator[Element]:
    """Whatever stands in the extension elements of an element, at any depth."""
    for holder in children(element, "extensionElements"):
        yield from (part for part in holder.iterdescendants() if isinstance(part.tag, str))


def read(xml: bytes) -> Diagram:
    """Read a file; fetches and expands nothing. Raises UnreadableDiagramError."""
    diagram = Diagram(read_xml(xml), xml)
    if kind(diagram.root) != "definitions":
        reason, namespace = "not-a-diagram", etree.QName(diagram.root).namespace or ""
        if OTHER_DMN.match(namespace):
            raise UnreadableDiagramError(reason, say("diagram.dmn-version", name=namespace[:60]))
        raise UnreadableDiagramError(reason, say("diagram.not-a-diagram"))
    if not diagram.is_dmn:
        for process in children(diagram.root, "process"):
            _add_scope(diagram, process, None)
        _tie(diagram)
        if len(list(diagram.nodes)) > MAX_NODES:
            reason = "too-many-nodes"
            raise UnreadableDiagramError(reason, say("diagram.too-many-nodes", max_nodes=MAX_NODES))
    return diagram


def _add_scope(diagram: Diagram, element: Element, parent: Scope | None) -> Scope:
    scope = Scope(element, parent)
    diagram.scopes.append(scope)
    for child in children(element):
        if kind(child) == "sequenceFlow":
            scope.flows.append(Flow(child, scope))
        elif kind(child) in FLOW_NODES:
            node = Node(child, kind(child), scope)
            scope.nodes.append(node)
            diagram.by_id.setdefault(node.id or "", node)
            if node.kind in SCOPES:
                node.inner = _add_scope(diagram, child, scope)
    return scope


def _tie(diagram: Diagram) -> None:
    """Give each flow its ends, and each activity its boundary events."""
    diagram.by_id.pop("", None)
    for flow in diagram.flows:
        flow.source = diagram.by_id.get(flow.element.get("sourceRef", ""))
        flow.target = diagram.by_id.get(flow.element.get("targetRef", ""))
        if flow.source and flow.target and flow.source.scope is flow.target.scope is flow.scope:
            flow.source.outgoing.append(flow)
            flow.target.incoming.append(flow)
    for node in diagram.nodes:
        host = diagram.by_id.get(node.element.get("attachedToRef", ""))
        if node.kind == "boundaryEvent" and host and host.scope is node.scope:
            host.boundaries.append(node)
            node.host = host
    for event, activities in compensation.associated(diagram.root).items():
        if event in diagram.by_id:
            known = (diagram.by_id.get(each) for each in activities)
            diagram.by_id[event].handlers = [each for each in known if each]
