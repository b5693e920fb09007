"""Results and errors of running an instance until it waits: passages, thrown events, budgets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from processes.engine.diagram.elements import Element
from processes.engine.language.expressions import ExpressionError
from processes.engine.registry import BpmnError
from processes.engine.sentences.catalogue import say


class BudgetExceededError(Exception):
    """The instance ran more steps or longer than one transaction may."""


class UncaughtBpmnError(Exception):
    """A BPMN error for which the diagram has no boundary event."""

    def __init__(self, element_id: str, error: BpmnError) -> None:
        super().__init__(f"nothing at {element_id!r} catches the BPMN error {error.code!r}")
        self.element_id = element_id
        self.error = error


class ElementError(ValueError):
    """What is drawn at one element has no value that can be used; the message is Dutch."""

    def __init__(self, element_id: str, message: str) -> None:
        super().__init__(message)
        self.element_id = element_id


@contextmanager
def at_element(element: Element) -> Iterator[None]:
    """An expression that fails in this block raises ElementError, with this element."""
    try:
        yield
    except ExpressionError as error:
        message = say("incidents.at-element", element=element.name, reason=error)
        raise ElementError(element.id, message) from error


class TokenGoneError(LookupError):
    """The token no longer exists, or no longer waits."""


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Passage:
    """One token's visit to an element, that has ended."""

    token_id: UUID
    element: Element
    result: str  # completed, cancelled, error
    onward: tuple[str, ...] = ()  # the elements to which the token went on
    chosen: Mapping[str, Any] | None = None  # as `ActivityInstance.chosen`


@dataclass(frozen=True)
class ThrownEvent:
    """A message or signal that the instance threw, for the engine to deliver."""

    kind: str
    name: str
    correlation_key: str | None
    variables: dict[str, Any]
    heard_by: UUID | None = None  # the instance that threw a signal: its own tokens have it
    tenant: str | None = None  # of its sender: what begins with it belongs to the same company
    only_tenant: str | None = None  # sent by a company outside: it reaches the cases of that one
    is_answered: bool = False  # its sender is outside, and hears what is refused
    has_no_key: bool = False  # its key is drawn and comes to nothing: not that of its sender
