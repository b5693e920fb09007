"""Types of FEEL: `instance of`, and the conversions to a declared type (DMN 1.5 §10.3.2.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from processes.engine.language.feel.moments import UTC_ZONE, Date, DateTime, Time
from processes.engine.language.feel.values import (
    Function,
    NoValueError,
    Range,
    kind,
)
from processes.engine.sentences.catalogue import say

SHORT_NAMES: Final[Mapping[str, str]] = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


TYPE_NAMES: Final = frozenset(
    {
        *("number", "string", "boolean", "date", "time", "date and time"),
        *("days and time duration", "years and months duration"),
        *("list", "range", "context", "function", "Any", "Null"),
        *SHORT_NAMES,
    }
)


@dataclass(frozen=True)
class Type:
    """A type: its name, what it holds, and of a context and a function their parts."""

    name: str
    of: "Type | None" = None  # the items of a list, the ends of a range, the result of a function
    entries: tuple[tuple[str, "Type"], ...] = ()
    parameters: tuple["Type", ...] = ()


ANY: Final = Type("Any")


def named_type(name: str) -> Type:
    """The type of one of FEEL's own names."""
    name = " ".join(name.split())
    return Type(SHORT_NAMES.get(name, name))


def is_instance(value: Any, type_: Type) -> bool:
    """`value instance of type`; null is an instance of Null alone."""
    if type_.name in ("Null", "null") or value is None:
        return value is None and type_.name in ("Null", "null")
    special = _INSTANCES.get(type_.name)
    if special is not None:
        return bool(special(value, type_))
    return kind(value) == type_.name


def conforms(one: Type, other: Type) -> bool:
    """Whether a value of the one type may stand where the other is wanted."""
    if other.name == "Any" or one.name in ("Null", "null"):
        return True
    if one.name != other.name:
        return False
    if other.name == "function":
        return _function_conforms(one, other)
    mine = dict(one.entries)
    entries = all(name in mine and conforms(mine[name], wanted) for name, wanted in other.entries)
    return entries and (other.of is None or (one.of is not None and conforms(one.of, other.of)))


def converted(value: Any, type_: Type) -> Any:
    """The value as this type wants it. Raises NoValueError where it cannot be."""
    if value is None or type_.name == "Any" or is_instance(value, type_):
        return value
    if isinstance(value, list) and len(value) == 1 and type_.name != "list":
        return converted(value[0], type_)
    if type_.name == "list" and type_.of is not None and not isinstance(value, list):
        return [converted(value, type_.of)]
    if type_.name == "date and time" and isinstance(value, Date):
        return DateTime(value, Time(0, 0, Decimal(0), UTC_ZONE))
    raise NoValueError(say("feel.not-of-type", type=type_.name))


def _list(value: Any, type_: Type) -> bool:
    items = type_.of or ANY
    return isinstance(value, list) and all(
        each is None or is_instance(each, items) or items.name == "Any" for each in value
    )


def _range(value: Any, type_: Type) -> bool:
    if not isinstance(value, Range):
        return False
    ends = [each for each in (value.low, value.high) if each is not None]
    return type_.of is None or all(is_instance(each, type_.of) for each in ends)


def _context(value: Any, type_: Type) -> bool:
    return isinstance(value, dict) and all(
        name in value and (value[name] is None or is_instance(value[name], wanted))
        for name, wanted in type_.entries
    )


def _function(value: Any, type_: Type) -> bool:
    if not isinstance(value, Function):
        return False
    if type_.of is None:
        return True
    variant = value.variants[0]
    own = Type("function", value.result or ANY, (), tuple(each or ANY for each in variant.types))
    return _function_conforms(own, type_)


def _function_conforms(one: Type, other: Type) -> bool:
    """The same number of parameters, each at least as wide, and a result as narrow."""
    return (
        len(one.parameters) == len(other.parameters)
        and all(map(conforms, other.parameters, one.parameters))
        and conforms(one.of or ANY, other.of or ANY)
    )


_INSTANCES: Mapping[str, Any] = {
    "Any": lambda value, _type: value is not None,
    "list": _list,
    "range": _range,
    "context": _context,
    "function": _function,
}
