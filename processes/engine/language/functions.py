"""Operators and functions of the expression language, with limits on size and type."""

import ast
import operator
from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias, TypeVar

from processes.base import local, today
from processes.engine.language import iso8601, working_days
from processes.engine.language.values import same
from processes.engine.sentences.catalogue import say

MAX_RESULT = 10**15
MAX_DECIMALS = 10

Number: TypeAlias = int | float
Value = TypeVar("Value")


class ExpressionError(ValueError):
    """An expression that is not allowed, or that has no value here; the reason is Dutch."""

    def __init__(self, reason: str, source: str = "") -> None:
        self.reason = reason
        self.source = source
        told = say("language.expression", source=source, reason=reason) if source else reason
        super().__init__(told)

    def within(self, source: str) -> "ExpressionError":
        """The same error, with the expression in which it happened."""
        return type(self)(self.reason, source[:200])


def number(value: Any) -> Number:
    """The value as a number within the limits. Raises ExpressionError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ExpressionError(say("language.no-number"))
    if not -MAX_RESULT <= value <= MAX_RESULT:
        raise ExpressionError(say("language.number-too-large"))
    return value


def negation(value: Any) -> Number:
    return -number(value)


def item_of(whole: Any, key: Any) -> Any:
    """`whole[key]`: from a dict by text, from a list by number. Raises ExpressionError."""
    if isinstance(whole, dict) and isinstance(key, str):
        if key not in whole:
            raise ExpressionError(say("language.no-such-key", key=key[:80]))
        return whole[key]
    if isinstance(whole, list) and isinstance(key, int) and not isinstance(key, bool):
        if not -len(whole) <= key < len(whole):
            raise ExpressionError(say("language.no-such-number", value=key % 10**6))
        return whole[key]
    raise ExpressionError(say("language.nothing-to-pick-from"))


def _arithmetic(reckon: Callable[[Number, Number], Number]) -> Callable[[Any, Any], Number]:
    def run(left: Any, right: Any) -> Number:
        try:
            return number(reckon(number(left), number(right)))
        except ZeroDivisionError:
            reason = "deelt door nul"
            raise ExpressionError(reason) from None

    return run


def _ordered(left: Any, right: Any) -> None:
    texts = isinstance(left, str) and isinstance(right, str)
    if not texts and not (_is_number(left) and _is_number(right)):
        raise ExpressionError(say("language.not-ordered"))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def run(left: Any, right: Any) -> bool:
        _ordered(left, right)
        return compare(left, right)

    return run


def _contained(left: Any, right: Any) -> bool:
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    if isinstance(right, dict) and isinstance(left, str):
        return left in right
    if isinstance(right, list):
        return any(same(left, each) for each in right)
    raise ExpressionError(say("language.in"))


def _not_contained(left: Any, right: Any) -> bool:
    return not _contained(left, right)


def _length(*values: Any) -> int:
    (value,) = _arguments("len", values, 1)
    if not isinstance(value, (str, list, dict)):
        raise ExpressionError(say("language.len"))
    return len(value)


def _extreme(name: str, pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
        if not items:
            raise ExpressionError(say("language.of-nothing", name=name))
        for item in items:
            _ordered(items[0], item)
        return pick(items)

    return run


def _sum(*values: Any) -> Number:
    (items,) = _arguments("sum", values, 1)
    if not isinstance(items, list):
        raise ExpressionError(say("language.sum"))
    return number(sum(number(item) for item in items))


def _round(*values: Any) -> Number:
    value, decimals = _arguments("round", values if len(values) != 1 else (*values, 0), 2)
    if isinstance(decimals, bool) or decimals not in range(MAX_DECIMALS + 1):
        raise ExpressionError(say("language.round", max_decimals=MAX_DECIMALS))
    return round(number(value), decimals or None)


def _absolute(*values: Any) -> Number:
    (value,) = _arguments("abs", values, 1)
    return abs(number(value))


def _today(*values: Any) -> str:
    _arguments("today", values, 0)
    return today().isoformat()


def _workday(*values: Any) -> str:
    """`workday(day, number)`: the day so many working days later; earlier below zero."""
    start, number = _arguments("workday", values, 2)
    day = _day(start)
    if not _is_number(number) or number != int(number):
        raise ExpressionError(say("language.workday"))
    return _counted(lambda: working_days.working_days_on(day, int(number))).isoformat()


def _workdays_between(*values: Any) -> int:
    """`workdays_between(first, last)`: working days after the first, up to and with the last."""
    first, last = map(_day, _arguments("workdays_between", values, 2))
    return _counted(lambda: working_days.working_days_between(first, last))


def _is_workday(*values: Any) -> bool:
    (day,) = _arguments("is_workday", values, 1)
    return working_days.is_working_day(_day(day))


def _term_end(*values: Any) -> str:
    """`term_end(day, duration)`: the last day of a legal term (Algemene termijnenwet)."""
    start, term = _arguments("term_end", values, 2)
    day = _day(start)
    try:
        duration = iso8601.duration(term) if isinstance(term, str) else None
    except iso8601.IsoError:
        duration = None
    if duration is None or not working_days.is_term(duration):
        raise ExpressionError(say("language.term"))
    return _counted(lambda: working_days.end_of_term(day, duration)).isoformat()


def _day(value: Any) -> date:
    """The day of an ISO date, or of a moment as it is in Amsterdam. Raises ExpressionError."""
    try:
        if isinstance(value, str):
            return local(iso8601.moment(value)).date()
    except (iso8601.IsoError, OverflowError):
        pass
    raise ExpressionError(say("language.day"))


def _counted(count: Callable[[], Value]) -> Value:
    try:
        return count()
    except iso8601.IsoError:
        raise ExpressionError(say("language.many-days", most=working_days.MOST)) from None


def _arguments(name: str, values: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    if len(values) != count:
        raise ExpressionError(say("language.arguments", name=name))
    return values


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": _absolute,
    "is_workday": _is_workday,
    "len": _length,
    "max": _extreme("max", max),
    "min": _extreme("min", min),
    "round": _round,
    "sum": _sum,
    "term_end": _term_end,
    "today": _today,
    "workday": _workday,
    "workdays_between": _workdays_between,
}

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Number]] = {
    ast.Add: _arithmetic(operator.add),
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
}

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: same,
    ast.NotEq: lambda left, right: not same(left, right),
    ast.Lt: _ordering(operator.lt),
    ast.LtE: _ordering(operator.le),
    ast.Gt: _ordering(operator.gt),
    ast.GtE: _ordering(operator.ge),
    ast.In: _contained,
    ast.NotIn: _not_contained,
}
