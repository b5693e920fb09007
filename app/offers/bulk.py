"""Bulk actions on offers: publish, check, end date; over fifty in the background (R25)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.offers.access import for_change, for_provider, worker
from app.offers.blueprint import bp
from app.offers.end_dates import day_in
from app.offers.overview import filters_of, offers_of
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.pages import submission_sent
from forms.offers import EndDateForm
from processes.casework.offer_publication import Outcome, end, publication_of, publish_if_possible
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.register.offers import (
    Offer,
    OfferNotFoundError,
    mark_checked,
    offer_of,
)
from processes.register.providers import Provider
from processes.unit_of_work import unit_of_work

AT_ONCE = 50  # more than this goes to the background
MOST = 5000
TOPICS = {"bulk-publish", "bulk-end-date"}


@bp.post("/meer")
@requires(Role.PROVIDER)
@for_change
def many(provider: Provider) -> ResponseReturnValue:
    chosen = _chosen(provider)
    if not chosen:
        return render_template("offers/nothing_chosen.html"), 422
    match request.form.get("action"):
        case "publish":
            return _publish(chosen)
        case "check":
            return _results([_check(db.session(), one) for one in chosen])
        case "end-date":
            return _end(chosen)
    return abort(400)


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
    return _results([publish_if_possible(db.session(), one, by=by) for one in chosen])


def _end(chosen: Sequence[UUID]) -> ResponseReturnValue:
    form = EndDateForm(request.form)
    way = request.form.get("way")
    if (
        not form.validate()
        or way not in {"date", "validity"}
        or (way == "date" and form.end_date.data is None)
    ):
        is_sent = way is not None
        if is_sent and not form.end_date.errors:
            form.end_date.errors = ["Vul een einddatum in."]
        page = render_template("offers/bulk_end_date.html", form=form, chosen=chosen, way=way)
        return page, 422 if is_sent else 200
    day = day_in(form) if way == "date" else None
    if len(chosen) > AT_ONCE:
        return _background("bulk-end-date", chosen, end_date=day)
    return _results([end(db.session(), one, day, by=worker()) for one in chosen])


def _background(
    topic: str, chosen: Sequence[UUID], *, end_date: date | None = None
) -> ResponseReturnValue:
    by, ids = worker(), [str(one) for one in chosen]
    arguments = {"offer_ids": ids, "actor": by.label, "branch": by.branch}
    if end_date:
        arguments["end_date"] = end_date.isoformat()
    key = f"{topic}:{by.kvk}:{submission_sent()}"
    job = create_job(db.session(), topic, arguments, idempotency_key=key, tenant=by.kvk)
    unit_of_work(db.session()).commit()
    return redirect(url_for("offers.in_background", job_id=job.id))


def _check(session: Session, offer_id: UUID) -> Outcome:
    by = worker()
    offer = _found(offer_id)
    if offer is None:
        return _gone(offer_id)
    mark_checked(session, offer_id, checked=True, by=by.label)
    title = offer.title or "Activiteit zonder titel"
    return Outcome(offer_id, title, done=True, remark="Gecontroleerd.")


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


def _results(outcomes: list[Outcome]) -> ResponseReturnValue:
    unit_of_work(db.session()).commit()
    return render_template("offers/bulk_results.html", outcomes=outcomes)
