"""Registers the built-in functions of FEEL, and reads what they are given."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from processes.engine.language.feel.arithmetic import whole
from processes.engine.language.feel.values import (
    Function,
    NoValueError,
    Variant,
    kind,
    only_item,
)
from processes.engine.sentences.catalogue import say, word_list

_functions: dict[str, Function] = {}
FUNCTIONS: Mapping[str, Function] = MappingProxyType(_functions)
"""Every built-in function, by name."""

Run = TypeVar("Run", bound=Callable[..., Any])


def built_in(
    name: str,
    parameters: str = "",
    *,
    required: int | None = None,
    spreads: bool = False,
    calls: bool = False,
) -> Callable[[Run], Run]:
    """Register a function under this name, with its parameters separated by commas.

    A second function under the same name is tried where the first does not take what is given.
    """
    names = tuple(each.strip() for each in parameters.split(",") if each.strip())

    def register(run: Run) -> Run:
        variant = Variant(
            names, run, len(names) if required is None else required, spreads=spreads, calls=calls
        )
        before = _functions[name].variants if name in _functions else ()
        _functions[name] = Function(name, (*before, variant))
        return run

    return register


def need(value: Any, *kinds: str) -> Any:
    """The value, or the only item of a list. Raises NoValueError where it is of no such kind."""
    value = only_item(value)
    if kind(value) not in kinds:
        words = word_list("feel.kinds")
        wanted = " of ".join(words[each] for each in kinds)
        raise NoValueError(say("feel.wants", wanted=wanted, found=words[kind(value)]))
    return value


def number(value: Any) -> Decimal:
    """A number. Raises NoValueError."""
    return need(value, "number")  # type: ignore[no-any-return]


def integer(value: Any) -> int:
    """A number without its fraction. Raises NoValueError."""
    return whole(number(value))


def text(value: Any) -> str:
    """A text. Raises NoValueError."""
    return need(value, "string")  # type: ignore[no-any-return]


def items(value: Any) -> list[Any]:
    """A list; any other value is a list of one, null is none. Raises NoValueError."""
    if value is None:
        raise NoValueError(say("feel.wants-list"))
    return value if isinstance(value, list) else [value]


def place(position: Any, length: int) -> int:
    """The index in Python of a position that counts from 1, or back from -1.

    Raises NoValueError.
    """
    at = integer(position)
    if at == 0 or abs(at) > length:
        raise NoValueError(say("feel.no-such-item"))
    return at - 1 if at > 0 else length + at
