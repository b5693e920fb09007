"""Functions of FEEL on texts (DMN 1.5 §10.3.4.3). Positions count characters, from 1."""

from decimal import Decimal
from typing import Any

from processes.engine.language.feel.builtins.registry import (
    built_in,
    integer,
    items,
    place,
    text,
)
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel.values import NoValueError
from processes.engine.sentences.catalogue import say


@built_in("string", "from")
def _string(value: Any) -> str:
    if value is None:
        raise NoValueError(say("feel.string-of-nothing"))
    return value if isinstance(value, str) else text_of(value)


@built_in("substring", "string, start position, length")
def _substring(string: Any, start: Any, length: Any) -> str:
    read = text(string)
    at, count = place(start, len(read)), integer(length)
    if count < 1:
        raise NoValueError(say("feel.wrong-length"))
    return read[at : at + count]


@built_in("substring", "string, start position")
def _rest(string: Any, start: Any) -> str:
    read = text(string)
    return read[place(start, len(read)) :]


@built_in("string length", "string")
def _length(string: Any) -> Decimal:
    return Decimal(len(text(string)))


@built_in("upper case", "string")
def _upper(string: Any) -> str:
    return text(string).upper()


@built_in("lower case", "string")
def _lower(string: Any) -> str:
    return text(string).lower()


@built_in("substring before", "string, match")
def _before(string: Any, match: Any) -> str:
    before, found, _after = _parted(string, match)
    return before if found else ""


@built_in("substring after", "string, match")
def _after(string: Any, match: Any) -> str:
    return _parted(string, match)[2]


def _parted(string: Any, match: Any) -> tuple[str, str, str]:
    read, wanted = text(string), text(match)
    return read.partition(wanted) if wanted else ("", "", read)


@built_in("contains", "string, match")
def _contains(string: Any, match: Any) -> bool:
    return text(match) in text(string)


@built_in("starts with", "string, match")
def _starts_with(string: Any, match: Any) -> bool:
    return text(string).startswith(text(match))


@built_in("ends with", "string, match")
def _ends_with(string: Any, match: Any) -> bool:
    return text(string).endswith(text(match))


@built_in("string join", "list, delimiter", required=1)
def _join(strings: Any, delimiter: Any = None) -> str:
    """Nulls are left out."""
    between = "" if delimiter is None else text(delimiter)
    return between.join(text(each) for each in items(strings) if each is not None)
