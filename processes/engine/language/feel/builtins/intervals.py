"""Functions of FEEL that compare ranges and points (DMN 1.5 §10.3.4.6)."""

from collections.abc import Callable
from typing import Any, TypeAlias

from processes.engine.language.feel.builtins.registry import built_in
from processes.engine.language.feel.comparing import compare
from processes.engine.language.feel.values import NoValueError, Range
from processes.engine.sentences.catalogue import say

Relation: TypeAlias = Callable[[Range, Range], bool]


def _related(relation: Relation) -> Callable[[Any, Any], bool]:
    """The relation between two values, of which a point is a range that holds it alone."""

    def run(one: Any, other: Any) -> bool:
        if one is None or other is None:
            raise NoValueError(say("feel.range-without-ends"))
        return relation(_as_range(one), _as_range(other))

    return run


def _as_range(value: Any) -> Range:
    if isinstance(value, Range):
        return value
    return Range(value, value, low_included=True, high_included=True)


def _swapped(relation: Relation) -> Relation:
    return lambda one, other: relation(other, one)


def _is_before(one: Range, other: Range) -> bool:
    order = compare(one.high, other.low)
    return order < 0 or (order == 0 and not (one.high_included and other.low_included))


def _meets(one: Range, other: Range) -> bool:
    touch = one.high_included and other.low_included
    return touch and compare(one.high, other.low) == 0


def _overlaps(one: Range, other: Range) -> bool:
    return not _is_before(one, other) and not _is_before(other, one)


def _low_order(one: Range, other: Range) -> int:
    """How the low ends are ordered: one that belongs to its range comes first."""
    order = compare(one.low, other.low)
    return order or int(other.low_included) - int(one.low_included)


def _high_order(one: Range, other: Range) -> int:
    """How the high ends are ordered: one that belongs to its range comes last."""
    order = compare(one.high, other.high)
    return order or int(one.high_included) - int(other.high_included)


def _overlaps_before(one: Range, other: Range) -> bool:
    starts_first = _low_order(one, other) < 0
    ends_within = _high_order(one, other) <= 0
    return starts_first and ends_within and not _is_before(one, other)


def _overlaps_after(one: Range, other: Range) -> bool:
    ends_last = _high_order(one, other) > 0
    starts_within = _low_order(one, other) >= 0
    return ends_last and starts_within and not _is_before(other, one)


def _includes(one: Range, other: Range) -> bool:
    return _low_order(one, other) <= 0 <= _high_order(one, other)


def _finishes(one: Range, other: Range) -> bool:
    return _high_order(one, other) == 0 and _low_order(one, other) >= 0


def _starts(one: Range, other: Range) -> bool:
    return _low_order(one, other) == 0 and _high_order(one, other) <= 0


def _coincides(one: Range, other: Range) -> bool:
    return _low_order(one, other) == 0 == _high_order(one, other)


for _name, _parameters, _relation in (
    ("before", "point1, point2", _is_before),
    ("after", "point1, point2", _swapped(_is_before)),
    ("meets", "range1, range2", _meets),
    ("met by", "range1, range2", _swapped(_meets)),
    ("overlaps", "range1, range2", _overlaps),
    ("overlaps before", "range1, range2", _overlaps_before),
    ("overlaps after", "range1, range2", _overlaps_after),
    ("finishes", "point, range", _finishes),
    ("finished by", "range, point", _swapped(_finishes)),
    ("includes", "range, point", _includes),
    ("during", "point, range", _swapped(_includes)),
    ("starts", "point, range", _starts),
    ("started by", "range, point", _swapped(_starts)),
    ("coincides", "point1, point2", _coincides),
):
    built_in(_name, _parameters)(_related(_relation))
