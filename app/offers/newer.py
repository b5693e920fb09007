"""Newer data of the older register: what differs, and the choice to take it or leave it (R50)."""

from collections.abc import Collection
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, offer_to_change
from app.offers.blueprint import bp
from app.offers.history import differences
from app.web.access import Role, current_user, needs, requires
from app.web.db import db
from processes.register.legacy.newer import keep_own, newer_fields, take_newer
from processes.register.offers.end_dates import EndBeforeStartError
from processes.register.offers.fields import OfferFieldError, fields_of
from processes.register.offers.offers import Offer, OfferIncompleteError
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/<uuid:offer_id>/brongegevens")
@requires(Role.PROVIDER)
@needs(Right.EDITOR)
@for_change
def newer(provider: Provider, offer_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - of for_change
    return _page(offer_to_change(offer_id))


@bp.post("/<uuid:offer_id>/brongegevens")
@requires(Role.PROVIDER)
@for_change
def choose_newer(provider: Provider, offer_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - of for_change
    offer, session = offer_to_change(offer_id), db.session()
    choice, chosen = request.form.get("keuze"), request.form.getlist("gegeven")
    if request.form.get("gezien") != _state(offer):
        return _page(offer, chosen, CHANGED), 409
    if choice == "overnemen":
        if not chosen:
            return _page(offer, problem=NOTHING_CHOSEN), 422
        try:
            with session.begin_nested():
                take_newer(session, offer.id, chosen, by=current_user().label)
        except (EndBeforeStartError, OfferFieldError, OfferIncompleteError):
            session.refresh(offer)
            return _page(offer, chosen, LACKING), 422
        said = "De gekozen gegevens uit het oude register zijn overgenomen."
    elif choice == "houden":
        keep_own(session, offer.id)
        said = "Uw eigen gegevens blijven staan."
    else:
        return _page(offer, chosen, "Kies wat u met de nieuwere gegevens wilt doen."), 422
    unit_of_work(session).commit()
    flash(said, "ok")
    return redirect(url_for("offers.show", offer_id=offer.id), 303)


LACKING = (
    "Met deze gegevens is de activiteit niet meer compleet, of klopt de einddatum niet meer. Kies "
    "andere gegevens, of houd uw eigen gegevens."
)
NOTHING_CHOSEN = "Vink aan welke gegevens u overneemt, of houd uw eigen gegevens."
CHANGED = (
    "Deze gegevens zijn intussen veranderd, bij u of in het oude register. Hieronder staat hoe het "
    "nu is. Kies opnieuw."
)


def _state(offer: Offer) -> str:
    """What the page compares: it changes with either side."""
    return f"{offer.version}-{offer.legacy_checksum}"


def _page(offer: Offer, chosen: Collection[str] = (), problem: str = "") -> str:
    mine = fields_of(offer)
    changes = differences(mine, mine | newer_fields(offer))
    return render_template(
        "offers/newer.html",
        offer=offer,
        changes=changes,
        chosen=chosen,
        problem=problem,
        state=_state(offer),
    )
