"""Rules for data that is drawn: data objects, data stores, input and output specifications."""

from collections.abc import Iterator

from processes.engine.checks.rules.flow.loops import MULTIPLE
from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    called_element,
    error,
    owner,
    warning,
)
from processes.engine.diagram.data_objects import associations
from processes.engine.diagram.graph import BPMN, Diagram, Node, children, identity, text_of
from processes.engine.sentences.catalogue import say

LOOP_DATA = ("loopDataInputRef", "loopDataOutputRef")


@warning("data-object-exists")
def _data_objects_exist(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    objects = {identity(e) for e in diagram.root.iter(f"{BPMN}dataObject")}
    for reference in diagram.root.iter(f"{BPMN}dataObjectReference"):
        if reference.get("dataObjectRef") not in objects:
            yield reference, say("checks.data-object-exists", element=called_element(reference))


@warning("data-association")
def _data_associations_lead_to_data_objects(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for node in diagram.nodes:
        if any(each.data_object is None for each in associations(node.element)):
            yield node, say("checks.data-association", element=called(node))


@warning("data-documentation")
def _data_for_people_is_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for each in diagram.root.iter(f"{BPMN}ioSpecification"):
        subject = owner(each)
        yield subject, say("checks.io-specification", element=called_element(subject))
    for each in diagram.root.iter(f"{BPMN}dataStoreReference"):
        yield each, say("checks.data-store", element=called_element(each))


@error("data-in-loop")
def _rounds_are_over_variables(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A multi-instance over the input of an `ioSpecification` would find no variable."""
    for node in diagram.nodes:
        names = _specified(node)
        for loop in children(node.element, MULTIPLE):
            ends = (text_of(end) for part in LOOP_DATA for end in children(loop, part))
            for name in sorted(names.intersection(ends)):
                yield node, say("checks.data-in-loop", element=called(node), name=name[:100])


def _specified(node: Node) -> set[str]:
    return {
        name
        for specification in children(node.element, "ioSpecification")
        for each in children(specification)
        if (name := identity(each))
    }
