"""Compiles and evaluates FEEL: expressions and unary tests (DMN 1.5 §10.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.builtins.registry import built_in, text
from processes.engine.language.feel.comparing import make_range
from processes.engine.language.feel.evaluation import BudgetError, Evaluation, Run, Scope
from processes.engine.language.feel.nodes import Test
from processes.engine.language.feel.parser import Parser
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.values import NoValueError, Range
from processes.engine.sentences.catalogue import say

__all__ = [
    "BudgetError",
    "Evaluation",
    "Expression",
    "FeelSyntaxError",
    "UnaryTests",
    "compile_expression",
    "compile_tests",
]

NO_NAMES: Final[frozenset[str]] = frozenset()
COMPILED: Final = 4096
LITERAL: Final = re.compile(
    r'-?[0-9.]+|@?"(?:[^"\\]|\\.)*"|(?:date|time|date and time|duration)\("[^"]*"\)'
)
WRITTEN_RANGE: Final = re.compile(r"\s*([\[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)


@dataclass(frozen=True)
class Expression:
    """A compiled expression; safe to share between threads."""

    source: str
    names: frozenset[str]  # what it uses and does not declare itself, functions included
    unknown_functions: frozenset[str]  # called, and neither built in nor in scope
    run: Run = field(repr=False, compare=False)
    in_filters: frozenset[str] = NO_NAMES  # names used in filters alone: of items, or variables
    uses_value: bool = False  # whether it asks for `?`, which only a cell has

    def evaluate(self, values: Mapping[str, Any], evaluation: Evaluation | None = None) -> Any:
        """The value for these FEEL values; null, with reasons, where there is none.

        Raises BudgetError.
        """
        try:
            return self.run(Scope(values, None, evaluation or Evaluation()))
        except RecursionError:
            raise BudgetError from None


@dataclass(frozen=True)
class UnaryTests:
    """A compiled cell of a decision table; safe to share between threads."""

    source: str
    names: frozenset[str]
    unknown_functions: frozenset[str]
    run: Test = field(repr=False, compare=False)
    in_filters: frozenset[str] = NO_NAMES

    def holds(
        self, value: Any, values: Mapping[str, Any], evaluation: Evaluation | None = None
    ) -> bool | None:
        """Whether a value satisfies the tests, or null. Raises BudgetError."""
        try:
            found = self.run(value, Scope(values, None, evaluation or Evaluation()))
        except RecursionError:
            raise BudgetError from None
        return found if isinstance(found, bool) else None


@lru_cache(COMPILED)
def compile_expression(
    source: str, names: frozenset[str] = NO_NAMES, properties: frozenset[str] = NO_NAMES
) -> Expression:
    """Compile an expression. Raises FeelSyntaxError.

    `names` are those in scope, `properties` those of the entries of contexts: only names of more
    than one word need to be told.
    """
    parser = Parser(source, names, properties, FUNCTIONS)
    try:
        run = parser.whole_expression()
    except RecursionError:
        raise FeelSyntaxError(say("feel.nested-too-deep", max_depth=0)) from None
    free, unknown = frozenset(parser.free), frozenset(parser.unknown_functions)
    in_filters = free - parser.free_outside_filters
    return Expression(source, free, unknown, run, in_filters, parser.uses_value)


@lru_cache(COMPILED)
def compile_tests(
    source: str, names: frozenset[str] = NO_NAMES, properties: frozenset[str] = NO_NAMES
) -> UnaryTests:
    """Compile the unary tests of a cell. Raises FeelSyntaxError."""
    parser = Parser(source.strip(), names | {"?"}, properties, FUNCTIONS)
    try:
        run = parser.unary_tests()
    except RecursionError:
        raise FeelSyntaxError(say("feel.nested-too-deep", max_depth=0)) from None
    free, unknown = frozenset(parser.free), frozenset(parser.unknown_functions)
    return UnaryTests(source, free, unknown, run, free - parser.free_outside_filters)


def _end(written: str, evaluation: Evaluation) -> Any:
    if not LITERAL.fullmatch(written):
        raise NoValueError(say("feel.not-a-range"))
    return compile_expression(written).evaluate({}, evaluation)


@built_in("range", "from", calls=True)
def _range(evaluation: Evaluation, written: Any) -> Range:
    """The range that a text writes, with literals as ends (DMN 1.5 §10.3.4.1)."""
    found = WRITTEN_RANGE.fullmatch(text(written))
    if found is None:
        raise NoValueError(say("feel.not-a-range"))
    low, high = (_end(end, evaluation) for end in found.group(2, 3))
    return make_range(low, high, found[1] == "[", found[4] == "]")
