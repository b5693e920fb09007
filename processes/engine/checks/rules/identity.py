"""Rules for ids: allowed characters, and uniqueness."""

import re
from collections import Counter
from collections.abc import Iterator

from processes.engine.checks.rules.rule import Complaint, Surroundings, error
from processes.engine.diagram.graph import BPMN, FLOW_NODES, Diagram, Element, identity, kind
from processes.engine.sentences.catalogue import say

NCNAME = re.compile(r"[^\W\d][\w.\-]*")
MAX_LENGTH = 100
RESERVED = frozenset({"Start", "End", "Root", "root", "StartEventSplit", "StartEventJoin"})
RESERVED_ENDINGS = (
    *(".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", "[child]"),
    *(".body", ".event", ".flow"),
)


def _identified(diagram: Diagram) -> Iterator[tuple[Element, str]]:
    for element in diagram.root.iter(f"{BPMN}*"):
        if identity(element):
            yield element, element.get("id")


@error("id-syntax")
def _ids_are_names(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, name in _identified(diagram):
        if len(name) > MAX_LENGTH or not NCNAME.fullmatch(name):
            yield element, say("checks.id-syntax", name=name[:MAX_LENGTH], max_length=MAX_LENGTH)


@error("id-unique")
def _ids_are_used_once(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    count = Counter(name for _element, name in _identified(diagram))
    for element, name in _identified(diagram):
        if count[name] > 1:
            yield element, say("checks.id-unique", name=name, count=count[name])


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
