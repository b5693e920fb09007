"""What may come of a turn of an instance: passages, what it throws, and why it cannot go on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from processes.engine.diagram.elements import Element
from processes.engine.registry import BpmnError


class BudgetExceededError(Exception):
    """One turn took more steps or more time than a turn may take."""


class UncaughtBpmnError(Exception):
    """A BPMN error for which the diagram has no boundary event."""

    def __init__(self, element_id: str, error: BpmnError) -> None:
        super().__init__(f"nothing at {element_id!r} catches the BPMN error {error.code!r}")
        self.element_id = element_id
        self.error = error


class TokenGoneError(LookupError):
    """The token is no longer there, or no longer waits."""


@dataclass(frozen=True)
class Passage:
    """One passage of a token through an element, that has ended."""

    token_id: UUID
    element: Element
    result: str  # completed, cancelled, error
    onward: tuple[str, ...] = ()  # the elements to which the token went on


@dataclass(frozen=True)
class Thrown:
    """A message or signal that the instance threw, for the engine to deliver."""

    kind: str
    name: str
    correlation_key: str | None
    variables: dict[str, Any]
