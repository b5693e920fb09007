"""Functions of FEEL on numbers (DMN 1.5 §10.3.4.5), and conversion from text."""

import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, Final

from processes.engine.language.feel.builtins.registry import (
    built_in,
    integer,
    need,
    number,
    text,
)
from processes.engine.language.feel.values import DIGITS, NUMBERS, Months, NoValueError, Seconds
from processes.engine.sentences.catalogue import say

WRITTEN: Final = re.compile(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
GROUPINGS, POINTS = (" ", ",", "."), (",", ".")
LEAST_SCALE, MOST_SCALE = -6111, 6176


@built_in("number", "from, grouping separator, decimal separator")
def _number(written: Any, grouping: Any, point: Any) -> Decimal:
    read = text(written)
    if grouping is not None:
        if grouping not in GROUPINGS or grouping == point:
            raise NoValueError(say("feel.wrong-separator"))
        read = read.replace(grouping, "")
    if point is not None:
        if point not in POINTS:
            raise NoValueError(say("feel.wrong-separator"))
        read = read.replace(point, ".")
    return _read(read)


@built_in("number", "from")
def _number_of_text(written: Any) -> Decimal:
    return _read(text(written))


def _read(written: str) -> Decimal:
    if not WRITTEN.fullmatch(written):
        raise NoValueError(say("feel.not-a-number"))
    return NUMBERS.create_decimal(written)


def _rounding(mode: str) -> Callable[..., Decimal]:
    def run(value: Any, scale: Any = Decimal(0)) -> Decimal:
        digits = integer(scale)
        if not LEAST_SCALE <= digits <= MOST_SCALE:
            raise NoValueError(say("feel.wrong-scale"))
        found = number(value)
        if digits > DIGITS - 1 - found.adjusted():
            return found
        return found.quantize(Decimal(1).scaleb(-digits), mode, NUMBERS)

    return run


for _name, _mode, _required in (
    ("decimal", ROUND_HALF_EVEN, 2),
    ("floor", ROUND_FLOOR, 1),
    ("ceiling", ROUND_CEILING, 1),
    ("round up", ROUND_UP, 2),
    ("round down", ROUND_DOWN, 2),
    ("round half up", ROUND_HALF_UP, 2),
    ("round half down", ROUND_HALF_DOWN, 2),
):
    built_in(_name, "n, scale", required=_required)(_rounding(_mode))


@built_in("abs", "n")
def _absolute(value: Any) -> Any:
    found = need(value, "number", "years and months duration", "days and time duration")
    if isinstance(found, Months):
        return Months(abs(found.count))
    return Seconds(abs(found.count)) if isinstance(found, Seconds) else abs(found)


@built_in("modulo", "dividend, divisor")
def _modulo(dividend: Any, divisor: Any) -> Decimal:
    """With the sign of the divisor."""
    left, right = number(dividend), number(divisor)
    times = NUMBERS.divide(left, right).to_integral_value(ROUND_FLOOR)
    return NUMBERS.subtract(left, NUMBERS.multiply(right, times))


@built_in("sqrt", "number")
def _root(value: Any) -> Decimal:
    return NUMBERS.sqrt(number(value))


@built_in("log", "number")
def _logarithm(value: Any) -> Decimal:
    found = number(value)
    if found <= 0:
        raise NoValueError(say("feel.no-outcome", operation="log"))
    return NUMBERS.ln(found)


@built_in("exp", "number")
def _exponential(value: Any) -> Decimal:
    return NUMBERS.exp(number(value))


@built_in("odd", "number")
def _odd(value: Any) -> bool:
    return abs(number(value)) % 2 == 1


@built_in("even", "number")
def _even(value: Any) -> bool:
    return number(value) % 2 == 0
