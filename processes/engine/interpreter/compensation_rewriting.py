"""Rewrites compensation before parsing: what undoes an activity becomes a process of its own.

SpiffWorkflow knows no compensation. An activity for compensation is put in a generated subprocess
that nothing leads to, and so is an event subprocess that begins with compensation; our throwing
events (`undoing`) run these by name. The compensation boundary events are taken out.
"""

from lxml import etree

from processes.engine.diagram.compensation import (
    BPMN,
    COMPENSATE,
    associated,
    event_subprocesses,
    is_compensation,
)

UNDO = ".undo"
BODY = ".body"


def rewrite_compensation(tree: etree._Element) -> None:
    """Rewrite a tree in place."""
    elements = {each.get("id"): each for each in tree.iter(f"{BPMN}*") if each.get("id")}
    for event_id, activities in associated(tree).items():
        for id_ in activities:
            _set_apart(elements[id_])
        _remove(elements[event_id])
    for id_ in event_subprocesses(tree).values():
        _make_callable(elements[id_])
    for event in list(tree.iter(f"{BPMN}intermediateThrowEvent")):
        definition = event.find(COMPENSATE)
        if definition is not None and definition.get("waitForCompletion") == "false":
            _let_go_on(event, definition)


def is_handler(node: etree._Element) -> bool:
    """Whether no token comes here by itself: it is run by a compensation event."""
    return node.get("isForCompensation") == "true"


def _set_apart(activity: etree._Element) -> None:
    scope, id_ = activity.getparent(), activity.get("id", "")
    if scope is None or not is_handler(activity):
        return  # it undoes several, and is set apart already
    apart = etree.Element(f"{BPMN}subProcess")
    apart.set("id", f"{id_}{UNDO}{BODY}")
    apart.set("isForCompensation", "true")
    scope.replace(activity, apart)
    del activity.attrib["isForCompensation"]
    _add(apart, "startEvent", f"{id_}{UNDO}.begin{BODY}")
    apart.append(activity)
    _add(apart, "endEvent", f"{id_}{UNDO}.end{BODY}")
    _flow(apart, f"{id_}{UNDO}.begin{BODY}", id_)
    _flow(apart, id_, f"{id_}{UNDO}.end{BODY}")


def _make_callable(subprocess: etree._Element) -> None:
    del subprocess.attrib["triggeredByEvent"]
    subprocess.set("isForCompensation", "true")
    for start in subprocess.findall(f"{BPMN}startEvent"):
        for definition in start.findall(COMPENSATE):
            start.remove(definition)


def _let_go_on(event: etree._Element, definition: etree._Element) -> None:
    """Before the event a second token splits off, which undoes while the first goes on."""
    scope, id_ = event.getparent(), event.get("id", "")
    if scope is None:
        return
    fork, undo = f"{id_}{BODY}", f"{id_}{UNDO}{BODY}"
    for flow in scope.findall(f"{BPMN}sequenceFlow"):
        if flow.get("targetRef") == id_:
            flow.set("targetRef", fork)
    _add(scope, "intermediateThrowEvent", fork)
    _add(scope, "endEvent", undo).append(definition)
    _flow(scope, fork, id_)
    _flow(scope, fork, undo)


def _remove(event: etree._Element) -> None:
    scope = event.getparent()
    if scope is not None and is_compensation(event):
        scope.remove(event)


def _add(scope: etree._Element, kind: str, id_: str) -> etree._Element:
    node = etree.SubElement(scope, f"{BPMN}{kind}")
    node.set("id", id_)
    return node


def _flow(scope: etree._Element, source: str, target: str) -> None:
    flow = _add(scope, "sequenceFlow", f"{source}.{target}.flow")
    flow.set("sourceRef", source)
    flow.set("targetRef", target)
