"""Calls of FEEL functions, by position and by name (DMN 1.5 §10.3.2.8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from processes.engine.language.feel.evaluation import Evaluation, Run, Scope
from processes.engine.language.feel.nodes import or_null
from processes.engine.language.feel.types import Type, converted
from processes.engine.language.feel.values import Function, NoValueError, Variant, kind
from processes.engine.sentences.catalogue import say, word_list


def call(function: Run, positional: Sequence[Run], named: Mapping[str, Run]) -> Run:
    """`function(…)`; null, with the reason kept, where it cannot be called like this."""

    def run(scope: Scope) -> Any:
        called = function(scope)
        by_name = {name: value(scope) for name, value in named.items()}
        given = [value(scope) for value in positional]
        return or_null(scope, invoke, called, given, by_name, scope.evaluation)

    return run


def invoke(
    called: Any, given: Sequence[Any], by_name: Mapping[str, Any], evaluation: Evaluation
) -> Any:
    """The value of a function for these values. Raises NoValueError, BudgetError."""
    if not isinstance(called, Function):
        raise NoValueError(say("feel.no-function", kind=word_list("feel.kinds")[kind(called)]))
    refused = NoValueError(say("feel.wrong-arguments", name=called.name))
    for variant in called.variants:
        arguments = _ordered(variant, by_name) if by_name else _fitting(variant, given)
        if arguments is None:
            continue
        try:
            found = _run(called, variant, arguments, evaluation)
        except NoValueError as reason:
            refused = reason
        else:
            return converted(found, called.result) if called.result else found
    raise refused


def _run(called: Function, variant: Variant, arguments: list[Any], evaluation: Evaluation) -> Any:
    first = (evaluation,) if variant.calls else ()
    try:
        return evaluation.call(variant.run, *first, *_converted(variant, arguments))
    except NoValueError:
        raise
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError):
        raise NoValueError(say("feel.wrong-arguments", name=called.name)) from None


def written(parameters: Sequence[str], types: Sequence[Type], body: Run, scope: Scope) -> Function:
    """A function that stands in an expression: it sees the names around it."""

    def run(*given: Any) -> Any:
        return body(scope.inner(dict(zip(parameters, given, strict=True))))

    variant = Variant(tuple(parameters), run, len(parameters), types=tuple(types))
    return Function(say("feel.own-function"), (variant,))


def _fitting(variant: Variant, given: Sequence[Any]) -> list[Any] | None:
    most = None if variant.spreads else len(variant.parameters)
    enough = len(given) >= variant.required and (most is None or len(given) <= most)
    return list(given) if enough else None


def _ordered(variant: Variant, by_name: Mapping[str, Any]) -> list[Any] | None:
    """The values in the order of the parameters, up to the last that was given."""
    names = variant.parameters
    if not (by_name.keys() <= set(names) and set(names[: variant.required]) <= by_name.keys()):
        return None
    last = max((names.index(name) for name in by_name), default=-1)
    return [by_name.get(name) for name in names[: last + 1]]


def _converted(variant: Variant, given: list[Any]) -> list[Any]:
    if not variant.types:
        return given
    return [converted(value, type_) for value, type_ in zip(given, variant.types, strict=False)]
