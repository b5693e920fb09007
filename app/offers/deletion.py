"""Deleting an offer; the page suggests an end date first (R31, R32)."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, offer_to_change, worker
from app.offers.blueprint import bp
from app.web.access import Role, needs, needs_recent_login, requires
from app.web.db import db
from app.web.pages import form_submission_id
from forms.offers.offers import DeleteOfferForm
from processes.base import today
from processes.casework.offers.publication import take_step
from processes.register.offers.offers import Offer
from processes.register.portfolio.entries import portfolios_with
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/<uuid:offer_id>/verwijderen")
@requires(Role.PROVIDER)
@needs(Right.EDITOR)
@for_change
def delete(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    return _page(provider, offer, DeleteOfferForm.for_title(offer.title)())


@bp.post("/<uuid:offer_id>/verwijderen")
@requires(Role.PROVIDER)
@needs_recent_login
@for_change
def confirm_deletion(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    form = DeleteOfferForm.for_title(offer.title)(request.form)
    if not form.validate():
        return _page(provider, offer, form), 422
    title = offer.title or "Activiteit zonder titel"
    take_step(
        db.session(), offer, form.variables(), by=worker(), submission_id=form_submission_id()
    )
    unit_of_work(db.session()).commit()
    flash(f"{title} is verwijderd.", "ok")
    return redirect(url_for("offers.index"))


def _page(provider: Provider, offer: Offer, form: DeleteOfferForm) -> str:
    return render_template(
        "offers/delete.html",
        provider=provider,
        offer=offer,
        form=form,
        holders=portfolios_with(db.session(), offer.id),
        today=today(),
    )
