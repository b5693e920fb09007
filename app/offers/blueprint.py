"""The blueprint of /aanbod."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, url_for

from app.web.pages import add_helpers
from processes.register.offers.fields import FIELD_LABELS
from processes.register.offers.offers import Missing, Offer
from processes.register.offers.runs import next_run

bp = Blueprint("offers", __name__, url_prefix="/aanbod")
add_helpers(bp)


@bp.app_template_global()
def missing_links(offer_id: UUID, missing: Iterable[Missing]) -> list[tuple[str, str]]:
    """The missing fields, each with a link to where it is filled in (R24)."""
    form = url_for("offers.edit", offer_id=offer_id)
    return [(f"{form}#{each.field}", each.label) for each in missing]


@bp.app_template_global()
def missing_labels(offer: Offer) -> list[str]:
    """The fields that publishing asks and this offer lacks, each named once (R24)."""
    return list(dict.fromkeys(FIELD_LABELS[each.field] for each in offer.missing_fields()))


@bp.app_template_global()
def next_day(offer: Offer, on: date) -> str:
    """The next day on which a run of this activity begins, as 31-12-2026; empty without one."""
    run = next_run(offer.runs, on)
    return f"{run.start:%d-%m-%Y}" if run and run.start else ""


@bp.app_template_global()
def field_labels(names: Iterable[str]) -> list[str]:
    """The fields of an offer in Dutch, in the order of the form."""
    wanted = set(names)
    return [label for name, label in FIELD_LABELS.items() if name in wanted]
