"""The values of an offer's fields as text for people, in Dutch."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from processes.dutch import decimal_text
from processes.register.offers.runs import run_of
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS
from processes.register.rich_text import as_text

WORDS: Mapping[str, str] = {
    str(word): label
    for labels in (AREA_LABELS, SECTOR_LABELS, KIND_LABELS)
    for word, label in labels.items()
}
LONG_TEXTS = {"contribution", "content"}


def in_words(field: str, value: Any) -> str:
    """A JSON value as text for people."""
    match value:
        case None | "" | []:
            return "niets"
        case bool():
            return "ja" if value else "nee"
        case [dict(), *_]:
            return "; ".join(run_of(run).in_words for run in value)
        case list():
            return ", ".join(WORDS.get(word, word) for word in value)
    return _text(field, str(value))


def _text(field: str, value: str) -> str:
    if field in LONG_TEXTS:
        return as_text(value)
    if field.endswith("_date"):
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    if field.endswith("_hours"):
        return decimal_text(Decimal(value))
    return WORDS.get(value, value)
