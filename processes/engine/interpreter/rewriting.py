"""Rewrites diagrams before parsing, where SpiffWorkflow ignores or misruns a construct.

- A definition that events share stands in each of them.
- A pair of link events becomes a sequence flow.
- A scope without a start event gets one before each node to which nothing leads, and a path that
  just stops gets an end event (BPMN 2.0 §13.2.1, §13.5.6).
- An event subprocess becomes a boundary event: the rest of its scope moves into a subprocess with
  that event on its boundary, and the handler follows it. The tokens move the same way. In a
  multi-instance or loop each round has its own.
- What undoes an activity is set apart (`compensation_rewriting`).
- Camunda's collection and element variable become BPMN's.
- Data stores and input and output specifications are taken out: they are drawn for people. So are
  data associations: `interpreter.data.data_objects` runs those that lead to a data object.
- The id of a form field or of a choice is no longer taken for that of an element.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

from processes.engine.diagram.data_objects import ENDS
from processes.engine.diagram.elements import BPMN, CAMUNDA
from processes.engine.diagram.graph import FLOW_NODES, definitions_of_event
from processes.engine.diagram.rounds import INPUT_ITEM, OUTPUT_ITEM
from processes.engine.interpreter.compensation_rewriting import (
    BODY,
    UNDO,
    is_handler,
    rewrite_compensation,
)
from processes.engine.language.expressions import is_feel

EVENT = ".event"
PART = "#"  # before the number of a further definition in one event; no id may have it
KEPT_IN_SCOPE = frozenset(
    f"{BPMN}{name}" for name in ("documentation", "extensionElements", "laneSet", "dataObject")
)
ROUNDS = frozenset(
    f"{BPMN}{name}" for name in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
)
DOCUMENTATION = [
    f"{BPMN}{name}" for name in ("dataStore", "dataStoreReference", "ioSpecification", *ENDS)
]


def handles_in_rounds(tree: etree._Element) -> bool:
    """Whether a scope that has rounds has an event subprocess."""
    return any(
        {child.tag for child in scope} & ROUNDS and any(map(_is_event_subprocess, scope))
        for scope in _scopes(tree)
    )


def rewrite(tree: etree._Element, *, rounds_inside: bool = False) -> None:
    """Rewrite a tree in place; ids in the file stay.

    With `rounds_inside` an event subprocess is drawn around all rounds of its scope, as releases
    did whose states have a format below 5.
    """
    kept = KEPT_IN_SCOPE if rounds_inside else KEPT_IN_SCOPE | ROUNDS
    for scope in _scopes(tree):
        _share_definitions(scope)
    rewrite_compensation(tree)
    for scope in list(_scopes(tree)):
        _link(scope)
        _begin_and_end(scope)
    for scope in list(_scopes(tree)):  # outer ones first: the start of a handler is taken there
        handlers = [child for child in scope if _is_event_subprocess(child)]
        if handlers:
            _wrap(scope, handlers, kept)
    _take_out_documentation(tree)
    for loop in tree.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        _translate_loop(loop)
    for holder in tree.iter(f"{BPMN}extensionElements"):
        for part in holder.iterdescendants(etree.Element):
            part.attrib.pop("id", "")


def _take_out_documentation(tree: etree._Element) -> None:
    for drawn in list(tree.iter(*DOCUMENTATION)):
        holder = drawn.getparent()
        if holder is not None:
            holder.remove(drawn)


def drawn_id(id_: str) -> str:
    """The id in the file of an element that a rewrite made, or of which this is a part."""
    return id_.partition(PART)[0].removesuffix(EVENT).removesuffix(BODY).removesuffix(UNDO)


def is_generated(id_: str) -> bool:
    """Whether a rewrite made this element, so that it is not in the file."""
    return id_.endswith(BODY)


def drawn_by(task_spec: Any) -> str | None:
    """The id of the element of a task spec; None where only a rewrite made it."""
    id_: str | None = getattr(task_spec, "bpmn_id", None)
    return id_ if id_ and not is_generated(id_) else None


def _scopes(tree: etree._Element) -> Iterator[etree._Element]:
    return tree.iter(f"{BPMN}process", f"{BPMN}subProcess", f"{BPMN}transaction")


def _share_definitions(scope: etree._Element) -> None:
    """What an event refers to at the root of the file stands in it as if it were drawn there."""
    for event in scope:
        for definition in definitions_of_event(event) if _is_element(event) else ():
            if definition.getparent() is not event:
                own = deepcopy(definition)
                own.attrib.pop("id", "")
                event.append(own)
        for reference in event.findall(f"{BPMN}eventDefinitionRef") if _is_element(event) else ():
            event.remove(reference)


def _link(scope: etree._Element) -> None:
    catchers = {}
    throwers = []
    for event in scope:
        definition = event.find(f"{BPMN}linkEventDefinition") if _is_element(event) else None
        if definition is None:
            continue
        event.remove(definition)
        if event.tag == f"{BPMN}intermediateCatchEvent":
            catchers[definition.get("name")] = event.get("id", "")
        else:
            throwers.append((event.get("id", ""), definition.get("name")))
    for number, (source, name) in enumerate(throwers):
        if name in catchers:
            _flow(scope, f"{source}.link.{number}", source, catchers[name])


def _begin_and_end(scope: etree._Element) -> None:
    scope_id = scope.get("id", "")
    nodes = [
        each
        for each in scope
        if _is_flow_node(each) and not (_is_event_subprocess(each) or is_handler(each))
    ]
    flows = scope.findall(f"{BPMN}sequenceFlow")
    left = {flow.get("sourceRef") for flow in flows}
    reached = {flow.get("targetRef") for flow in flows}
    first = [
        each.get("id", "")
        for each in nodes
        if each.get("id") not in reached and each.tag != f"{BPMN}boundaryEvent"
    ]
    for node in nodes:
        if node.get("id") not in left and node.tag != f"{BPMN}endEvent":
            end = f"{node.get('id')}.stop{BODY}"
            _add(scope, "endEvent", end)
            _flow(scope, f"{end}.flow", node.get("id", ""), end)
    if nodes and first and scope.find(f"{BPMN}startEvent") is None:
        start, fork = f"{scope_id}.start{BODY}", f"{scope_id}.fork{BODY}"
        _add(scope, "startEvent", start)
        _add(scope, "parallelGateway", fork)
        _flow(scope, f"{start}.flow", start, fork)
        for id_ in first:
            _flow(scope, f"{fork}.{id_}", fork, id_)


def _is_flow_node(node: etree._Element) -> bool:
    return _is_element(node) and str(node.tag).removeprefix(BPMN) in FLOW_NODES


def _is_event_subprocess(node: etree._Element) -> bool:
    return (
        _is_element(node)
        and node.tag == f"{BPMN}subProcess"
        and node.get("triggeredByEvent") == "true"
    )


def _wrap(scope: etree._Element, handlers: list[etree._Element], kept: frozenset[str]) -> None:
    scope_id = scope.get("id", "")
    body = etree.Element(f"{BPMN}subProcess")
    body.set("id", f"{scope_id}{BODY}")
    for child in list(scope):
        if child not in handlers and child.tag not in kept:
            body.append(child)
    start, end = f"{scope_id}.begin{BODY}", f"{scope_id}.end{BODY}"
    _add(scope, "startEvent", start)
    scope.append(body)
    _add(scope, "endEvent", end)
    _flow(scope, f"{start}.flow", start, f"{scope_id}{BODY}")
    _flow(scope, f"{end}.flow", f"{scope_id}{BODY}", end)
    for handler in handlers:
        _attach(scope, handler, f"{scope_id}{BODY}", end)


def _attach(scope: etree._Element, handler: etree._Element, body: str, end: str) -> None:
    del handler.attrib["triggeredByEvent"]
    handler_id = handler.get("id", "")
    for start in handler.findall(f"{BPMN}startEvent"):
        event = _add(scope, "boundaryEvent", f"{start.get('id')}{EVENT}")
        event.set("attachedToRef", body)
        event.set("cancelActivity", start.get("isInterrupting", "true"))
        event.set("parallelMultiple", start.get("parallelMultiple", "false"))
        for definition in list(start):
            if str(definition.tag).endswith("EventDefinition"):
                event.append(definition)
        _flow(scope, f"{start.get('id')}.flow", f"{start.get('id')}{EVENT}", handler_id)
    _flow(scope, f"{handler_id}.flow", handler_id, end)


def _add(scope: etree._Element, kind: str, id_: str) -> etree._Element:
    node = etree.SubElement(scope, f"{BPMN}{kind}")
    node.set("id", id_)
    return node


def _flow(scope: etree._Element, id_: str, source: str, target: str) -> None:
    flow = _add(scope, "sequenceFlow", id_)
    flow.set("sourceRef", source)
    flow.set("targetRef", target)


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)


def _translate_loop(loop: etree._Element) -> None:
    collection = loop.get(f"{CAMUNDA}collection")
    variable = loop.get(f"{CAMUNDA}elementVariable")
    for behaviour in loop.findall(f"{BPMN}complexBehaviorDefinition"):
        loop.remove(behaviour)  # ours to throw, and read before
    if collection and loop.find(f"{BPMN}loopDataInputRef") is None:
        name = collection.strip()
        if not is_feel(name):
            name = name.removeprefix("${").removesuffix("}").strip()
        etree.SubElement(loop, f"{BPMN}loopDataInputRef").text = name
    for item in (*loop.findall(f"{BPMN}{INPUT_ITEM}"), *loop.findall(f"{BPMN}{OUTPUT_ITEM}")):
        item.set("id", item.get("name") or item.get("id") or "")  # SpiffWorkflow reads the id
    if variable and loop.find(f"{BPMN}inputDataItem") is None:
        item = etree.SubElement(loop, f"{BPMN}inputDataItem")
        item.set("id", variable)
        item.set("name", variable)
