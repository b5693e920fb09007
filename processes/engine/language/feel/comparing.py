"""Equality and order of FEEL values; what cannot be compared is null (DMN 1.5 §10.3.2.13)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from processes.engine.language.feel.moments import Date, DateTime, Time
from processes.engine.language.feel.values import (
    Months,
    NoValueError,
    Range,
    Seconds,
    refuse_kinds,
)
from processes.engine.sentences.catalogue import say

SIGNS: Mapping[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def equal(left: Any, right: Any) -> bool:
    """Whether two values of one kind are equal; null equals null alone. Raises NoValueError."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        refuse_kinds("=", left, right)
    special = _EQUALITIES.get(type(left))
    return bool(special(left, right) if special else left == right)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal; false where they cannot be compared."""
    try:
        return equal(left, right)
    except NoValueError:
        return False


def compare(left: Any, right: Any, sign: str = "<") -> int:
    """-1, 0 or 1: how two values of one kind are ordered. Raises NoValueError, naming the sign."""
    order = _ORDERS.get(type(left))
    if order is None or type(left) is not type(right):
        refuse_kinds(sign, left, right)
    first, second = order(left), order(right)
    if first[0] != second[0]:
        raise NoValueError(say("feel.one-has-a-zone"))
    return int(first[1] > second[1]) - int(first[1] < second[1])


def ordered(sign: str, left: Any, right: Any) -> bool:
    """Whether `left sign right` holds. Raises NoValueError."""
    return SIGNS[sign](compare(left, right, sign))


def contains(whole: Range, value: Any) -> bool:
    """Whether a value lies in a range. Raises NoValueError."""
    if value is None or isinstance(value, Range):
        refuse_kinds("in", value, whole)
    if whole.low is not None:
        order = compare(value, whole.low)
        if order < 0 or (order == 0 and not whole.low_included):
            return False
    if whole.high is not None:
        order = compare(value, whole.high)
        return order < 0 or (order == 0 and whole.high_included)
    return True


def make_range(low: Any, high: Any, low_included: bool, high_included: bool) -> Range:  # noqa: FBT001 - as in Range
    """The range between these ends. Raises NoValueError where there is none."""
    if low is None or high is None:
        raise NoValueError(say("feel.range-without-ends"))
    if compare(low, high) > 0:
        raise NoValueError(say("feel.range-backwards"))
    return Range(low, high, low_included, high_included)


def _lists(left: list[Any], right: list[Any]) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _contexts(left: dict[str, Any], right: dict[str, Any]) -> bool:
    return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)


def _ranges(left: Range, right: Range) -> bool:
    ends = (left.low_included, left.high_included) == (right.low_included, right.high_included)
    return ends and same(left.low, right.low) and same(left.high, right.high)


def _times(left: Time, right: Time) -> bool:
    if (left.zone is None) != (right.zone is None):
        raise NoValueError(say("feel.one-has-a-zone"))
    return in_utc(left) == in_utc(right)


def _moments(left: DateTime, right: DateTime) -> bool:
    return (left.offset is None) == (right.offset is None) and left.seconds == right.seconds


def in_utc(time: Time) -> Decimal:
    """Seconds since midnight in UTC; a named zone has no offset without a date."""
    return time.seconds - (time.zone.offset if time.zone else 0)


_EQUALITIES: Mapping[type, Callable[[Any, Any], bool]] = {
    list: _lists,
    dict: _contexts,
    Range: _ranges,
    Time: _times,
    DateTime: _moments,
}
_ORDERS: Mapping[type, Callable[[Any], tuple[bool, Any]]] = {
    Decimal: lambda value: (False, value),
    str: lambda value: (False, value),
    Date: lambda value: (False, value.number),
    Months: lambda value: (False, value.count),
    Seconds: lambda value: (False, value.count),
    Time: lambda value: (value.zone is None, in_utc(value)),
    DateTime: lambda value: (value.offset is None, value.seconds),
}
