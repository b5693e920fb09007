"""FEEL in diagrams: `= text` over process variables, JSON in and JSON out."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from processes.engine.language.declared_dates import feel_values
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.evaluation import BudgetError, Evaluation
from processes.engine.language.feel.expressions import (
    Expression,
    FeelSyntaxError,
    compile_expression,
)
from processes.engine.language.feel.json_values import to_json
from processes.engine.language.functions import ExpressionError
from processes.engine.language.syntax import MAX_LENGTH
from processes.engine.sentences.catalogue import say


class NoOutcomeError(ExpressionError):
    """FEEL came to null where the parts do not fit together, or a name is not known."""


Run: TypeAlias = Callable[[Mapping[str, Any]], Any]


def compiled(text: str) -> tuple[frozenset[str], Run, frozenset[str]]:
    """The names of the variables that it reads, how to work it out, and names of filters alone.

    The last may be entries of the items that are filtered, as `status` in `offers[status = "x"]`.

    Raises ExpressionError. Working it out raises ExpressionError too, and NoOutcomeError, with the
    first reason, where it comes to null for a reason; a null that is written has none.
    """
    source = text.strip().removeprefix("=").strip()
    if not source:
        raise ExpressionError(say("language.empty"), text)
    if len(source) > MAX_LENGTH:
        raise ExpressionError(say("language.too-long", max_length=MAX_LENGTH), text)
    try:
        expression = compile_expression(source)
    except FeelSyntaxError as fault:
        raise ExpressionError(say("language.badly-written-hint", hint=fault), text) from None
    if expression.unknown_functions:
        name = min(expression.unknown_functions)[:40]
        hint = say("feel.function-unknown", name=name)
        raise ExpressionError(say("language.badly-written-hint", hint=hint), text)

    def run(variables: Mapping[str, Any]) -> Any:
        return _worked_out(expression, variables)

    return expression.names - FUNCTIONS.keys(), run, expression.in_filters


def _worked_out(expression: Expression, variables: Mapping[str, Any]) -> Any:
    known = feel_values(expression.names, variables)
    evaluation = Evaluation()
    try:
        value = to_json(expression.evaluate(known, evaluation))
    except BudgetError as error:
        raise ExpressionError(str(error)) from None
    if value is None and (reason := next(iter(evaluation.reasons), None)):
        raise NoOutcomeError(say("language.no-outcome", reason=reason))
    return value
