"""Bulk actions on offers: publish, check, end date; over fifty in the background (R25)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.offers.access import for_change, for_provider, worker
from app.offers.blueprint import bp
from app.offers.end_dates import day_in
from app.offers.overview import filters_of, offers_of, overview_page
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.pages import form_submission_id
from forms.offers import EndDateForm
from processes.base import today
from processes.casework.offer_publication import (
    CHANGED,
    Outcome,
    end,
    publication_of,
    publish_if_possible,
)
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.register.offers.end_dates import odd_year_notices
from processes.register.offers.offers import Offer, OfferNotFoundError, mark_checked, offer_of
from processes.register.providers import Provider
from processes.unit_of_work import unit_of_work

AT_ONCE = 50  # more than this goes to the background
MOST = 5000
WAYS = {"date", "validity"}
NOTHING_CHOSEN = "U hebt geen activiteit gekozen. Kies er hieronder minstens één."
TOPICS = {"bulk-publish", "bulk-end-date"}


@bp.post("/meer")
@requires(Role.PROVIDER)
@for_change
def many(provider: Provider) -> ResponseReturnValue:
    chosen = _chosen(provider)
    if not chosen:
        return overview_page(provider, problem=NOTHING_CHOSEN), 422
    match request.form.get("action"):
        case "publish":
            return _publish(chosen)
        case "check":
            for one in chosen:
                _check(db.session(), one)
            return _done("check", chosen)
        case "end-date":
            return _end(chosen)
    return abort(400)


@bp.get("/meer/resultaat")
@requires(Role.PROVIDER)
@for_provider
def results(provider: Provider) -> ResponseReturnValue:  # noqa: ARG001 - of for_provider
    """How the activities of a bulk action stand now: it can be loaded again without harm."""
    tell = STANDS.get(request.args.get("actie", "")) or abort(404)
    try:
        ids = [UUID(one) for one in request.args.getlist("id")][:AT_ONCE]
    except ValueError:
        abort(404)
    outcomes = [tell(offer) if (offer := _found(one)) else _gone(one) for one in ids]
    return render_template("offers/bulk_results.html", outcomes=outcomes)


@bp.get("/meer/<uuid:job_id>")
@requires(Role.PROVIDER)
@for_provider
def in_background(provider: Provider, job_id: UUID) -> ResponseReturnValue:
    job = db.session().get(Job, job_id)
    if job is None or job.tenant != provider.kvk or job.topic not in TOPICS:
        abort(404)
    is_done = job.status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}
    outcomes = [_stands(UUID(one)) for one in job.arguments["offer_ids"]] if is_done else []
    fragment = request.headers.get("HX-Request") and not is_done
    page = "offers/bulk_progress.html" if fragment else "offers/bulk_job.html"
    html = render_template(page, job=job, is_done=is_done, outcomes=outcomes)
    return html, 200, {"HX-Refresh": "true"} if is_done else {}


def _chosen(provider: Provider) -> Sequence[UUID]:
    """The activities that were ticked, or all that the filter in the address lets through."""
    if request.form.get("scope") == "all":
        filters = filters_of(request.args)
        return [offer.id for offer in offers_of(provider, filters, per_page=MOST)]
    try:
        return [UUID(one) for one in dict.fromkeys(request.form.getlist("selected"))][:MOST]
    except ValueError:
        abort(400)


def _publish(chosen: Sequence[UUID]) -> ResponseReturnValue:
    if len(chosen) > AT_ONCE:
        return _background("bulk-publish", chosen)
    by = worker()
    for one in chosen:
        publish_if_possible(db.session(), one, by=by)
    return _done("publish", chosen)


def _end(chosen: Sequence[UUID]) -> ResponseReturnValue:
    form, way = EndDateForm(request.form), request.form.get("way")
    if not form.validate() or way not in WAYS or (way == "date" and form.end_date.data is None):
        is_sent = "asked" in request.form or way is not None
        if is_sent and way not in WAYS:
            form.end_date.errors = ["Kies welke einddatum u wilt instellen."]
        elif is_sent and not form.end_date.errors:
            form.end_date.errors = ["Vul een einddatum in."]
        return _end_page(form, chosen, way), 422 if is_sent else 200
    day = day_in(form) if way == "date" else None
    hidden = _hidden_by(chosen, day)
    choice = f"{way}:{day or ''}"
    doubts = odd_year_notices(day, on=today())
    if (hidden or doubts) and request.form.get("confirmed") != choice:
        return _end_page(form, chosen, way, hidden=hidden, doubts=doubts, choice=choice)
    if len(chosen) > AT_ONCE:
        return _background("bulk-end-date", chosen, end_date=day)
    for one in chosen:
        end(db.session(), one, day, by=worker())
    return _done("end-date", chosen)


def _end_page(form: EndDateForm, chosen: Sequence[UUID], way: str | None, **more: Any) -> str:
    return render_template("offers/bulk_end_date.html", form=form, chosen=chosen, way=way, **more)


def _hidden_by(chosen: Sequence[UUID], day: date | None) -> int:
    """How many that teachers see now disappear from the catalogue (R20)."""
    offers = [offer for one in chosen if (offer := _found(one)) and offer.is_visible(today())]
    days = [day or offer.legacy_valid_until for offer in offers]
    return sum(last is not None and last < today() for last in days)


def _background(
    topic: str, chosen: Sequence[UUID], *, end_date: date | None = None
) -> ResponseReturnValue:
    by, ids = worker(), [str(one) for one in chosen]
    arguments = {"offer_ids": ids, "actor": by.label, "branch": by.branch}
    if end_date:
        arguments["end_date"] = end_date.isoformat()
    key = f"{topic}:{by.kvk}:{form_submission_id()}"
    job = create_job(db.session(), topic, arguments, idempotency_key=key, tenant=by.kvk)
    unit_of_work(db.session()).commit()
    return redirect(url_for("offers.in_background", job_id=job.id))


def _check(session: Session, offer_id: UUID) -> None:
    if _found(offer_id) is not None:
        mark_checked(session, offer_id, checked=True, by=worker().label)


def _published(offer: Offer) -> Outcome:
    stands = publication_of(offer)
    return stands if stands.remark else replace(stands, remark=CHANGED)


def _checked(offer: Offer) -> Outcome:
    is_done = offer.checked_at is not None
    remark = "Gecontroleerd." if is_done else "Niet gecontroleerd."
    return Outcome(offer.id, _title(offer), done=is_done, remark=remark)


def _ended(offer: Offer) -> Outcome:
    if offer.end_date is None:
        without = offer.legacy_valid_until is None
        remark = "Had geen oude validatie." if without else "Heeft geen einddatum."
        return Outcome(offer.id, _title(offer), done=False, remark=remark)
    remark = f"Einddatum is {offer.end_date:%d-%m-%Y}."
    if offer.is_called_off(today()):
        remark += " De begindatum is later: de activiteit gaat niet door."
    return Outcome(offer.id, _title(offer), done=True, remark=remark)


def _title(offer: Offer) -> str:
    return offer.title or "Activiteit zonder titel"


STANDS: dict[str, Callable[[Offer], Outcome]] = {
    "publish": _published,
    "check": _checked,
    "end-date": _ended,
}


def _stands(offer_id: UUID) -> Outcome:
    offer = _found(offer_id)
    return publication_of(offer) if offer else _gone(offer_id)


def _found(offer_id: UUID) -> Offer | None:
    user = current_user()
    try:
        return offer_of(db.session(), offer_id, kvk=user.kvk or "", branch=user.branch)
    except OfferNotFoundError:
        return None


def _gone(offer_id: UUID) -> Outcome:
    return Outcome(offer_id, "Onbekende activiteit", done=False, remark="Bestaat niet meer.")


def _done(action: str, chosen: Sequence[UUID]) -> ResponseReturnValue:
    unit_of_work(db.session()).commit()
    return redirect(url_for("offers.results", actie=action, id=[str(one) for one in chosen]), 303)
