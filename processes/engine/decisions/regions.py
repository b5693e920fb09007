"""The values that a cell of a decision table takes, as intervals on the axis of its column.

An axis holds the values of one kind in their order: numbers, dates, texts, truth values, durations.
Only cells of literals are read; of any other cell nothing is said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from processes.engine.decisions.cells import COMPARISON, NEGATION, RANGE, split
from processes.engine.decisions.types import typed
from processes.engine.language.expressions import ExpressionError, evaluate
from processes.engine.language.feel.evaluation import BudgetError
from processes.engine.language.feel.expressions import compile_expression
from processes.engine.language.feel.moments import Date
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.values import Months, Seconds

LITERAL: Final = re.compile(
    r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?|\"[^\"\\]*\"|'[^'\"\\]*'|true|false|null"
    r"|@\"[^\"\\]*\"|(?:date|duration)\(\s*\"[^\"\\]*\"\s*\)"
)
LONGEST: Final = 1000
KEYS: Final[dict[type, tuple[str, Callable[[Any], Any]]]] = {
    int: ("number", lambda value: value),
    float: ("number", lambda value: value),
    Decimal: ("number", lambda value: value),
    bool: ("boolean", int),
    str: ("string", lambda value: value),
    Date: ("date", lambda value: value.number),
    Months: ("years and months duration", lambda value: value.count),
    Seconds: ("days and time duration", lambda value: value.count),
}


class Cut(NamedTuple):
    """A place between two values of an axis: just before (-1) or just after (1) a key."""

    rank: int  # -1: before all values, 1: after all
    key: Any
    side: int


Interval: TypeAlias = tuple[Cut, Cut]
FIRST: Final = Cut(-1, 0, 0)
LAST: Final = Cut(1, 0, 0)


@dataclass(frozen=True)
class Region:
    """Parts of an axis, in order and apart; a kind of "" is an axis of any kind."""

    kind: str
    parts: tuple[Interval, ...]

    @property
    def is_whole(self) -> bool:
        return self.parts == ((FIRST, LAST),)

    def outside(self) -> "Region":
        """All that is not in it."""
        cuts = [FIRST, *(cut for part in self.parts for cut in part), LAST]
        pairs = zip(cuts[::2], cuts[1::2], strict=True)
        return Region(self.kind, tuple((low, high) for low, high in pairs if low < high))

    def within(self, other: "Region") -> "Region":
        """What is in both."""
        outside = union([*self.outside().parts, *other.outside().parts])
        return Region(self.kind or other.kind, outside).outside()


Reader: TypeAlias = Callable[[str], Any]
"""Makes the value of a literal. Raises ValueError."""
WHOLE: Final = Region("", ((FIRST, LAST),))


def place(value: Any) -> tuple[str, Any] | None:
    """The kind of a value, and its key on the axis of that kind; None for what has no axis."""
    found = KEYS.get(type(value))
    if found is None or value != value:  # noqa: PLR0124 - not a number
        return None
    return found[0], found[1](value)


@lru_cache
def small_language_reader(type_: str) -> Reader:
    """Reads literals as a column of this type of a table in the small language does."""

    def read(text: str) -> Any:
        return typed(type_, evaluate(text, {}))

    return read


def in_feel(text: str) -> Any:
    """Reads a literal of FEEL. Raises ValueError."""
    try:
        value = compile_expression(text).evaluate({})
    except (FeelSyntaxError, BudgetError):
        raise ValueError(text) from None
    if value is None and text != "null":
        raise ValueError(text)
    return value


@lru_cache(4096)
def region_of(text: str, read: Reader) -> Region | None:
    """What a cell takes of the values that are not null; None where that cannot be told."""
    text = text.strip()
    if text in ("", "-"):
        return WHOLE
    if len(text) > LONGEST or "\\" in text:
        return None
    negation = NEGATION.fullmatch(text)
    found = [_part(part, read) for part in split(negation[1] if negation else text)]
    regions = [each for each in found if each is not None]
    kinds = {each.kind for each in regions} - {""}
    if len(regions) < len(found) or len(kinds) > 1:
        return None
    whole = Region("".join(kinds), union([part for each in regions for part in each.parts]))
    return whole.outside() if negation else whole


def union(parts: list[Interval]) -> tuple[Interval, ...]:
    """The same parts in order, those that touch made one."""
    made: list[Interval] = []
    for low, high in sorted(parts):
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        elif low < high:
            made.append((low, high))
    return tuple(made)


def _part(part: str, read: Reader) -> Region | None:
    interval, comparison = RANGE.fullmatch(part), COMPARISON.fullmatch(part)
    if interval:
        return _between(*interval.groups(), read=read)
    sign, end = comparison.groups() if comparison else ("=", part)
    found = _end(end.strip(), read)
    return None if found is None else _compared(sign, *found)


def _compared(sign: str, kind: str, key: Any) -> Region | None:
    if not kind:  # null, which no value that is there equals
        return {"=": Region("", ()), "!=": WHOLE}.get(sign)
    before, after = Cut(0, key, -1), Cut(0, key, 1)
    parts: dict[str, tuple[Interval, ...]] = {
        "=": ((before, after),),
        "!=": ((FIRST, before), (after, LAST)),
        "<": ((FIRST, before),),
        "<=": ((FIRST, after),),
        ">": ((after, LAST),),
        ">=": ((before, LAST),),
    }
    return Region(kind, parts[sign])


def _between(opening: str, low: str, high: str, closing: str, *, read: Reader) -> Region | None:
    first, last = _end(low.strip(), read), _end(high.strip(), read)
    if first is None or last is None or not first[0] or first[0] != last[0]:
        return None
    if first[1] > last[1]:
        return None  # null in FEEL, false in the small language
    start = Cut(0, first[1], -1 if opening == "[" else 1)
    end = Cut(0, last[1], 1 if closing == "]" else -1)
    return Region(first[0], ((start, end),) if start < end else ())


def _end(text: str, read: Reader) -> tuple[str, Any] | None:
    """The kind and key of a literal; ("", None) for null, None for what is no literal."""
    if not LITERAL.fullmatch(text):
        return None
    try:
        value = read(text)
    except (ExpressionError, ValueError):
        return None
    return ("", None) if value is None else place(value)
