"""Masks variables that may hold personal data, until the operator asks for them."""

import json
import re
from typing import Any
from uuid import UUID

from app.operations.blueprint import bp

HIDDEN = "•••"
MOST_OF_A_LIST = 100  # items of one list on a page
PLACE = '  File "'
BETWEEN = {
    "Traceback (most recent call last):",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
    "",
}
EXCEPTION = re.compile(
    r"((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Warning|Interrupt|Exit))(:.*)?$"
)
HARMLESS = frozenset(
    {
        "action",
        "all_yes",
        "answers",
        "attempt",
        "change",
        "company_known",
        "next",
        "offer_id",
        "offers_failed",
        "offers_migrated",
        "outcome",
        "provider_id",
        "reference",
        "set_version",
    }
)
"""Names of variables that say nothing about a person; whatever is not known here, is hidden."""


def masked(value: Any, *, harmless: bool = False) -> Any:
    """The same structure with every text and number masked that may be personal."""
    match value:
        case dict():
            return {
                key: masked(each, harmless=harmless or key in HARMLESS)
                for key, each in value.items()
            }
        case list():
            return [masked(each, harmless=harmless) for each in value]
        case bool() | None:
            return value
        case _ if harmless or is_id(value):
            return value
    return HIDDEN


def is_id(value: Any) -> bool:
    """Whether the value is an id, which by itself identifies nobody."""
    try:
        UUID(value)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


@bp.app_template_filter("zonder_teksten")
def without_texts(trace: str) -> str:
    """A stack trace, or one error, without the texts of exceptions: those may hold what was typed.

    Kept are the places in the code, the types of exceptions, and ids.
    """
    kept, is_place = [], False
    for line in trace.splitlines():
        is_place = line.startswith(PLACE) or (is_place and line.startswith("    "))
        if is_place or line in BETWEEN or is_id(line):
            kept.append(line)
        elif (error := EXCEPTION.match(line)) is not None:
            kept.append(f"{error[1]}: {HIDDEN}" if error[2] else error[1])
        elif kept[-1:] != [HIDDEN]:
            kept.append(HIDDEN)
    return "\n".join(kept)


@bp.app_template_filter("als_json")
def as_json(value: Any) -> str:
    """For people to read: letters as they are; the template escapes what HTML would read."""
    return json.dumps(_shortened(value), ensure_ascii=False, indent=2)


def _shortened(value: Any) -> Any:
    """The same structure, of each long list only the beginning."""
    match value:
        case dict():
            return {key: _shortened(each) for key, each in value.items()}
        case list() if len(value) > MOST_OF_A_LIST:
            rest = f"… en nog {len(value) - MOST_OF_A_LIST}"
            return [*map(_shortened, value[:MOST_OF_A_LIST]), rest]
        case list():
            return [_shortened(each) for each in value]
    return value
