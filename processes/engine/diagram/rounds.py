"""What a multi-instance throws when its rounds are done (BPMN 2.0 §10.3.8, table 10.30: behavior).

None: an event after each round. One: an event after the first. Complex: events whose condition
holds after a round. All, which is the default: no event.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.diagram.graph import (
    CAMUNDA,
    DEFINITION,
    Element,
    children,
    definitions_of_event,
    first,
    identity,
    kind,
    text_of,
)

THROWN = frozenset({"message", "signal", "error", "escalation"})
REFERENCES = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}
NAMES = {"error": "errorCode", "escalation": "escalationCode"}
COMPLEX = "complexBehaviorDefinition"
INPUT_ITEM, OUTPUT_ITEM = "inputDataItem", "outputDataItem"


@dataclass(frozen=True)
class Thrown:
    """What is thrown: a message or signal by its name, an error or escalation by its code."""

    kind: str
    name: str | None


@dataclass(frozen=True)
class Behaviour:
    """When something is thrown: after the first round, or each for which the condition holds."""

    only_first: bool
    condition: str  # empty: it holds
    thrown: tuple[Thrown, ...]


def behaviours_of(activity: Element) -> tuple[Behaviour, ...]:
    """What the multi-instance of an activity throws; nothing where it is done once."""
    loop = first(activity, "multiInstanceLoopCharacteristics")
    if loop is None:
        return ()
    return tuple(
        Behaviour(
            loop.get("behavior") == "One",
            condition,
            tuple(_thrown(each) for each in definitions if _kind(each) in THROWN),
        )
        for condition, definitions in drawn_behaviours(loop)
    )


def drawn_behaviours(loop: Element) -> Iterator[tuple[str, list[Element]]]:
    """The condition and the event definitions of each event that a multi-instance may throw."""
    behaviour = loop.get("behavior")
    if behaviour == "Complex":
        for each in children(loop, COMPLEX):
            yield condition_of(each), event_of(each)
    elif behaviour in REFERENCES:
        definition = definition_by_id(loop, loop.get(REFERENCES[behaviour]) or "")
        yield "", [] if definition is None else [definition]


def thrown_by_rounds(activity: Element) -> list[Element]:
    """The event definitions that the multi-instance of an activity may throw."""
    loop = first(activity, "multiInstanceLoopCharacteristics")
    drawn = [] if loop is None else drawn_behaviours(loop)
    return [definition for _condition, definitions in drawn for definition in definitions]


def variable_of(loop: Element, item: str) -> str:
    """The variable of a data item of the rounds: by its name, as Camunda 7 reads it, else its id.

    Of `inputDataItem`, `camunda:elementVariable` goes for it where none is drawn.
    """
    drawn = first(loop, item)
    if drawn is not None:
        return (drawn.get("name") or drawn.get("id") or "").strip()
    return (loop.get(f"{CAMUNDA}elementVariable") or "").strip() if item == INPUT_ITEM else ""


def condition_of(drawn: Element) -> str:
    """The condition of a complex behaviour; bpmn-moddle writes it by the name of its type."""
    return text_of(first(drawn, "condition")) or text_of(first(drawn, "formalExpression"))


def event_of(drawn: Element) -> list[Element]:
    """The definitions of the event of a complex behaviour."""
    event = first(drawn, "event")
    event = first(drawn, "implicitThrowEvent") if event is None else event
    return [] if event is None else definitions_of_event(event)


def definition_by_id(element: Element, reference: str) -> Element | None:
    """The event definition anywhere in this file that is referred to."""
    id_ = reference.rpartition(":")[2]
    every = element.getroottree().getroot().iter()
    found = (each for each in every if kind(each).endswith(DEFINITION) and identity(each) == id_)
    return next(found, None) if id_ else None


def _kind(definition: Element) -> str:
    return kind(definition).removesuffix(DEFINITION)


def _thrown(definition: Element) -> Thrown:
    what = _kind(definition)
    root, id_ = definition.getroottree().getroot(), definition.get(f"{what}Ref")
    named = next((each for each in children(root, what) if identity(each) == id_), None)
    name = None if named is None else (named.get(NAMES.get(what, "name")) or None)
    return Thrown(what, name)
