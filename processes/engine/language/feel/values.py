"""The values of FEEL (DMN 1.5 §10.3.2.2): kinds, durations, ranges and functions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final, NoReturn

from processes.engine.language.feel.moments import Date, DateTime, Time
from processes.engine.sentences.catalogue import say, word_list

DIGITS = 34  # IEEE 754-2008 Decimal128, DMN 1.5 §10.3.2.3.1
NUMBERS: Final = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
    flags=[],
)


class NoValueError(ValueError):
    """An expression has no value: it is null. The reason is Dutch, for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Months:
    """A duration of years and months, in months."""

    count: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration of days and time, in seconds."""

    count: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends, each of which belongs to it or not; a missing end is None."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool


@dataclass(frozen=True, eq=False)
class Variant:
    """One list of parameters that a function takes."""

    parameters: tuple[str, ...]
    run: Callable[..., Any]
    required: int  # how many of the parameters must be given
    spreads: bool = False  # the last parameter takes all that is left
    types: tuple[Any, ...] = ()  # what each parameter must conform to, where it was declared
    calls: bool = False  # it calls other functions, and is given the evaluation first


@dataclass(frozen=True, eq=False)
class Function:
    """A function of FEEL: built in, or written in the expression."""

    name: str
    variants: tuple[Variant, ...]
    result: Any = None  # the type of what it gives, where it was declared


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    Months: "years and months duration",
    Seconds: "days and time duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}
MOST_REASONS: Final = 10
DURATIONS = frozenset({"years and months duration", "days and time duration"})


def kind(value: Any) -> str:
    """The name of the FEEL type of a value."""
    return KINDS[type(value)]


def only_item(value: Any) -> Any:
    """The item of a list of one, else the value itself (DMN 1.5 §10.3.2.9.4)."""
    return value[0] if type(value) is list and len(value) == 1 else value


def kinds_text(operation: str, *values: Any) -> str:
    """That these kinds do not go together in this operation."""
    words = word_list("feel.kinds")
    kinds = " en ".join(dict.fromkeys(words[kind(each)] for each in values))
    return say("feel.clash", operation=operation, kinds=kinds)


def refuse_kinds(operation: str, *values: Any) -> NoReturn:
    """Raise NoValueError: these kinds do not go together in this operation."""
    raise NoValueError(kinds_text(operation, *values))


@dataclass(slots=True)
class Reasons:
    """Why an evaluation, or a part of it, came to null: the first few reasons, in order."""

    told: list[str] = field(default_factory=list)

    def note(self, reason: str) -> None:
        if len(self.told) < MOST_REASONS and reason not in self.told:
            self.told.append(reason)

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)
