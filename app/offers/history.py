"""Change history of an offer: who changed which field, old and new value (R28, R30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.offers.text_changes import MarkedText, marked_texts
from processes.register.offers.fields import FIELD_LABELS
from processes.register.offers.in_words import in_words
from processes.register.offers.offers import Offer
from processes.register.offers.versions import fields_after, versions_of
from processes.register.paging import Page


@dataclass(frozen=True)
class FieldChange:
    """A field of which both values are shown; equal texts differ in their markup."""

    field: str
    label: str
    old: MarkedText
    new: MarkedText


@dataclass(frozen=True)
class Change:
    """One save of the offer."""

    by: str
    at: datetime
    version: int
    fields: list[FieldChange]


def changes_of(session: Session, offer: Offer, number: int) -> Page[Change]:
    """A page of the changes of this offer, the newest first."""
    page, changes = versions_of(session, offer, number), []
    after = fields_after(session, offer, page.items[0].version) if page.items else {}
    for version in page:
        fields = differences(version.fields, after)
        changes.append(Change(version.changed_by, version.changed_at, version.version + 1, fields))
        after = version.fields
    return Page(changes, page.number, page.per_page, page.total)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldChange]:
    """The fields that differ, in Dutch."""
    return [
        _change(field, label, old.get(field), new.get(field))
        for field, label in FIELD_LABELS.items()
        if old.get(field) != new.get(field)
    ]


def _change(field: str, label: str, old: Any, new: Any) -> FieldChange:
    return FieldChange(field, label, *marked_texts(in_words(field, old), in_words(field, new)))
