"""Change history of an offer: who changed which field, old and new value (R28, R30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from processes.dutch import decimal_text
from processes.register.offers.fields import FIELD_LABELS, fields_of
from processes.register.offers.offers import Offer
from processes.register.offers.runs import run_of
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS
from processes.register.offers.versions import versions_of
from processes.register.rich_text import as_text

WORDS: Mapping[str, str] = {
    str(word): label
    for labels in (AREA_LABELS, SECTOR_LABELS, KIND_LABELS)
    for word, label in labels.items()
}
LONG_TEXTS = {"contribution", "content"}


@dataclass(frozen=True)
class FieldChange:
    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One save of the offer."""

    by: str
    at: datetime
    version: int
    fields: list[FieldChange]


def changes_of(session: Session, offer: Offer) -> list[Change]:
    """Every change of this offer, the newest first."""
    after, changes = fields_of(offer), []
    for version in versions_of(session, offer):
        fields = differences(version.fields, after)
        changes.append(Change(version.changed_by, version.changed_at, version.version + 1, fields))
        after = version.fields
    return changes


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldChange]:
    """The fields that differ, in Dutch."""
    return [
        FieldChange(field, label, in_words(field, old.get(field)), in_words(field, new.get(field)))
        for field, label in FIELD_LABELS.items()
        if old.get(field) != new.get(field)
    ]


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
