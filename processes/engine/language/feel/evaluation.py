"""One evaluation of FEEL: its names, its budget, and the reasons why something came to null."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from processes.engine.language.feel.values import Reasons
from processes.engine.sentences.catalogue import say

STEPS: Final = 50_000
DEPTH: Final = 60
SIZE: Final = 100_000  # items of a list, characters of a text
SECONDS: Final = 0.25
CLOCK_EVERY: Final = 256


class BudgetError(RuntimeError):
    """An expression that does too much: too many steps, too deep, too large or too long."""

    def __init__(self) -> None:
        super().__init__(say("feel.too-much"))


class Evaluation:
    """What the parts of one evaluation share."""

    __slots__ = ("_depth", "_ends", "_seconds", "_steps", "reasons", "types")

    def __init__(
        self, steps: int = STEPS, seconds: float = SECONDS, reasons: Reasons | None = None
    ) -> None:
        self.reasons = Reasons() if reasons is None else reasons
        self.types: Callable[[Any], Any] | None = None
        """Gives the `Type` that is meant by one with names of a model in it, where there are."""
        self._steps = steps
        self._depth = DEPTH
        self._seconds = seconds
        self._ends = 0.0  # set by the first of many steps: most evaluations take none

    def step(self, count: int = 1) -> None:
        """One more round of a loop, or call of a function. Raises BudgetError."""
        before = self._steps // CLOCK_EVERY
        self._steps -= count
        if self._steps < 0:
            raise BudgetError
        if not self._ends:
            self._ends = time.monotonic() + self._seconds
        elif self._steps // CLOCK_EVERY != before and time.monotonic() > self._ends:
            raise BudgetError

    def call(self, function: Callable[..., Any], *given: Any) -> Any:
        """Call a function one level deeper. Raises BudgetError."""
        self.step()
        self._depth -= 1
        if self._depth < 0:
            raise BudgetError
        try:
            return self.bounded(function(*given))
        finally:
            self._depth += 1

    def bounded(self, value: Any) -> Any:
        """The value, unless it is too large. Raises BudgetError."""
        if isinstance(value, (str, list)) and len(value) > SIZE:
            raise BudgetError
        return value


class Scope:
    """The names that an expression sees: its own, and those of the scopes around it."""

    __slots__ = ("evaluation", "outer", "values")

    def __init__(
        self, values: Mapping[str, Any], outer: "Scope | None", evaluation: Evaluation
    ) -> None:
        self.values = values
        self.outer = outer
        self.evaluation = evaluation

    def inner(self, values: Mapping[str, Any]) -> "Scope":
        """A scope within this one. Raises BudgetError."""
        self.evaluation.step()
        return Scope(values, self, self.evaluation)


Run: TypeAlias = Callable[[Scope], Any]
"""A compiled part of an expression."""
