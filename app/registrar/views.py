"""Pages of the register's staff: providers, tasks, suspend, resend mail, audit trail."""

from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.registrar.blueprint import bp
from app.registrar.providers import (
    looked_today,
    mails_of,
    offer_with,
    offers_of,
    open_tasks,
    provider_with,
    titles_in,
    trail_of,
    whole_trail_of,
)
from app.registrar.trail_export import trail_json
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db, separate_unit_of_work
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id, page_number
from forms.fields import shown_phone
from forms.staff import SuspendForm
from processes.base import today
from processes.casework.offers.reports import begin, task_about
from processes.casework.providers.suspension import reinstate, suspend
from processes.engine.execution.jobs import create_job
from processes.letters.summaries import answer_rows, contact_of, contact_rows, provider_rows
from processes.letters.trail import trail_csv
from processes.reading import characters
from processes.register.changes import record_event
from processes.register.declarations import declaration_of
from processes.register.offers.overview import OverviewFilter, counters
from processes.register.offers.reports.reports import reports_of
from processes.register.providers.finding import LONGEST_SEARCH, find_providers
from processes.register.providers.former_numbers import former_numbers
from processes.register.providers.providers import Provider
from processes.register.providers.suspension import suspension_of
from processes.unit_of_work import unit_of_work

__all__ = ["bp"]

SHOWN = ("concept", "gepubliceerd", "verlopen")


@bp.get("")
@requires(Role.REGISTRAR)
@limited(Rate.SEARCH)
def index() -> ResponseReturnValue:
    text = characters.line(request.args.get("zoek", ""))[:LONGEST_SEARCH]
    return render_template(
        "registrar/index.html",
        text=text,
        page=find_providers(db.session(), text, page_number()),
        waiting=open_tasks(db.session(), current_user().person),
    )


@bp.get("/<uuid:provider_id>")
@requires(Role.REGISTRAR)
def provider(provider_id: UUID) -> ResponseReturnValue:
    return _page(provider_with(db.session(), provider_id), SuspendForm())


@bp.get("/<uuid:provider_id>/aanbod")
@requires(Role.REGISTRAR)
@limited(Rate.SEARCH)
def offers(provider_id: UUID) -> ResponseReturnValue:
    one = provider_with(db.session(), provider_id)
    _record_look(one)
    text = characters.line(request.args.get("zoek", ""))[:LONGEST_SEARCH]
    status = request.args.get("status", "")
    filters = OverviewFilter(text=text, status=status if status in SHOWN else "")
    page = offers_of(db.session(), one, filters, page_number())
    return render_template(
        "registrar/offers.html", provider=one, page=page, filters=filters, today=today()
    )


