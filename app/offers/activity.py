"""Page of one offer: status, missing fields, preview, versions, publish, copy."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, for_provider, offer_to_change, offer_to_read, worker
from app.offers.blueprint import bp
from app.offers.history import changes_of
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.pages import form_submission_id, page_number
from processes.base import today
from processes.casework.offers.publication import (
    begin,
    offer_submitted,
    publish_if_possible,
    take_step,
)
from processes.register.offers.branches import branches_of
from processes.register.offers.evaluations import summary_of
from processes.register.offers.offers import Offer, copy, mark_checked
from processes.register.offers.overview import counters, next_unchecked
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

ALL_CHECKED = "U hebt al uw activiteiten gecontroleerd."
ONLY_ONE = "Alle andere activiteiten zijn al gecontroleerd."


@bp.get("/<uuid:offer_id>")
@requires(Role.PROVIDER)
@for_provider
def show(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    return _page(provider, offer_to_read(offer_id))


@bp.get("/<uuid:offer_id>/voorbeeld")
@requires(Role.PROVIDER)
@for_provider
def preview(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_read(offer_id)
    return render_template("offers/preview.html", offer=offer, provider=provider, today=today())


@bp.get("/<uuid:offer_id>/versies")
@requires(Role.PROVIDER)
@for_provider
def versions(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_read(offer_id)
    changes = changes_of(db.session(), offer, page_number())
    return render_template("offers/versions.html", offer=offer, changes=changes, provider=provider)


@bp.post("/<uuid:offer_id>/publiceren")
@requires(Role.PROVIDER)
@for_change
def publish(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_change(offer_id)
    outcome = publish_if_possible(db.session(), offer.id, by=worker())
    if not outcome.done:
        return _page(provider, offer, refusal=outcome.remark), 422
    unit_of_work(db.session()).commit()
    flash(f"{outcome.title}: {outcome.remark}", "ok" if offer.is_visible(today()) else "warning")
    return redirect(url_for("offers.show", offer_id=offer.id))


@bp.post("/<uuid:offer_id>/gecontroleerd")
@requires(Role.PROVIDER)
@for_change
def check(provider: Provider, offer_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - of for_change
    offer = offer_to_change(offer_id)
    checked = request.form.get("gecontroleerd") == "ja"
    mark_checked(db.session(), offer.id, checked, by=current_user().label)
    unit_of_work(db.session()).commit()
    if "volgende" in request.form:
        return redirect(url_for("offers.next_to_check", na=offer.id))
    return redirect(url_for("offers.show", offer_id=offer.id))


@bp.get("/te-controleren")
@requires(Role.PROVIDER)
@for_provider
def next_to_check(provider: Provider) -> ResponseReturnValue:
    """Walks through all offers that nobody checked yet, by title (R26)."""
    here = request.args.get("na", "")
    after = offer_to_read(_id_in(here)) if here else None
    branch = current_user().branch
    following = next_unchecked(db.session(), provider.kvk, branch=branch, after=after)
    if following is None:
        is_last = after is not None and after.checked_at is None
        flash(ONLY_ONE if is_last else ALL_CHECKED, "info" if is_last else "ok")
        return redirect(url_for("offers.index"))
    return redirect(url_for("offers.show", offer_id=following))


def _id_in(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)


@bp.post("/<uuid:offer_id>/kopie")
@requires(Role.PROVIDER)
@for_change
def make_copy(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    session, by, submission_id = db.session(), worker(), form_submission_id()
    offer = offer_to_change(offer_id)
    session.refresh(provider, with_for_update=True)  # a double click waits here for the first one
    copy_id = offer_submitted(session, submission_id, by=by)
    if copy_id is None:
        made = copy(session, offer.id, by=by.label)
        begin(session, made, by=by)
        # A step that changes nothing keeps the token of the form, for the second click (R15).
        nothing = {"action": "edit", "changes": {}, "based_on": made.version}
        take_step(session, made, nothing, by=by, submission_id=submission_id)
        copy_id = made.id
        unit_of_work(session).commit()
    flash("Dit is de kopie. Pas haar aan en sla haar op.", "ok")
    return redirect(url_for("offers.edit", offer_id=copy_id))


def _page(provider: Provider, offer: Offer, *, refusal: str = "") -> str:
    branch = current_user().branch
    count = counters(db.session(), provider.kvk, on=today(), branch=branch)
    return render_template(
        "offers/show.html",
        offer=offer,
        provider=provider,
        missing=offer.missing_fields(),
        may_change=offer.is_editable_for(current_user().branch),
        refusal=refusal,
        branches=[] if branch else branches_of(db.session(), provider),
        today=today(),
        unchecked=count.total - count.checked,
        evaluation=summary_of(db.session(), offer.id),
    )
