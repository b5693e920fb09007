"""What a service task draws of an answer: fields to variables, and statuses to BPMN errors.

Both are texts with one pair per comma, semicolon or line: "zaaknummer = zaak.nummer" and
"404 = niet-gevonden, 5xx = storing".
"""

import re
from collections.abc import Mapping
from typing import Any

PAIRS = re.compile(r"[,;\n]")
STATUS = re.compile(r"[45](?:\d\d|xx)", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)
PATH = re.compile(r"[^.\s=]{1,100}(?:\.[^.\s=]{1,100}){0,9}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)


class MappingError(ValueError):
    """A pair that cannot be read; its text is that pair."""


def variables_by_field(text: str) -> dict[str, str]:
    """Name of the variable → path of the field in the answer. Raises MappingError."""
    return _pairs(text, NAME, PATH)


def errors_by_status(text: str) -> dict[str, str]:
    """Status (404, or 4xx for all of them) → code of the BPMN error. Raises MappingError."""
    return _pairs(text.replace("XX", "xx"), STATUS, CODE)


def error_of(errors: Mapping[str, str], status: int) -> str | None:
    """The code for this status: what names it exactly goes first."""
    return errors.get(str(status)) or errors.get(f"{status // 100}xx")


def field_at(answer: Any, path: str) -> Any:
    """The value at "zaak.nummer" or "regels.0.naam"; None where there is none."""
    for part in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isascii() and part.isdigit():
            answer = answer[int(part)] if int(part) < len(answer) else None
        else:
            return None
    return answer


def _pairs(text: str, left: re.Pattern[str], right: re.Pattern[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, PAIRS.split(text))):
        first, _, second = (part.strip() for part in pair.partition("="))
        if not left.fullmatch(first) or not right.fullmatch(second) or first in found:
            raise MappingError(pair[:100])
        found[first] = second
    return found
