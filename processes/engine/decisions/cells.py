"""Compiles the cells of a decision table: comparisons, ranges, lists, "-" and not(…)."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias

from processes.engine.decisions.types import typed
from processes.engine.language.expressions import CONSTANTS, compile_expression
from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say

Cell: TypeAlias = Callable[[Any, Mapping[str, Any]], bool]

MAX_LENGTH = 1000
COMPARISON = re.compile(r"(<=|>=|!=|<|>|=)\s*(.+)", re.DOTALL)
RANGE = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])", re.DOTALL)
NEGATION = re.compile(r"not\s*\((.*)\)", re.DOTALL)
EQUALITY = ("==", "!=")
VALUE = "cell_value"  # the name under which a comparison finds the value of the input


@lru_cache(maxsize=4096)
def compile_cell(text: str, type_: str = "") -> Cell:
    """The predicate of a cell in a column of this type. Raises ExpressionError."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        reason = say("decisions.cell-long", most=MAX_LENGTH)
        raise ExpressionError(reason, text)
    if text in ("", "-"):
        return lambda _value, _variables: True
    negation = NEGATION.fullmatch(text)
    if negation:
        inner = _any_of(negation[1], type_)
        return lambda value, variables: not inner(value, variables)
    return _any_of(text, type_)


def names_in(text: str) -> frozenset[str]:
    """The variables, beside its own input, that a cell reads."""
    return frozenset().union(*(compile_expression(end).names for end in ends_in(text)))


def ends_in(text: str) -> list[str]:
    """What a cell compares its input with: the values, and both ends of each range."""
    negation = NEGATION.fullmatch(text.strip())
    parts = split(negation[1] if negation else text.strip())
    return [] if text.strip() == "-" else [end for part in parts for end in _ends(part) if end]


def _ends(part: str) -> tuple[str | Any, ...]:
    interval, comparison = RANGE.fullmatch(part), COMPARISON.fullmatch(part)
    return interval.group(2, 3) if interval else (comparison[2] if comparison else part,)


def _any_of(text: str, type_: str) -> Cell:
    tests = [_test(part, type_) for part in split(text)]
    return lambda value, variables: any(test(value, variables) for test in tests)


def split(text: str) -> list[str]:
    """The parts between commas, but not those in quotes or brackets."""
    parts, quote, depth = [""], "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([" or (character == "]" and not depth and not parts[-1].strip()):
            depth += 1
        elif character in ")]" or (character == "[" and depth):
            depth -= 1
        if character == "," and not quote and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _test(part: str, type_: str) -> Cell:
    interval = RANGE.fullmatch(part)
    if interval:
        return _range(*interval.groups(), type_=type_)
    comparison = COMPARISON.fullmatch(part)
    if comparison:
        return _comparison("==" if comparison[1] == "=" else comparison[1], comparison[2], type_)
    return _comparison("==", part, type_)


def _range(opening: str, low: str, high: str, closing: str, *, type_: str) -> Cell:
    above = _comparison(">=" if opening == "[" else ">", low, type_)
    below = _comparison("<=" if closing == "]" else "<", high, type_)
    return lambda value, variables: above(value, variables) and below(value, variables)


def _comparison(operator: str, end: str, type_: str) -> Cell:
    # The end is compiled by itself first, so that it cannot bring operators of its own along.
    expression = compile_expression(end)
    orders = operator not in EQUALITY
    if VALUE in expression.names or (orders and end.strip() in CONSTANTS):
        reason = say("decisions.compares-with-no-value")
        raise ExpressionError(reason, end)
    compare = compile_expression(f"{VALUE} {operator} cell_end")

    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        if value is None and orders:
            return False
        known = {VALUE: value, "cell_end": _converted(type_, expression.evaluate(variables))}
        return bool(compare.evaluate(known))

    return test


def _converted(type_: str, end: Any) -> Any:
    with suppress(ValueError):  # a check refuses it; what is deployed already matches nothing
        return typed(type_, end)
    return end
