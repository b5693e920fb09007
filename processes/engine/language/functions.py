"""Operators and functions of the small language, over FEEL values, with limits on size and type.

Numbers are the decimals of FEEL. Lists and maps stay the JSON that they are, and are opened item
by item: `len(offers)` does not read what is in them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from processes.base import local, today
from processes.engine.language import iso8601, working_days
from processes.engine.language.feel import comparing
from processes.engine.language.feel.arithmetic import operate
from processes.engine.language.feel.json_values import from_json, scalar
from processes.engine.language.feel.values import NUMBERS
from processes.engine.sentences.catalogue import say

MAX_RESULT = 10**15
MAX_DECIMALS = 10
ONE_EACH = frozenset({Decimal, str, bool})
TRUTHS = {"": False, "false": False, "true": True}
_any_value_counts: ContextVar[bool] = ContextVar("any_value_counts", default=False)

Value = TypeVar("Value")
Comparison: TypeAlias = Callable[[Any, Any], bool]


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


def number(value: Any) -> Decimal:
    """The value as a number within the limits. Raises ExpressionError for anything else."""
    if type(value) is not Decimal:
        raise ExpressionError(say("language.no-number"))
    if not -MAX_RESULT <= value <= MAX_RESULT:
        raise ExpressionError(say("language.number-too-large"))
    return value


def negation(value: Any) -> Decimal:
    return NUMBERS.minus(number(value))


def item_of(whole: Any, key: Any) -> Any:
    """`whole[key]`: from a dict by text, from a list by number. Raises ExpressionError."""
    if isinstance(whole, dict) and isinstance(key, str):
        if key not in whole:
            raise ExpressionError(say("language.no-such-key"))
        return scalar(whole[key])
    if isinstance(whole, list) and type(key) is Decimal and key == int(key):
        if not -len(whole) <= key < len(whole):
            raise ExpressionError(say("language.no-such-number"))
        return scalar(whole[int(key)])
    raise ExpressionError(say("language.nothing-to-pick-from"))


def reckoned(sign: str, left: Any, right: Any) -> Decimal:
    """`left sign right`, of two numbers. Raises ExpressionError."""
    if sign == "/" and number(right) == 0:
        raise ExpressionError(say("language.divided-by-zero"))
    return number(operate(sign, number(left), number(right)))


def is_true(value: Any) -> bool:
    """The truth of a value as JUEL, of Camunda 7, coerces it, but that no other text is false.

    Null and the empty text are false, and so are the texts `true` and `false` what they say, in
    any case. Raises ExpressionError for what is neither true nor false.
    """
    if value is None or isinstance(value, bool):
        return value is True
    found = TRUTHS.get(value.lower()) if isinstance(value, str) else None
    if found is not None:
        return found
    if _any_value_counts.get():
        return bool(value)
    raise ExpressionError(say("language.no-truth"))


@contextmanager
def any_value_counts() -> Iterator[None]:
    """Within it whatever is filled in is true: zero and what is empty are false."""
    token = _any_value_counts.set(True)
    try:
        yield
    finally:
        _any_value_counts.reset(token)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal; values of two kinds are not."""
    if type(left) is type(right) and type(left) in ONE_EACH:
        return bool(left == right)
    return comparing.same(from_json(left), from_json(right))


def _ordering(sign: str) -> Comparison:
    return lambda left, right: comparing.ordered(sign, left, right)


def _contained(left: Any, right: Any) -> bool:
    if isinstance(right, str | dict) and isinstance(left, str):
        return left in right
    if isinstance(right, list):
        return any(same(left, scalar(each)) for each in right)
    raise ExpressionError(say("language.in"))


def _length(*values: Any) -> Decimal:
    (value,) = _arguments("len", values, 1)
    if not isinstance(value, (str, list, dict)):
        raise ExpressionError(say("language.len"))
    return Decimal(len(value))


def _extreme(name: str, pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        alone = len(values) == 1 and isinstance(values[0], list)
        items = list(map(scalar, values[0])) if alone else list(values)
        if not items:
            raise ExpressionError(say("language.of-nothing", name=name))
        for item in items:
            comparing.compare(items[0], item)
        return pick(items)

    return run


def _sum(*values: Any) -> Decimal:
    (items,) = _arguments("sum", values, 1)
    if not isinstance(items, list):
        raise ExpressionError(say("language.sum"))
    total = Decimal(0)
    for item in items:
        total = NUMBERS.add(total, number(scalar(item)))
    return number(total)


def _round(*values: Any) -> Decimal:
    """Half goes to the even neighbour."""
    value, decimals = _arguments("round", values if len(values) != 1 else (*values, Decimal(0)), 2)
    if type(decimals) is not Decimal or decimals not in range(MAX_DECIMALS + 1):
        raise ExpressionError(say("language.round", max_decimals=MAX_DECIMALS))
    return NUMBERS.quantize(number(value), Decimal(1).scaleb(-int(decimals)))


def _absolute(*values: Any) -> Decimal:
    (value,) = _arguments("abs", values, 1)
    return NUMBERS.abs(number(value))


def _today(*values: Any) -> str:
    _arguments("today", values, 0)
    return today().isoformat()


def _workday(*values: Any) -> str:
    """`workday(day, number)`: the day so many working days later; earlier below zero."""
    start, number = _arguments("workday", values, 2)
    day = _day(start)
    if type(number) is not Decimal or number != int(number):
        raise ExpressionError(say("language.workday"))
    return _counted(lambda: working_days.working_days_on(day, int(number))).isoformat()


def _workdays_between(*values: Any) -> Decimal:
    """`workdays_between(first, last)`: working days after the first, up to and with the last."""
    first, last = map(_day, _arguments("workdays_between", values, 2))
    return Decimal(_counted(lambda: working_days.working_days_between(first, last)))


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

COMPARISONS: dict[str, Comparison] = {
    "==": same,
    "!=": lambda left, right: not same(left, right),
    **{sign: _ordering(sign) for sign in ("<", "<=", ">", ">=")},
    "in": _contained,
    "not in": lambda left, right: not _contained(left, right),
}
