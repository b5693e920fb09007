"""Expressions of diagrams: `${…}` in a small language, `=…` in FEEL; neither reaches Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from processes.engine.language import feel_expressions, small_language
from processes.engine.language.feel.values import NoValueError
from processes.engine.language.feel_expressions import NoOutcomeError
from processes.engine.language.functions import ExpressionError, is_true
from processes.engine.language.small_language import CONSTANTS
from processes.engine.sentences.catalogue import say

__all__ = [
    "CONSTANTS",
    "Expression",
    "ExpressionError",
    "NoOutcomeError",
    "compile_expression",
    "evaluate",
    "evaluate_template",
    "holds",
    "is_expression",
    "is_feel",
]

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Expression:
    """A compiled expression; safe to share between threads."""

    source: str
    names: frozenset[str]
    _run: Run = field(repr=False, compare=False)
    in_filters: frozenset[str] = frozenset()  # names that may be entries of what FEEL filters
    is_feel: bool = False

    @property
    def required(self) -> frozenset[str]:
        """The names that can only be variables."""
        return self.names - self.in_filters

    def holds(self, variables: Mapping[str, Any]) -> bool:
        """Whether it is true; null, and what FEEL cannot tell, does not hold (DMN 1.5 §10.3.2.7).

        Raises ExpressionError for what is neither true nor false, and whatever else goes wrong.
        """
        return self.judged(variables)[0]

    def judged(self, variables: Mapping[str, Any]) -> tuple[bool, str | None]:
        """Whether it holds; and of FEEL that cannot tell, why that is (Dutch).

        Raises ExpressionError.
        """
        try:
            value = self.evaluate(variables)
        except NoOutcomeError as error:
            return False, error.reason
        if value is None or isinstance(value, bool):
            return value is True, None
        if self.is_feel:
            raise ExpressionError(say("language.no-truth"), self.source)
        try:
            return is_true(value), None
        except ExpressionError as error:
            raise error.within(self.source) from None

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The value, a JSON type. Raises ExpressionError for whatever goes wrong."""
        try:
            return self._run(variables)
        except ExpressionError as error:
            raise error.within(self.source) from None
        except NoValueError as error:
            reason = say("language.no-outcome", reason=str(error))
            raise ExpressionError(reason, self.source[:200]) from None
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise ExpressionError(say("language.cannot-be-worked-out"), self.source) from error


def is_expression(text: str) -> bool:
    """Whether this text is one `${…}`, or FEEL: it begins with `=`."""
    stripped = text.strip()
    return (stripped.startswith("${") and stripped.endswith("}")) or is_feel(stripped)


def is_feel(text: str) -> bool:
    """Whether this text is an expression in FEEL, as other tools mark it too."""
    return text.lstrip().startswith("=")


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Check and compile an expression: bare, within `${…}`, or FEEL. Raises ExpressionError."""
    text = source.strip()
    if is_feel(text):
        return Expression(text, *feel_expressions.compiled(text), is_feel=True)
    if is_expression(text):
        text = text[2:-1].strip()
    try:
        return Expression(text, *small_language.compiled(text))
    except ExpressionError as error:
        raise error.within(text or "${}") from None


def evaluate(source: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression: bare, within `${…}`, or FEEL. Raises ExpressionError."""
    return compile_expression(source).evaluate(variables)


def holds(source: str, variables: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that names a variable that is not there does not."""
    condition = compile_expression(source)
    known = condition.is_feel or condition.names <= variables.keys()
    return known and condition.holds(variables)


def evaluate_template(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an input parameter: literal text, `${…}` or FEEL. Raises ExpressionError."""
    if is_expression(text):
        return evaluate(text, variables)
    if "${" in text:
        raise ExpressionError(say("language.mixed"), text)
    return text


def fill(template: Any, variables: Mapping[str, Any]) -> Any:
    """The value of a parameter that is a text, a list or a map. Raises ExpressionError."""
    if isinstance(template, str):
        return evaluate_template(template, variables)
    if isinstance(template, Mapping):
        return {name: fill(each, variables) for name, each in template.items()}
    return [fill(each, variables) for each in template]
