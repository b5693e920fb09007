"""Arithmetic on FEEL values: numbers, durations, dates and texts (DMN 1.5 §10.3.2.14, table 52)."""

from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from processes.engine.language.feel.comparing import in_utc
from processes.engine.language.feel.moments import DAY, UTC_ZONE, Date, DateTime, Time, time_of
from processes.engine.language.feel.values import (
    NUMBERS,
    Months,
    NoValueError,
    Seconds,
    refuse_kinds,
)
from processes.engine.sentences.catalogue import say

LARGEST_POWER: Final = 10_000
Operation: TypeAlias = Callable[[Any, Any], Any]
Pairs: TypeAlias = Mapping[tuple[type, type], Operation]


def operate(sign: str, left: Any, right: Any) -> Any:
    """`left sign right`. Raises NoValueError where the kinds do not go together."""
    operation = OPERATIONS[sign].get((type(left), type(right)))
    if operation is None:
        refuse_kinds(sign, left, right)
    try:
        return operation(left, right)
    except (ArithmeticError, InvalidOperation, ValueError):
        raise NoValueError(say("feel.no-outcome", operation=sign)) from None


def negate(value: Any) -> Any:
    """`-value`, of a number or a duration. Raises NoValueError."""
    negated = _NEGATIONS.get(type(value))
    if negated is None:
        refuse_kinds("-", value)
    return negated(value)


def whole(value: Decimal) -> int:
    """The number without its fraction."""
    return int(value.to_integral_value(ROUND_DOWN))


def _floor_days(seconds: Decimal) -> int:
    days = int(seconds // DAY)
    return days - 1 if seconds < 0 and seconds % DAY else days


def _time_plus(time: Time, duration: Seconds) -> Time:
    seconds = time.seconds + duration.count
    return time_of(seconds - _floor_days(seconds) * DAY, time.zone)


def _moment(value: Date | DateTime) -> DateTime:
    if isinstance(value, DateTime):
        return value
    return DateTime(value, Time(0, 0, Decimal(0), UTC_ZONE))


def _between(later: Date | DateTime, earlier: Date | DateTime) -> Seconds:
    last, first = _moment(later), _moment(earlier)
    if (last.offset is None) != (first.offset is None):
        raise NoValueError(say("feel.one-has-a-zone"))
    return Seconds(last.seconds - first.seconds)


def _between_times(later: Time, earlier: Time) -> Seconds:
    if (later.zone is None) != (earlier.zone is None):
        raise NoValueError(say("feel.one-has-a-zone"))
    return Seconds(in_utc(later) - in_utc(earlier))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > LARGEST_POWER:
        raise NoValueError(say("feel.no-outcome", operation="**"))
    return NUMBERS.power(base, exponent)


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


def _reversed(operation: Operation) -> Operation:
    """The operation with the right side negated: minus from plus."""
    return lambda left, right: operation(left, negate(right))


_NEGATIONS: Mapping[type, Callable[[Any], Any]] = {
    Decimal: NUMBERS.minus,
    Months: lambda duration: Months(-duration.count),
    Seconds: lambda duration: Seconds(-duration.count),
}
_PLUS: dict[tuple[type, type], Operation] = {
    (Date, Months): lambda date, months: date.plus_months(months.count),
    (DateTime, Months): lambda moment, months: moment.plus_months(months.count),
    (Date, Seconds): lambda date, seconds: date.plus_days(_floor_days(seconds.count)),
    (DateTime, Seconds): lambda moment, seconds: moment.plus_seconds(seconds.count),
    (Time, Seconds): _time_plus,
}
_SUMS: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): NUMBERS.add,
    (str, str): lambda left, right: left + right,
    (Months, Months): lambda left, right: Months(left.count + right.count),
    (Seconds, Seconds): lambda left, right: Seconds(NUMBERS.add(left.count, right.count)),
}
_TIMES: dict[tuple[type, type], Operation] = {
    (Months, Decimal): lambda months, by: Months(
        whole(NUMBERS.multiply(Decimal(months.count), by))
    ),
    (Seconds, Decimal): lambda seconds, by: Seconds(NUMBERS.multiply(seconds.count, by)),
}
OPERATIONS: Mapping[str, Pairs] = {
    "+": _SUMS
    | _PLUS
    | {(right, left): _swapped(operation) for (left, right), operation in _PLUS.items()},
    "-": {
        (Decimal, Decimal): NUMBERS.subtract,
        (Months, Months): lambda left, right: Months(left.count - right.count),
        (Seconds, Seconds): lambda left, right: Seconds(NUMBERS.subtract(left.count, right.count)),
        (Time, Time): _between_times,
        **{(left, right): _between for left in (Date, DateTime) for right in (Date, DateTime)},
        **{kinds: _reversed(operation) for kinds, operation in _PLUS.items()},
    },
    "*": {(Decimal, Decimal): NUMBERS.multiply}
    | _TIMES
    | {(right, left): _swapped(operation) for (left, right), operation in _TIMES.items()},
    "/": {
        (Decimal, Decimal): NUMBERS.divide,
        (Months, Decimal): lambda months, by: Months(
            whole(NUMBERS.divide(Decimal(months.count), by))
        ),
        (Seconds, Decimal): lambda seconds, by: Seconds(NUMBERS.divide(seconds.count, by)),
        (Months, Months): lambda left, right: NUMBERS.divide(
            Decimal(left.count), Decimal(right.count)
        ),
        (Seconds, Seconds): lambda left, right: NUMBERS.divide(left.count, right.count),
    },
    "**": {(Decimal, Decimal): _power},
}
