"""The blueprint of /aanbod."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, url_for

from app.web.pages import add_helpers
from processes.register.offers.offers import Missing

bp = Blueprint("offers", __name__, url_prefix="/aanbod")
add_helpers(bp)


@bp.app_template_global()
def missing_links(offer_id: UUID, missing: Iterable[Missing]) -> list[tuple[str, str]]:
    """The missing fields, each with a link to where it is filled in (R24)."""
    form = url_for("offers.edit", offer_id=offer_id)
    return [(f"{form}#{each.field}", each.label) for each in missing]
