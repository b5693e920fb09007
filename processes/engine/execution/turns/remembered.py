"""What delegates did in a turn that is taken more than once: each of them runs once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError

from processes.engine.diagram.elements import Element
from processes.engine.execution.delegates import Delegates
from processes.engine.language.values import same


class StartOverError(Exception):
    """What delegates did by a replay cannot stand: undo it, and let the interpreter take the turn.

    Either the trace was wrong, or the budget of the turn is spent.
    """


class MismatchError(StartOverError):
    """What delegates did by a replay is not what the interpreter asks for: a trace was wrong."""


class Remembered:
    """Runs each delegate once: who comes to it again gets what came of it."""

    def __init__(self, delegates: Delegates) -> None:
        self._perform = delegates.perform
        self._done: list[tuple[Element, Mapping[str, Any], Any]] = []
        self._next = 0

    def rewind(self) -> None:
        """The turn is taken again, from its beginning."""
        self._next = 0

    @property
    def is_over(self) -> bool:
        """Whether all that was done is needed by who takes the turn now."""
        return self._next == len(self._done)

    def perform(self, element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """As `Delegates.perform`. Raises MismatchError where something else was run before."""
        if self.is_over:
            self._done.append((element, dict(variables), self._outcome(element, variables)))
        was, known, outcome = self._done[self._next]
        self._next += 1
        if was is not element or not same(known, dict(variables)):
            raise MismatchError
        if isinstance(outcome, Exception):
            raise outcome
        result: dict[str, Any] | None = outcome
        return result

    def _outcome(self, element: Element, variables: Mapping[str, Any]) -> Any:
        try:
            return self._perform(element, variables)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - the interpreter decides what comes of it
            return error
