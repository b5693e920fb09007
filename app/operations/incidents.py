"""Pages of incidents by cause: details, retry, and outcome of a retry."""

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.operations import groups
from app.operations.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.kept_pages import shown_once
from app.web.pages import page_number
from forms.operators.operations import ReasonForm
from processes.engine.repair.retries import counts_of, retried_incidents
from processes.engine.store.models import Incident, IncidentStatus
from processes.engine.store.retry_models import RetryMode, RetryRun
from processes.register.changes import record_event
from processes.register.paging import Page
from processes.unit_of_work import unit_of_work

SHOWN = 100  # incidents of one run on a page


@bp.get("/beheer/incidenten")
@requires(Role.OPERATOR)
def incident_list() -> ResponseReturnValue:
    session = db.session()
    found = groups.groups(session)
    examples = groups.stopped_by(session, [group.example for group in found])
    return render_template(
        "operations/incidents.html",
        groups=list(zip(found, examples, strict=True)),
        runs=groups.unfinished_runs(session),
    )


@bp.get("/beheer/incidenten/oorzaak/<cause>")
@requires(Role.OPERATOR)
def incident_group(cause: str) -> ResponseReturnValue:
    session = db.session()
    group = groups.group_of(session, cause)
    runs = groups.unfinished_runs(session, cause)
    if group is None:
        flash("Van deze oorzaak zijn geen open incidenten meer.", "info")
        return redirect(url_for("operations.incident_list"))
    page = groups.page_of_cause(session, cause, page_number())
    return render_template(
        "operations/incident_group.html",
        group=group,
        runs=runs,
        page=page,
        stopped=groups.stopped_by(session, page.items),
        newest=groups.stopped_by(session, [group.example])[0],
    )


@bp.post("/beheer/incidenten/oorzaak/<cause>/opnieuw")
@requires(Role.OPERATOR)
def retry_group(cause: str) -> ResponseReturnValue:
    mode = request.form.get("mode", "")
    if mode not in set(RetryMode):
        abort(400)
    by = current_user().label
    run = groups.retry_cause(db.session(), cause, mode=RetryMode(mode), by=by)
    if run is None:
        return redirect(url_for("operations.incident_list"))
    return redirect(url_for("operations.retry_run", run_id=run.id))


@bp.get("/beheer/incidenten/<uuid:incident_id>")
@requires(Role.OPERATOR)
def incident(incident_id: UUID) -> ResponseReturnValue:
    incident = db.session().get(Incident, incident_id) or abort(404)
    return _page(incident, ReasonForm(), is_masked=True)


@bp.post("/beheer/incidenten/<uuid:incident_id>/gegevens")
@requires(Role.OPERATOR)
def show_details(incident_id: UUID) -> ResponseReturnValue:
    """The texts of errors, which may be personal; who asks, and why, is recorded first."""
    incident = db.session().get(Incident, incident_id) or abort(404)
    form = ReasonForm(request.form)
    if not form.validate():
        return _page(incident, form, is_masked=True), HTTPStatus.UNPROCESSABLE_ENTITY
    record_event(
        db.session(),
        "incident-details-shown",
        actor=current_user().label,
        subject=f"incident:{incident.id}",
        reason=form.reason.data,
    )
    unit_of_work(db.session()).commit()
    shown_once()
    return _page(incident, form, is_masked=False)


def _page(incident: Incident, form: ReasonForm, *, is_masked: bool) -> str:
    [stopped] = groups.stopped_by(db.session(), [incident])
    facts = {"incident": incident, "stopped": stopped, "form": form, "is_masked": is_masked}
    return render_template("operations/incident.html", **facts)


@bp.post("/beheer/incidenten/<uuid:incident_id>/opnieuw")
@requires(Role.OPERATOR)
def retry(incident_id: UUID) -> ResponseReturnValue:
    incident = db.session().get(Incident, incident_id) or abort(404)
    if incident.status is IncidentStatus.RESOLVED:
        flash("Dit incident was al opgelost.", "info")
        return redirect(url_for("operations.incident", incident_id=incident_id))
    run = groups.retry(db.session(), incident, by=current_user().label)
    return redirect(url_for("operations.retry_run", run_id=run.id))


@bp.get("/beheer/pogingen/<uuid:run_id>")
@requires(Role.OPERATOR)
def retry_run(run_id: UUID) -> ResponseReturnValue:
    """The outcome of a retry run; with htmx, only the fragment that changes."""
    session = db.session()
    run = session.get(RetryRun, run_id) or abort(404)
    counts = counts_of(session, run_id)
    decided, total = groups.progress_of(counts)
    number = min(page_number(), max(1, -(-total // SHOWN)))
    items = retried_incidents(session, run_id, first=(number - 1) * SHOWN, most=SHOWN)
    template = "retry_progress" if request.headers.get("HX-Request") else "retry_run"
    return render_template(
        f"operations/{template}.html",
        run=run,
        counts=counts,
        decided=decided,
        page=Page(items, number, SHOWN, total),
    )
