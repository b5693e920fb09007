"""Merge of concurrent edits of an offer: what the other changed, what you changed (R30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from processes.letters.trail import doer_in_words
from processes.register.offers.fields import FIELD_LABELS, as_json, fields_of, read
from processes.register.offers.in_words import in_words
from processes.register.offers.offers import Offer
from processes.register.offers.versions import fields_of_version


@dataclass(frozen=True)
class Clash:
    """A field that the other user changed; `both`: you changed it too."""

    field: str
    label: str
    theirs: str
    yours: str
    both: bool


@dataclass(frozen=True)
class Conflict:
    """The other user's changes, and your own, which the form keeps."""

    clashes: list[Clash]
    keep: dict[str, Any]
    changed_by: str
    is_own: bool  # saved by the same person, in another window
    end_date: str  # in words, where it changed: it has a page of its own, and no field in the form


def conflict_of(
    session: Session, offer: Offer, sent: Mapping[str, Any], based_on: int, *, by: str
) -> Conflict:
    """Three-way comparison of the form that `by` sent, the offer, and the version that was read."""
    current = fields_of(offer)
    began = fields_of_version(session, offer, based_on) or {}
    yours = {field: as_json(value) for field, value in read(sent).items() if field != "end_date"}
    mine = {field: new for field, new in yours.items() if new != began.get(field)}
    clashes = [
        Clash(
            field,
            label,
            in_words(field, current[field]),
            in_words(field, yours[field]),
            both=field in mine,
        )
        for field, label in FIELD_LABELS.items()
        if field in yours and current[field] != began.get(field) and current[field] != yours[field]
    ]
    has_other_end = current["end_date"] != began.get("end_date")
    return Conflict(
        clashes,
        mine,
        doer_in_words(offer.updated_by or ""),
        is_own=offer.updated_by == by,
        end_date=_day(current["end_date"]) if has_other_end else "",
    )


def _day(end_date: str | None) -> str:
    return in_words("end_date", end_date) if end_date else "geen"
