"""Takes the values of a case out of the text of an error before it is stored (AVG article 25).

What somebody typed is read where variables are shown, for a reason; never in an error.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HIDDEN = "•••"
SHORTEST = 5  # characters: of what is shorter nobody can be known, and words would be torn
PLACE = '  File "'  # of a stack trace; the line of code follows it
DEEPEST = 20


def without_values(text: str, values: Any) -> str:
    """The text with ••• for each text and long number in these values; places in code stay."""
    found = sorted(set(_told(values, DEEPEST)), key=len, reverse=True)
    if not found or not text:
        return text
    lines, is_place = [], False
    for line in text.split("\n"):
        is_place = line.startswith(PLACE) or (is_place and line.startswith("    "))
        lines.append(line if is_place else _without(line, found))
    return "\n".join(lines)


def _without(line: str, values: Sequence[str]) -> str:
    for each in values:
        line = line.replace(each, HIDDEN)
    return line


def _told(value: Any, depth: int) -> Iterator[str]:
    """Each text and long number in the value, a line each, also as Python writes it."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        inside = value.values() if isinstance(value, Mapping) else value
        for each in inside if depth else ():
            yield from _told(each, depth - 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        text = str(value)
        written = (text, *text.splitlines(), repr(text)[1:-1])
        yield from (each.strip() for each in written if len(each.strip()) >= SHORTEST)
