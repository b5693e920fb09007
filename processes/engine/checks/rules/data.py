"""Rules for data objects and data associations."""

from collections.abc import Iterator

from processes.engine.checks.rules.rule import Complaint, Surroundings, called, error
from processes.engine.diagram.graph import (
    BPMN,
    Diagram,
    Element,
    Node,
    Scope,
    children,
    identity,
    kind,
)
from processes.engine.sentences.catalogue import say

ENDS = {"dataInputAssociation": "sourceRef", "dataOutputAssociation": "targetRef"}


@error("data-object-exists")
def _data_objects_exist(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    objects = {identity(e) for e in diagram.root.iter(f"{BPMN}dataObject")}
    for reference in diagram.root.iter(f"{BPMN}dataObjectReference"):
        if reference.get("dataObjectRef") not in objects:
            yield reference, say("checks.data-object-exists")


@error("data-association")
def _data_associations_lead_to_data_objects(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    references = {identity(e): e for e in diagram.root.iter(f"{BPMN}dataObjectReference")}
    for node in diagram.nodes:
        for end in _ends(node):
            if end not in references:
                yield node, say("checks.data-association-nowhere", element=called(node))
            elif references[end].get("dataObjectRef") not in _within_reach(node):
                yield node, say("checks.data-association-other-scope", element=called(node))


def _ends(node: Node) -> list[str]:
    return [
        (reference.text or "").strip()
        for association in children(node.element)
        if kind(association) in ENDS
        for reference in children(association, ENDS[kind(association)])
    ]


def _within_reach(node: Node) -> set[str | None]:
    """The data objects of a node's scope and the one around it; SpiffWorkflow looks no further."""
    return {identity(each) for scope in _path(node)[:2] for each in _objects(scope)}


def _path(node: Node) -> list[Scope | None]:
    """The scopes around a node as the parser sees them: one more where events interrupt."""
    path: list[Scope | None] = []
    scope: Scope | None = node.scope
    from_handler = False
    while scope:
        is_wrapped = any(each.is_event_subprocess for each in scope.nodes) and not from_handler
        path += [None, scope] if is_wrapped else [scope]
        from_handler = scope.is_event_subprocess
        scope = scope.parent
    return path


def _objects(scope: Scope | None) -> list[Element]:
    return children(scope.element, "dataObject") if scope else []