@bp.get("/<uuid:provider_id>/aanbod/<uuid:offer_id>")
@requires(Role.REGISTRAR)
def offer(provider_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    one = provider_with(db.session(), provider_id)
    session, found = db.session(), offer_with(db.session(), one, offer_id)
    _record_look(one)
    return render_template(
        "registrar/offer.html",
        provider=one,
        offer=found,
        task=task_about(session, offer_id, group=Role.REGISTRAR),
        waits_for_provider=task_about(session, offer_id, group=Role.PROVIDER) is not None,
        reports=reports_of(session, offer_id),
        today=today(),
    )


@bp.post("/<uuid:provider_id>/aanbod/<uuid:offer_id>/beoordelen")
@requires(Role.REGISTRAR)
def assess_offer(provider_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Begin to look at an offer without a report, to ask for a change or hide it."""
    session, one = db.session(), provider_with(db.session(), provider_id)
    begin(session, offer_with(session, one, offer_id))
    record_event(
        session,
        "offer-assessment-begun",
        actor=current_user().label,
        kvk=one.kvk,
        subject=f"offer:{offer_id}",
    )
    unit_of_work(session).commit()
    task = task_about(session, offer_id, group=Role.REGISTRAR)
    if task is not None:
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash("De aanbieder is al gevraagd om deze activiteit aan te passen.", "info")
    return redirect(url_for("registrar.offer", provider_id=one.id, offer_id=offer_id), 303)


@bp.post("/<uuid:provider_id>/gebeurtenissen.csv")
@requires(Role.REGISTRAR)
@limited(Rate.UPLOAD)
def export_trail(provider_id: UUID) -> ResponseReturnValue:
    """A POST, because the export is itself an audit event."""
    one = provider_with(db.session(), provider_id)
    text = trail_csv(whole_trail_of(db.session(), one.kvk))
    record_event(db.session(), "trail-exported", actor=current_user().label, kvk=one.kvk)
    unit_of_work(db.session()).commit()
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.reference}.csv"'
    return response


@bp.post("/<uuid:provider_id>/gebeurtenissen.json")
@requires(Role.REGISTRAR)
@limited(Rate.UPLOAD)
def export_trail_with_proof(provider_id: UUID) -> ResponseReturnValue:
    """The same for a program: logins as the authentication context of B14b, and each link."""
    one = provider_with(db.session(), provider_id)
    text = trail_json(db.session(), one.kvk)
    record_event(db.session(), "trail-exported", actor=current_user().label, kvk=one.kvk)
    unit_of_work(db.session()).commit()
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.reference}.json"'
    return response


@bp.post("/<uuid:provider_id>/schorsen")
@requires(Role.REGISTRAR)
@needs_recent_login
def suspend_provider(provider_id: UUID) -> ResponseReturnValue:
    one = provider_with(db.session(), provider_id)
    form = SuspendForm(request.form)
    if not form.validate():
        return _page(one, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if one.has_left:
        flash(f"{one.display_name} is vertrokken: het aanbod is al niet meer te zien.", "warning")
        return redirect(url_for("registrar.provider", provider_id=one.id), 303)
    reason, by = form.reason.data or "", current_user().label
    if not suspend(db.session(), one, reason, by=by) and not _said_so(one, reason, by):
        return _page(one, form, unsaved=reason), HTTPStatus.CONFLICT
    unit_of_work(db.session()).commit()
    flash(
        f"{one.display_name} is geschorst. Het aanbod is niet meer te zien. De contactpersoon "
        "krijgt een e-mail met de reden en met hoe bezwaar maken gaat.",
        "ok",
    )
    return redirect(url_for("registrar.provider", provider_id=one.id), 303)


@bp.post("/<uuid:provider_id>/herstellen")
@requires(Role.REGISTRAR)
@needs_recent_login
def reinstate_provider(provider_id: UUID) -> ResponseReturnValue:
    one = provider_with(db.session(), provider_id)
    if reinstate(db.session(), one, by=current_user().label):
        unit_of_work(db.session()).commit()
        told = f"{one.display_name} is niet meer geschorst. De contactpersoon krijgt een e-mail."
        flash(told, "ok")
    else:
        flash(f"{one.display_name} was al niet meer geschorst. Er is niets veranderd.", "info")
    return redirect(url_for("registrar.provider", provider_id=one.id), 303)


@bp.post("/<uuid:provider_id>/bevestiging")
@requires(Role.REGISTRAR)
def mail_again(provider_id: UUID) -> ResponseReturnValue:
    one = provider_with(db.session(), provider_id)
    create_job(
        db.session(),
        "send-confirmation-again",
        {"provider_id": str(one.id)},
        idempotency_key=f"send-confirmation-again:{form_submission_id()}",
        tenant=one.kvk,
    )
    record_event(db.session(), "mail-sent-again", actor=current_user().label, kvk=one.kvk)
    unit_of_work(db.session()).commit()
    flash(f"De bevestiging gaat opnieuw naar {one.contact_email}.", "ok")
    return redirect(url_for("registrar.provider", provider_id=one.id), 303)


def _record_look(one: Provider) -> None:
    """Who looked at the offers of a provider, concepts too, stands in its trail: once a day."""
    kvk, subject, by = one.kvk, f"provider:{one.id}", current_user().label
    if looked_today(db.session(), kvk, by=by):
        return
    db.session().commit()  # what was read: the page reads on in a transaction of its own
    with separate_unit_of_work() as unit:
        record_event(unit.session, "offers-looked-at", actor=by, kvk=kvk, subject=subject)


def _said_so(one: Provider, reason: str, by: str) -> bool:
    """Whether this is what the same person sent a moment ago (R15)."""
    last = suspension_of(db.session(), one)
    return last is not None and (last.reason, last.by) == (reason, by)


def _page(one: Provider, form: SuspendForm, *, unsaved: str = "") -> str:
    """A provider; `unsaved`: a reason that came after a colleague had suspended it."""
    session, contact = db.session(), contact_of(one)
    trail = trail_of(session, one.kvk, page_number())
    declaration = declaration_of(session, one.kvk)
    return render_template(
        "registrar/provider.html",
        provider=one,
        form=form,
        suspension=suspension_of(session, one) if one.is_suspended else None,
        unsaved=unsaved,
        company=provider_rows(one),
        contact=contact_rows(contact, shown_phone(contact["phone"]) if contact["phone"] else None),
        answers=answer_rows(
            declaration.requirement_set, declaration.answers, declaration.complaints_url
        )
        if declaration
        else [],
        declaration=declaration,
        former=former_numbers(session, one),
        counters=counters(session, one.kvk, on=today()),
        mails=mails_of(session, one.kvk),
        trail=trail,
        activities=titles_in(session, trail),
    )
