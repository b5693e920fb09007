"""Rules for input and output parameters, and for the mappings of a call."""

from collections.abc import Iterator
from keyword import iskeyword

from processes.engine.checks.findings import Parameters
from processes.engine.checks.rules.forms.fields import OF_THE_ENGINE
from processes.engine.checks.rules.people import persons_of
from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    called_element,
    error,
    owner,
    warning,
)
from processes.engine.checks.rules.tasks import (
    PERFORMING,
    delegate_of,
    listed,
    performing,
    topic_of,
)
from processes.engine.diagram.form_fields import NAME
from processes.engine.diagram.graph import (
    ACTIVITIES,
    BPMN,
    CAMUNDA,
    FLOW_NODES,
    Diagram,
    Element,
    Node,
    kind,
)
from processes.engine.diagram.scopes import (
    INPUT,
    OUTPUT,
    OWN_KEY,
    mappings,
    parameters_of,
    template_of,
    texts_of,
)
from processes.engine.sentences.catalogue import say

THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
CARRYING = frozenset({"message", "signal"})
VALUES = frozenset(f"{CAMUNDA}{name}" for name in ("list", "map", "value", "entry", "script"))
DIRECTIONS = ("in", "out")


@error("parameter-unknown")
def _parameters_are_known(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    for node, known in _served(diagram, around):
        for part in parameters_of(node.element):
            if part.get("name") not in known:
                choices = listed(known)
                yield node, f'{called(node)} geeft "{part.get("name")}" mee. {choices}'


@warning("parameter-missing")
def _parameters_are_complete(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """Where none is drawn, variables of the same name count; where some are, one is forgotten."""
    for node, known in _served(diagram, around):
        drawn = {part.get("name") for part in parameters_of(node.element)}
        for name in sorted(name for name, required in known.items() if required):
            if drawn and name not in drawn:
                yield node, say("checks.parameter-missing", element=called(node), name=name)


def _served(diagram: Diagram, around: Surroundings) -> Iterator[tuple[Node, Parameters]]:
    for node in performing(diagram):
        known = around.vocabulary.topics.get(topic_of(node))
        if known is None:
            known = around.vocabulary.delegates.get(delegate_of(node))
        if known is not None:
            yield node, known


@error("parameter-kind")
def _parameters_have_a_value(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Texts, expressions, lists and maps; a script is refused as code."""
    for node, part in _parameters(diagram):
        drawn = [each for each in part.iterdescendants() if isinstance(each.tag, str)]
        entries = [each for each in drawn if each.tag == f"{CAMUNDA}entry"]
        known = all(each.tag in VALUES for each in drawn)
        if not known or not all(each.get("key") for each in entries):
            yield node, say("checks.parameter-kind", name=_name(part), element=called(node))


@warning("parameter-empty")
def _parameters_are_not_empty(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Tools that do not know Camunda's namespace write its elements back without their text."""
    for node, part in _parameters(diagram):
        if "" in texts_of(template_of(part)):
            yield node, say("checks.parameter-empty", name=_name(part), element=called(node))


@error("parameter-twice")
def _parameters_are_given_once(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for tag in (INPUT, OUTPUT):
            names = [_name(part) for part in parameters_of(node.element, tag)]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield node, say("checks.parameter-twice", element=called(node), name=name)


@error("parameter-place")
def _parameters_stand_where_they_count(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        carries = node.kind in THROWING and not CARRYING.isdisjoint(node.events)
        if parameters_of(node.element, OUTPUT) and node.kind not in ACTIVITIES:
            yield node, say("checks.output-parameter-place", element=called(node))
        if parameters_of(node.element) and not (node.kind in ACTIVITIES or carries):
            yield node, say("checks.input-parameter-place", element=called(node))
    for element in _elsewhere(diagram, (INPUT, OUTPUT)):
        yield element, say("checks.input-parameter-place", element=called_element(element))


@error("parameter-name")
def _parameters_are_names_of_variables(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    taken = OF_THE_ENGINE | _data_objects(diagram)
    for node, part in _parameters(diagram):
        is_argument = part.tag == INPUT and node.kind in PERFORMING
        if not is_argument and not _is_free(_name(part), taken):
            yield node, say("checks.parameter-name", name=_name(part), element=called(node))
    for node, part in _mappings(diagram):
        target = part.get("target")
        if target and not _is_free(target, taken):
            yield node, say("checks.parameter-name", name=target[:40], element=called(node))


@error("person-overwritten")
def _nothing_typed_becomes_a_person(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A variable that refers to a person says who may do a task: only itself is passed as it."""
    persons = persons_of(diagram)
    for node, part in _parameters(diagram):
        name = _name(part)
        if name in persons and template_of(part) != f"${{{name}}}":
            yield node, say("checks.person-overwritten", name=name, element=called(node))
    for node, part in _mappings(diagram):
        name = part.get("target") or ""
        if name in persons and part.get("source") != name:
            yield node, say("checks.person-overwritten", name=name, element=called(node))


@error("call-mapping")
def _mappings_say_what_goes_where(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, part in _mappings(diagram):
        if part.get("businessKey") is not None:
            if part.get("businessKey").strip() not in OWN_KEY or part.tag == f"{CAMUNDA}out":
                yield node, say("checks.call-business-key", element=called(node))
        elif not _says_what_goes_where(part):
            yield node, say("checks.call-mapping", element=called(node))


@error("call-mapping-place")
def _mappings_stand_at_calls(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        drawn = [part for way in DIRECTIONS for part in mappings(node.element, way)]
        in_event = node.kind in THROWING and "signal" in node.events  # told as what does nothing
        if drawn and node.kind != "callActivity" and not in_event:
            yield node, say("checks.call-mapping-place", element=called(node))
    for element in _elsewhere(diagram, tuple(f"{CAMUNDA}{way}" for way in DIRECTIONS)):
        yield element, say("checks.call-mapping-place", element=called_element(element))


@warning("call-mapping-one-way")
def _both_ways_are_thought_of(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Where one direction is mapped and the other is not, all goes the other way."""
    for node in diagram.nodes:
        if node.kind != "callActivity":
            continue
        into, out = (
            [part for part in mappings(node.element, way) if not part.get("businessKey")]
            for way in DIRECTIONS
        )
        if into and not out:
            yield node, say("checks.call-mapping-all-out", element=called(node))
        elif out and not into:
            yield node, say("checks.call-mapping-all-in", element=called(node))


@error("call-mapping-twice")
def _a_variable_is_mapped_once(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        for way in DIRECTIONS:
            targets = [part.get("target") for part in mappings(node.element, way)]
            for name in sorted({str(each) for each in targets if each and targets.count(each) > 1}):
                yield node, say("checks.parameter-twice", element=called(node), name=name[:40])


def _elsewhere(diagram: Diagram, tags: tuple[str, ...]) -> list[Element]:
    """What is no flow node, and has such a part: a process or a flow."""
    found = (owner(part) for part in diagram.root.iter(*tags))
    return list(dict.fromkeys(each for each in found if kind(each) not in FLOW_NODES))


def _says_what_goes_where(part: Element) -> bool:
    given = [name for name in ("source", "sourceExpression") if (part.get(name) or "").strip()]
    if part.get("variables") is not None:
        return part.get("variables") == "all" and not given and not part.get("target")
    return len(given) == 1 and bool((part.get("target") or "").strip())


def _parameters(diagram: Diagram) -> Iterator[tuple[Node, Element]]:
    return (
        (node, part)
        for node in diagram.nodes
        for tag in (INPUT, OUTPUT)
        for part in parameters_of(node.element, tag)
    )


def _mappings(diagram: Diagram) -> Iterator[tuple[Node, Element]]:
    return (
        (node, part)
        for node in diagram.nodes
        if node.kind == "callActivity"
        for way in DIRECTIONS
        for part in mappings(node.element, way)
    )


def _name(part: Element) -> str:
    return (part.get("name") or "")[:40]


def _is_free(name: str, taken: frozenset[str]) -> bool:
    return bool(NAME.fullmatch(name)) and not iskeyword(name) and name not in taken


def _data_objects(diagram: Diagram) -> frozenset[str]:
    names = (data.get("id") for data in diagram.root.iter(f"{BPMN}dataObject"))
    return frozenset(name for name in names if name)
