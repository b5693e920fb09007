"""Reads the default value that a diagram gives a form field: a text, by the type of the field."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from math import isfinite

from processes.engine.language import iso8601
from processes.engine.sentences.catalogue import word_list

LARGEST = 10**15
KVK = re.compile(r"[0-9]{8}", re.ASCII)
POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Z]{2})", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def whole_number(text: str) -> int:
    """A whole number of at most 15 digits. Raises ValueError."""
    if not re.fullmatch(r"-?[0-9]{1,15}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


def decimal_number(text: str) -> float:
    """A number, with a comma or a point. Raises ValueError."""
    value = float(text.replace(",", "."))
    if not isfinite(value) or abs(value) > LARGEST:
        raise ValueError(text)
    return int(value) if value.is_integer() else value


def yes_or_no(text: str) -> bool:
    """Whether this is yes, in one of its words. Raises ValueError."""
    answers = word_list("diagram.yes-no")
    if text.lower() not in answers:
        raise ValueError(text)
    return answers[text.lower()] == "true"


def day(text: str) -> str:
    """A day in ISO 8601, also from `28-11-2026`. Raises ValueError."""
    with suppress(ValueError):
        return iso8601.day(text).isoformat()
    return datetime.strptime(text, "%d-%m-%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone


def _of_form(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        match = pattern.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return " ".join(match.groups()) or text

    return read


email, kvk_number, postcode = _of_form(EMAIL), _of_form(KVK), _of_form(POSTCODE)
