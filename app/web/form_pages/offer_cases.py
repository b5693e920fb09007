"""The offer that a case is about, for the pages of its tasks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.web.db import db
from forms.pages import Answered
from forms.provider.corrections import corrections_in
from processes.casework.offers.reports import offer_with_provider
from processes.register.offers.fields import FIELD_LABELS, fields_of
from processes.register.offers.in_words import in_words
from processes.register.offers.offers import Offer
from processes.register.offers.reports.reports import reports_of


def offer_about(variables: Mapping[str, Any], kvk: str) -> Offer | None:
    """The offer that these variables name, if it is of this company."""
    try:
        offer = offer_with_provider(db.session(), UUID(str(variables.get("offer_id"))))
    except ValueError:
        return None
    return offer if offer and offer.provider.kvk == kvk else None


def answers_about(variables: Mapping[str, Any], kvk: str) -> list[Answered]:
    """Its fields in words; of a made-up case those among its variables."""
    offer = offer_about(variables, kvk)
    given = fields_of(offer) if offer else {name: variables.get(name) for name in FIELD_LABELS}
    labels = FIELD_LABELS.items()
    return [Answered(name, label, in_words(name, given[name])) for name, label in labels]


def context_about(variables: Mapping[str, Any], kvk: str) -> dict[str, Any]:
    """The offer, the open reports, and the comments of the last review with their labels."""
    offer = offer_about(variables, kvk)
    return {
        "offer": offer,
        "reports": reports_of(db.session(), offer.id, is_open=True) if offer else [],
        **comments_in(variables),
        "reply": variables.get("correction_reply"),
    }


def comments_in(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider has to change: `comments` (field, label, text) and a `remark`."""
    asked = corrections_in(variables, list(FIELD_LABELS))
    comments = [(name, FIELD_LABELS[name], text) for name, text in asked.comments.items()]
    return {"comments": comments, "remark": asked.remark}
