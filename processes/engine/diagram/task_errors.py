"""The error event definitions of an external task, as drawn in its extension elements."""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.diagram.graph import CAMUNDA, Element, children, extensions, identity

TAG = f"{CAMUNDA}errorEventDefinition"


@dataclass(frozen=True)
class TaskError:
    """Where the condition holds when the job ends or fails, the BPMN error with this code."""

    condition: str
    code: str


def is_external(element: Element) -> bool:
    """Whether a worker does this: only then can a definition of an error stand in it."""
    return element.get(f"{CAMUNDA}type") == "external" or bool(element.get(f"{CAMUNDA}topic"))


def drawn_errors(element: Element) -> Iterator[Element]:
    """The definitions in the extension elements of an external task."""
    return (part for part in extensions(element) if part.tag == TAG and is_external(element))


def errors_of(element: Element) -> tuple[TaskError, ...]:
    """What an external task throws by condition, in the order of the drawing."""
    drawn = list(drawn_errors(element))
    if not drawn:
        return ()
    root = element.getroottree().getroot()
    codes = {identity(each): each.get("errorCode") or "" for each in children(root, "error")}
    return tuple(
        TaskError((each.get("expression") or "").strip(), codes.get(each.get("errorRef"), ""))
        for each in drawn
    )
