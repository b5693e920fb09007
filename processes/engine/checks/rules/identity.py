"""Rules for ids and texts: allowed characters, uniqueness, and characters that nobody sees."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from processes.engine.checks.rules.rule import (
    DMN_RULES,
    FILE_RULES,
    Complaint,
    Surroundings,
    called_element,
    error,
    owner,
    warning,
)
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    FLOW_NODES,
    Diagram,
    Element,
    identity,
    kind,
)
from processes.engine.sentences.catalogue import say
from processes.reading import characters

NCNAME = re.compile(r"[^\W\d][\w.\-]*")
MAX_LENGTH = 100
LONGEST_NAME = 200
KEPT, TOPIC = (f"{BPMN}message", f"{BPMN}signal"), f"{CAMUNDA}topic"
RESERVED = frozenset({"StartEventSplit", "StartEventJoin"})
RESERVED_ENDINGS = (
    *(".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", "[child]"),
    *(".body", ".event", ".flow", ".undo"),
)

FOR_READERS = frozenset({"documentation", "textAnnotation", "description"})
SHOWN_ONLY = frozenset({"name", "label", "title", "description"})  # cleaned where they are shown
COMPARED = frozenset({"message", "signal", "error", "escalation", "linkEventDefinition"})


def _identified(diagram: Diagram) -> Iterator[tuple[Element, str]]:
    for element in diagram.root.iter(f"{BPMN}*"):
        if identity(element):
            yield element, element.get("id")


@error("id-syntax", of=FILE_RULES)
def _ids_are_names(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, name in _identified(diagram):
        if len(name) > MAX_LENGTH or not NCNAME.fullmatch(name):
            yield element, say("checks.id-syntax", name=name[:MAX_LENGTH], max_length=MAX_LENGTH)


@error("id-unique", of=FILE_RULES)
def _ids_are_used_once(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    count = Counter(name for _element, name in _identified(diagram))
    for element, name in _identified(diagram):
        if count[name] > 1:
            yield element, say("checks.id-unique", name=name, count=count[name])


@error("name-too-long")
def _names_that_find_something_are_short(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Indexes hold these names, and PostgreSQL refuses much longer ones."""
    named = [(each, each.get("name")) for each in diagram.root.iter(*KEPT)]
    named += [(node.element, node.element.get(TOPIC)) for node in diagram.nodes]
    for element, name in named:
        if len(name or "") > LONGEST_NAME:
            shown = (name or "")[:40]
            yield element, say("checks.name-too-long", name=shown, most=LONGEST_NAME)


@error("id-reserved")
def _ids_are_not_those_of_the_engine(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, name in _identified(diagram):
        named = kind(element) in FLOW_NODES | {"process", "sequenceFlow"}
        if named and (name in RESERVED or name.endswith(RESERVED_ENDINGS)):
            yield element, say("checks.id-reserved", name=name)


@error("process-without-id")
def _processes_have_an_id(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for process in diagram.processes:
        if not process.id:
            yield process, say("checks.process-without-id")


@warning("unseen-character")
@warning("unseen-character", of=DMN_RULES)
def _what_is_compared_can_be_seen(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter(etree.Element):
        found = {c for text in _compared_texts(element) for c in characters.unseen(text)}
        if found:
            drawn = owner(element)
            codes = ", ".join(f"U+{ord(each):04X}" for each in sorted(found))
            yield (
                drawn,
                say("checks.unseen-character", element=called_element(drawn), codes=codes),
            )


def _stands_in_a_note(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and kind(parent) in FOR_READERS


def _compared_texts(element: Element) -> Iterator[str]:
    """The texts of an element that decide something; what is only read by people is cleaned."""
    if kind(element) in FOR_READERS or _stands_in_a_note(element):
        return
    yield element.text or ""
    for name, text in element.items():
        if name not in SHOWN_ONLY or kind(element) in COMPARED:
            yield text
