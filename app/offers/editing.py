"""Creating and editing an offer; a concept may be incomplete (R24, R28, R30)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, offer_to_change, worker
from app.offers.blueprint import bp
from app.offers.conflict import Conflict, conflict_of
from app.web.access import Role, current_user, needs, requires
from app.web.db import db
from app.web.form_pages.offer_cases import comments_in
from app.web.kept_forms import kept_fields
from app.web.pages import form_submission_id, submission_id_in_address
from forms.offers.offers import OfferForm
from processes.base import today
from processes.casework.offers.publication import (
    begin,
    offer_submitted,
    publish_if_possible,
    take_step,
)
from processes.casework.offers.reports import asked_of
from processes.register.offers.end_dates import EndBeforeStartError
from processes.register.offers.fields import OfferFieldError, fields_of
from processes.register.offers.offers import Offer, OfferIncompleteError, StaleOfferError, create
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider
from processes.register.rich_text import editable
from processes.unit_of_work import unit_of_work

AFTER_MAKING = 2  # the version of an offer whose first form was saved
CALLED_OFF = (
    "De activiteit is opgeslagen. Let op: de einddatum, {end:%d-%m-%Y}, is voorbij, en de eerste "
    "uitvoering begint pas op {start:%d-%m-%Y}. Dat betekent dat de activiteit niet doorgaat. Gaat "
    "zij wel door? Wijzig dan de einddatum of haal die weg."
)
NOT_HERE = {"end_date"}  # has a page of its own, which says what it does (R20)


@bp.get("/nieuw")
@requires(Role.PROVIDER)
@needs(Right.EDITOR)
@for_change
def new(provider: Provider) -> ResponseReturnValue:
    """The token of the form stands in the address: who comes back finds what was made (R15)."""
    token = submission_id_in_address()
    offer_id = offer_submitted(db.session(), token, by=worker()) if token else None
    if offer_id is not None:
        flash("U hebt deze activiteit al opgeslagen. U kunt haar hier wijzigen.", "info")
        return redirect(url_for("offers.edit", offer_id=offer_id))
    return _page(_kept() or OfferForm(), provider=provider)


@bp.post("/nieuw")
@requires(Role.PROVIDER)
@for_change
def add(provider: Provider) -> ResponseReturnValue:
    session, by, submission_id = db.session(), worker(), form_submission_id()
    form = OfferForm(request.form)
    if not form.validate():
        return _page(form, provider=provider), 422
    session.refresh(provider, with_for_update=True)  # a double click waits here for the first one
    if offer_id := offer_submitted(session, submission_id, by=by):
        return _sent_again(provider, offer_id, form)
    offer = create(session, provider, by=by.label, branch=current_user().branch)
    begin(session, offer, by=by)
    form.based_on.data = offer.version
    return _save(provider, offer, form, submission_id)


def _sent_again(provider: Provider, offer_id: UUID, form: OfferForm) -> ResponseReturnValue:
    """The same form for the second time: a double click, or somebody who went back and typed on."""
    offer = offer_to_change(offer_id)
    form.based_on.data = min(offer.version, AFTER_MAKING)
    return _save(provider, offer, form, uuid4())


@bp.get("/<uuid:offer_id>/bewerken")
@requires(Role.PROVIDER)
@needs(Right.EDITOR)
@for_change
def edit(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    return _page(_kept() or form_of(offer), provider=provider, offer=offer)


@bp.post("/<uuid:offer_id>/bewerken")
@requires(Role.PROVIDER)
@for_change
def save(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    form = OfferForm(request.form)
    if not form.validate():
        return _page(form, provider=provider, offer=offer), 422
    return _save(provider, offer, form, form_submission_id())


def _save(
    provider: Provider, offer: Offer, form: OfferForm, submission_id: UUID
) -> ResponseReturnValue:
    session, offer_id, based_on = db.session(), offer.id, form.based_on.data or 0
    went_ahead = not offer.is_called_off(today())
    try:
        variables = {"action": "edit", "changes": changes_in(form), "based_on": based_on}
        take_step(session, offer, variables, by=worker(), submission_id=submission_id)
    except StaleOfferError as error:
        session.rollback()
        offer = offer_to_change(offer_id)
        conflict = conflict_of(session, offer, form.changes(), based_on, by=worker().label)
        merged = form_of(offer, conflict.keep)
        merged.based_on.data = error.version
        return _page(merged, provider=provider, offer=offer, conflict=conflict), 409
    except OfferFieldError as error:
        return _refused(provider, offer_id, form, {error.field: error.message})
    except OfferIncompleteError as error:
        return _refused(provider, offer_id, form, _needed(error))
    except EndBeforeStartError as error:
        message = f"De activiteit heeft {error.end:%d-%m-%Y} als einddatum. Kies een eerdere dag."
        return _refused(provider, offer_id, form, {"runs": message})
    if request.form.get("next") == "publish":
        return _publish(provider, offer)
    unit_of_work(session).commit()
    if went_ahead and offer.is_called_off(today()):
        flash(CALLED_OFF.format(start=offer.start_date, end=offer.end_date), "warning")
    else:
        flash("De activiteit is opgeslagen.", "ok")
    return redirect(url_for("offers.show", offer_id=offer_id))


def _publish(provider: Provider, offer: Offer) -> ResponseReturnValue:
    """Publish what was just saved; what is saved stays saved when it is not complete."""
    outcome = publish_if_possible(db.session(), offer.id, by=worker())
    unit_of_work(db.session()).commit()
    if not outcome.done:
        return _page(form_of(offer), provider=provider, offer=offer, refusal=outcome.remark), 422
    flash(f"{outcome.title}: {outcome.remark}", "ok" if offer.is_visible(today()) else "warning")
    return redirect(url_for("offers.show", offer_id=offer.id))


def _refused(
    provider: Provider, offer_id: UUID, form: OfferForm, messages: Mapping[str, str]
) -> ResponseReturnValue:
    db.session().rollback()
    for field, message in messages.items():
        form[field].errors = [*form[field].errors, message]
    offer = None if request.endpoint == "offers.add" else offer_to_change(offer_id)
    return _page(form, provider=provider, offer=offer), 422


def _needed(error: OfferIncompleteError) -> dict[str, str]:
    """What a published activity may not lose: teachers read it at this moment (R24, R28)."""
    return {
        each.field: f"De activiteit is gepubliceerd. Daarom is dit nodig. {each.label}."
        for each in error.missing
    }


def _kept() -> OfferForm | None:
    """What somebody sent here after their session had ended (R17)."""
    kept = kept_fields(request.full_path)
    return None if kept is None else OfferForm.from_draft(kept)


def changes_in(form: OfferForm) -> dict[str, Any]:
    """The form as changes of the offer, without fields that have their own page."""
    changes = {field: new for field, new in form.changes().items() if field not in NOT_HERE}
    if request.form.get("hours_confirmed") == "ja":
        changes["hours_confirmed"] = True  # R52
    return changes


def form_of(offer: Offer, keep: Mapping[str, Any] | None = None) -> OfferForm:
    """The form filled with the offer, except for the values in `keep`."""
    fields = fields_of(offer) | dict(keep or {})
    fields |= {"contribution": editable(fields["contribution"] or "")}
    fields |= {"content": editable(fields["content"] or "")}
    return OfferForm(data={**fields, "based_on": offer.version})


def _page(
    form: OfferForm,
    *,
    provider: Provider,
    offer: Offer | None = None,
    conflict: Conflict | None = None,
    refusal: str = "",
) -> str:
    return render_template(
        "offers/edit.html",
        form=form,
        offer=offer,
        provider=provider,
        missing=offer.missing_fields() if offer else [],
        asked=comments_in(asked_of(db.session(), offer.id)) if offer else None,
        conflict=conflict,
        refusal=refusal,
        submission_id=submission_id_in_address() or uuid4(),
        was_kept=request.method == "GET" and _kept() is not None,
    )
