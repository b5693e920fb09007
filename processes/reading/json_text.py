"""Reads JSON that others wrote: what is nested too deep is refused like what is no JSON."""

import json
import re
from typing import Any

DEEPEST = 100
"""Objects and arrays in one another: no more than any form, diagram or register needs."""

# A string without its end as well: it would be looked for from each of the quotes in it.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)


class TooDeepError(ValueError):
    """It is nested deeper than `DEEPEST`."""


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text; bytes are UTF-8, perhaps with the mark that Windows writes first.

    Raises TooDeepError, and ValueError for no JSON.
    Its depth is counted before it is parsed: parsers call themselves for each level.
    """
    written = text if isinstance(text, str) else text.decode("utf-8-sig")
    depth = 0
    for found in _PIECE.finditer(written):
        piece = found.group()
        if piece in "[{":
            depth += 1
            if depth > DEEPEST:
                message = f"nested deeper than {DEEPEST}"
                raise TooDeepError(message)
        elif piece in "]}":
            depth -= 1
    return json.loads(written)
