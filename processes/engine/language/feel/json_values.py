"""FEEL values from process variables, which are JSON, and back."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from processes.engine.language.feel.moments import Date, DateTime, Time
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel.values import (
    NUMBERS,
    Months,
    NoValueError,
    Seconds,
    refuse_kinds,
)
from processes.engine.sentences.catalogue import say

LARGEST = 10**15  # as in the older way of writing: what JSON readers keep exactly


def from_json(value: Any) -> Any:
    """The FEEL value of a JSON value; a number is the decimal that its digits write."""
    kind = type(value)
    if kind is str or kind is bool:
        return value
    read = _READERS.get(kind)
    return read(value) if read else value


def scalar(value: Any) -> Any:
    """The same, but a list or map stays the JSON that it is."""
    kind = type(value)
    if kind is int:
        return Decimal(value)
    return _float(value) if kind is float else value


def to_json(value: Any) -> Any:
    """The JSON value: whole numbers as int, others as float, dates and durations as ISO 8601 text.

    Raises NoValueError for a range, a function, and a number beyond 10**15.
    """
    if value is True or value is False:
        return value
    make = _WRITERS.get(type(value))
    if make is None:
        refuse_kinds("=", value)
    return make(value)


def _number(number: Decimal) -> int | float:
    if abs(number) > LARGEST:
        raise NoValueError(say("language.number-too-large"))
    return int(number) if number == number.to_integral_value() else float(number)


def _float(number: float) -> Decimal | None:
    return NUMBERS.create_decimal(repr(number)) if math.isfinite(number) else None


_READERS: Mapping[type, Callable[[Any], Any]] = {
    int: Decimal,
    float: _float,
    dict: lambda context: {str(key): from_json(each) for key, each in context.items()},
    list: lambda items: [from_json(each) for each in items],
}
_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    type(None): lambda _none: None,
    bool: bool,
    str: str,
    Decimal: _number,
    list: lambda items: [to_json(each) for each in items],
    dict: lambda context: {key: to_json(each) for key, each in context.items()},
    **dict.fromkeys((Date, Time, DateTime, Months, Seconds), text_of),
}
