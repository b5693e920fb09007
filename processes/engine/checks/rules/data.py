"""Rules for data that is drawn: data objects, data stores, input and output specifications."""

from collections.abc import Iterator

from processes.engine.checks.rules.expressions import (
    given_names,
    required_names,
    templates_in,
)
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
from processes.engine.language.expressions import is_expression
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


@warning("data-untied")
def _who_reads_a_data_object_is_tied_to_it(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    """Conditions and rounds see it without; what has its name otherwise is a variable."""
    objects = {identity(e) for e in diagram.root.iter(f"{BPMN}dataObject")} - given_names(diagram)
    for node, text in templates_in(diagram) if objects else ():
        tied = {each.data_object for each in associations(node.element)}
        for name in sorted((required_names(text) & objects) - tied if is_expression(text) else ()):
            yield node, say("checks.data-untied", element=called(node), name=name[:100])


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
