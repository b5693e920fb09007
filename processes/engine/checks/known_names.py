"""The names that expressions of a diagram may use, for completion: each with what it means."""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.checks.findings import Vocabulary
from processes.engine.checks.rules.expressions import given_names, required_names
from processes.engine.checks.rules.flow.loops import MULTIPLE, collection_of
from processes.engine.checks.rules.people import persons_of
from processes.engine.checks.rules.values import COUNTERS
from processes.engine.diagram.form_fields import label_of
from processes.engine.diagram.graph import CAMUNDA, Diagram, Node, first
from processes.engine.diagram.rounds import INPUT_ITEM, variable_of
from processes.engine.diagram.scopes import INPUT, parameters_of
from processes.engine.sentences.catalogue import say


@dataclass(frozen=True)
class KnownName:
    """A variable that something gives a value."""

    name: str
    info: str  # the question that asks for it, or who gives it; "" where that is not known
    within: str  # the id of the element that alone knows it, with what is in it; "" for all


def known_names(diagram: Diagram, vocabulary: Vocabulary) -> list[KnownName]:
    """The names that the checks of a diagram take for given, in order."""
    asked = {drawn.get("id"): label_of(drawn) for drawn in diagram.root.iter(f"{CAMUNDA}formField")}
    local = set(_local_names(diagram))
    ours = vocabulary.given | persons_of(diagram)
    named = {name for _node, name in local}
    everywhere = (given_names(diagram) - named) | asked.keys() | ours | _other_names(diagram)
    everywhere |= _of_forms(diagram, vocabulary)
    by_loket = say("checks.given-by-loket")
    found = {
        KnownName(name, asked.get(name) or (by_loket if name in ours else ""), "")
        for name in everywhere
        if name
    }
    found |= {KnownName(name, say("checks.known-here"), id_) for id_, name in local}
    return sorted(found, key=lambda each: (each.name.lower(), each.name, each.within))


def _of_forms(diagram: Diagram, vocabulary: Vocabulary) -> set[str]:
    """What the forms of Loket that the diagram shows give."""
    keys = {node.element.get(f"{CAMUNDA}formKey") or "" for node in diagram.nodes}
    return {name for key in keys for name in vocabulary.form_names.get(key, ())}


def _other_names(diagram: Diagram) -> set[str]:
    """Data objects, and the collections of rounds."""
    objects = {each.get("name") or "" for each in diagram.root.iter("{*}dataObjectReference")}
    loops = (first(node.element, MULTIPLE) for node in diagram.nodes)
    collections = (collection_of(loop) for loop in loops if loop is not None)
    return objects.union(*map(required_names, collections))


def _local_names(diagram: Diagram) -> Iterator[tuple[str, str]]:
    """The id of an element, and a name that it and what is in it alone know."""
    for node in diagram.nodes:
        names = {part.get("name") for part in parameters_of(node.element, INPUT)} | _of_rounds(node)
        yield from ((node.id or "", name) for name in names if name and node.id)


def _of_rounds(node: Node) -> set[str | None]:
    loop = first(node.element, MULTIPLE)
    return set() if loop is None else {*COUNTERS, variable_of(loop, INPUT_ITEM)}
