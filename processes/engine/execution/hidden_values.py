"""Takes the values of a case out of the text of an error before it is stored (AVG article 25).

What somebody typed is read where variables are shown, for a reason; never in an error.
"""

import json
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

HIDDEN = "•••"
LONG = 5  # characters: what is shorter is hidden as a word of its own alone
PLACE = '  File "'  # begins a frame of a stack trace
DEEPEST = 20
LETTER = r"[^\W_]"
UNKNOWN = re.compile(
    r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+|(?<![\w.:-])\+?\d(?:[ -]?\d){8,}(?![\w:-])"
)
"""What may be somebody's whatever the case knows: e-mail addresses, numbers of nine digits or more.
"""


def without_values(text: str, values: Any) -> str:
    """The text with ••• for each text and number in these values, in capitals or not.

    So are e-mail addresses and long numbers, such as of a telephone. None for values that cannot be
    known: then nothing of the text is left.
    """
    if values is None:
        return HIDDEN
    known, lower = set(_told(values, DEEPEST)), text.casefold()
    found = sorted((each for each in known if each.casefold() in lower), key=len, reverse=True)
    if found:
        text = re.sub("|".join(map(_pattern, found)), HIDDEN, text, flags=re.IGNORECASE)
    return UNKNOWN.sub(HIDDEN, text)


def trace_without(error: BaseException, values: Any) -> str:
    """The stack trace of an exception, its places in code whole, its texts without these values."""
    if values is None:
        return HIDDEN
    return "".join(
        each if each.startswith(PLACE) else without_values(each, values)
        for each in traceback.format_exception(error)
    )


def _pattern(value: str) -> str:
    escaped = re.escape(value)
    return escaped if len(value) >= LONG else f"(?<!{LETTER}){escaped}(?!{LETTER})"


def _told(value: Any, depth: int) -> Iterator[str]:
    """Each text and number in the value, a line each, also as Python and JSON write it."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        inside = value.values() if isinstance(value, Mapping) else value
        for each in inside if depth else ():
            yield from _told(each, depth - 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        text = str(value)
        written = (text, *text.splitlines(), repr(text)[1:-1], json.dumps(text)[1:-1])
        yield from (each.strip() for each in written if any(map(str.isalnum, each)))
