"""Setting the last day on which an offer is visible (R20-R23)."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, offer_to_change, worker
from app.offers.blueprint import bp
from app.web.access import Role, needs, requires
from app.web.db import db
from app.web.pages import form_submission_id
from forms.offers.offers import EndDateForm
from processes.base import today
from processes.casework.offers.publication import take_step
from processes.register.offers.end_dates import end_date_notices, odd_year_notices
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/<uuid:offer_id>/einddatum")
@requires(Role.PROVIDER)
@needs(Right.EDITOR)
@for_change
def end_date(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    return _page(provider, offer, EndDateForm(data={"end_date": offer.end_date}))


@bp.post("/<uuid:offer_id>/einddatum")
@requires(Role.PROVIDER)
@for_change
def set_end_date(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    form = EndDateForm(request.form)
    if not form.validate() or not _follows_start(offer, form):
        return _page(provider, offer, form), 422
    day = day_in(form)
    notices = end_date_notices(offer, day, on=today())
    if _asks_confirmation(offer, day) and request.form.get("confirmed") != str(day):
        return _page(provider, offer, form, notices=notices)
    take_step(
        db.session(), offer, form.variables(), by=worker(), submission_id=form_submission_id()
    )
    unit_of_work(db.session()).commit()
    flash(_result(offer), "ok")
    return redirect(url_for("offers.show", offer_id=offer_id))


def day_in(form: EndDateForm) -> date | None:
    """The day that was typed, or None."""
    return cast("date | None", form.end_date.data)


def _follows_start(offer: Offer, form: EndDateForm) -> bool:
    """A past day may lie before the begin date: the activity does not go ahead (R20, R22)."""
    day = day_in(form)
    if day is None or offer.start_date is None or day >= offer.start_date or day < today():
        return True
    message = (
        f"De einddatum ligt voor de begindatum, {offer.start_date:%d-%m-%Y}. Gaat de activiteit "
        "niet door? Kies dan een einddatum in het verleden."
    )
    form.end_date.errors = [*form.end_date.errors, message]
    return False


def _asks_confirmation(offer: Offer, day: date | None) -> bool:
    """One plain confirmation: when this hides the activity, or when the year looks like a slip."""
    if day is None:
        return False
    is_past = day < today()
    hides = offer.is_visible(today()) and is_past
    calls_off = is_past and day < (offer.start_date or date.min)
    return hides or calls_off or bool(odd_year_notices(day, on=today()))


def _result(offer: Offer) -> str:
    if offer.end_date is None:
        effect = "De activiteit heeft nu geen einddatum."
    else:
        effect = f"De einddatum is nu {offer.end_date:%d-%m-%Y}."
    if offer.is_visible(today()):
        return f"{effect} Leraren vinden de activiteit in de catalogus."
    if offer.is_called_off(today()):
        return f"{effect} De activiteit gaat niet door. Leraren vinden haar niet in de catalogus."
    if offer.has_ended(today()) and offer.status is OfferStatus.PUBLISHED:
        return f"{effect} Leraren vinden de activiteit niet meer in de catalogus."
    return effect


def _page(
    provider: Provider, offer: Offer, form: EndDateForm, *, notices: list[str] | None = None
) -> str:
    return render_template(
        "offers/end_date.html",
        provider=provider,
        offer=offer,
        form=form,
        notices=notices or [],
        today=today(),
    )
