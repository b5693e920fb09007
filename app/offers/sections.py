"""The edit form of a concept saves by itself: what was changed in it, while somebody types on.

The browser sends the whole form and names the fields that changed since the version in If-Match.
What is not valid is told and left out; the same form, sent by its button, works without any of it.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, offer_to_change, worker
from app.offers.blueprint import bp
from app.offers.editing import AFTER_MAKING, changes_in
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id
from forms.offers.offers import OfferForm
from forms.summary import errors_in_words
from processes.base import local, now
from processes.casework.offers.publication import begin, offer_submitted, take_step
from processes.letters.trail import doer_in_words
from processes.register.offers.end_dates import EndBeforeStartError
from processes.register.offers.fields import OfferFieldError
from processes.register.offers.offers import Offer, OfferStatus, StaleOfferError, create
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

PUBLISHED = "Deze activiteit is gepubliceerd. Druk op Opslaan: leraren zien het dan meteen."
STALE = (
    "Niet opgeslagen: {by} wijzigde deze activiteit intussen. Wat u typte, staat er nog. Druk op "
    "Opslaan om te zien wat er verschilt."
)
YOURSELF = "u (in een ander venster)"


@bp.post("/nieuw/deel")
@requires(Role.PROVIDER)
@limited(Rate.AUTOSAVE)
@for_change
def begin_by_itself(provider: Provider) -> ResponseReturnValue:
    """Make the activity as soon as it has a title; from then on its own address is saved to."""
    session, by, submission_id = db.session(), worker(), form_submission_id()
    form = OfferForm(request.form)
    form.validate()
    if not form.title.data or form.title.errors:
        return jsonify(waits=True)
    session.refresh(provider, with_for_update=True)  # a click on the button waits, or was first
    offer_id = offer_submitted(session, submission_id, by=by)
    if offer_id is not None:  # the answer was lost, and more may have been typed since
        offer = offer_to_change(offer_id)
        is_as_made = offer.status is OfferStatus.CONCEPT and offer.version <= AFTER_MAKING
        return _save(offer, form) if is_as_made else _stale(offer)
    offer = create(session, provider, by=by.label, branch=current_user().branch)
    begin(session, offer, by=by)
    return _save(offer, form, submission_id)


@bp.post("/<uuid:offer_id>/bewerken/deel")
@requires(Role.PROVIDER)
@limited(Rate.AUTOSAVE)
@for_change
def save_by_itself(provider: Provider, offer_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - of for_change
    offer = offer_to_change(offer_id)
    if offer.status is not OfferStatus.CONCEPT:
        return jsonify(text=PUBLISHED), HTTPStatus.CONFLICT
    if not request.if_match.contains(str(offer.version)):
        return _stale(offer)
    form = OfferForm(request.form)
    form.validate()
    return _save(offer, form)


def _save(offer: Offer, form: OfferForm, submission_id: UUID | None = None) -> ResponseReturnValue:
    """Save what is valid of the fields that changed; tell the errors of the others."""
    named = {name for name in request.form.getlist("deel") if name in form}
    errors = {name: errors_in_words(form[name]) for name in named if form[name].errors}
    wanted = (named | {"hours_confirmed"}) - errors.keys()
    changes = {name: value for name, value in changes_in(form).items() if name in wanted}
    step = {"action": "edit", "changes": changes, "based_on": offer.version}
    try:
        take_step(db.session(), offer, step, by=worker(), submission_id=submission_id)
    except StaleOfferError:
        db.session().rollback()
        return _stale(offer_to_change(offer.id))
    except (OfferFieldError, EndBeforeStartError) as error:
        db.session().rollback()
        name = error.field if isinstance(error, OfferFieldError) else "runs"
        return jsonify(errors=errors | {name: str(error)}), HTTPStatus.UNPROCESSABLE_ENTITY
    unit_of_work(db.session()).commit()
    return _saved(offer, errors)


def _stale(offer: Offer) -> ResponseReturnValue:
    is_own = offer.updated_by == worker().label
    text = STALE.format(by=YOURSELF if is_own else doer_in_words(offer.updated_by or "iemand"))
    return jsonify(text=text), HTTPStatus.PRECONDITION_FAILED


def _saved(offer: Offer, errors: Mapping[str, str]) -> ResponseReturnValue:
    db.session().refresh(offer)
    told: dict[str, Any] = {
        "version": offer.version,
        "text": f"Opgeslagen om {local(now()):%H.%M} uur",
        "errors": errors,
        "missing": render_template("offers/missing.html", missing=offer.missing_fields()),
        "page": url_for("offers.edit", offer_id=offer.id),
        "saves": url_for("offers.save_by_itself", offer_id=offer.id),
    }
    response = jsonify(told)
    response.set_etag(str(offer.version))
    return response
