"""Incidents: what stopped and needs a person, by cause; trying again, and what came of it."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access import Role, current_user, requires
from app.db import db
from app.operations import groups
from app.operations.blueprint import bp
from processes.engine.models import Incident, IncidentStatus, Job, ProcessInstance
from processes.engine.retries import RetryMode, RetryRun, counts_of, items_of

SHOWN = 100  # incidents of one cause on a page


@bp.get("/beheer/incidenten")
@requires(Role.OPERATOR)
def incident_list() -> ResponseReturnValue:
    return render_template("operations/incidents.html", groups=groups.groups(db.session()))


@bp.get("/beheer/incidenten/oorzaak/<cause>")
@requires(Role.OPERATOR)
def incident_group(cause: str) -> ResponseReturnValue:
    stopped = groups.stopped_by(db.session(), cause)
    if not stopped:
        flash("Van deze oorzaak zijn geen open incidenten meer.", "info")
        return redirect(url_for("operations.incident_list"))
    return render_template(
        "operations/incident_group.html",
        cause=cause,
        stopped=stopped[:SHOWN],
        count=len(stopped),
        newest=stopped[-1].incident,
    )


@bp.post("/beheer/incidenten/oorzaak/<cause>/opnieuw")
@requires(Role.OPERATOR)
def retry_group(cause: str) -> ResponseReturnValue:
    mode = request.form.get("mode", "")
    if mode not in set(RetryMode):
        abort(400)
    stopped = groups.stopped_by(db.session(), cause)
    if not stopped:
        return redirect(url_for("operations.incident_list"))
    return _retry([each.incident for each in stopped], RetryMode(mode))


@bp.get("/beheer/incidenten/<uuid:incident_id>")
@requires(Role.OPERATOR)
def incident(incident_id: UUID) -> ResponseReturnValue:
    session = db.session()
    incident = session.get(Incident, incident_id) or abort(404)
    return render_template(
        "operations/incident.html",
        incident=incident,
        job=session.get(Job, incident.job_id) if incident.job_id else None,
        instance=session.get(ProcessInstance, incident.instance_id)
        if incident.instance_id
        else None,
    )


@bp.post("/beheer/incidenten/<uuid:incident_id>/opnieuw")
@requires(Role.OPERATOR)
def retry(incident_id: UUID) -> ResponseReturnValue:
    incident = db.session().get(Incident, incident_id) or abort(404)
    if incident.status is IncidentStatus.RESOLVED:
        flash("Dit incident was al opgelost.", "info")
        return redirect(url_for("operations.incident", incident_id=incident_id))
    return _retry([incident], RetryMode.ALL)


@bp.get("/beheer/pogingen/<uuid:run_id>")
@requires(Role.OPERATOR)
def retry_run(run_id: UUID) -> ResponseReturnValue:
    """What came of trying again; with htmx, only the part that changes."""
    session = db.session()
    run = session.get(RetryRun, run_id) or abort(404)
    items = items_of(session, run_id)
    template = "retry_progress" if request.headers.get("HX-Request") else "retry_run"
    return render_template(
        f"operations/{template}.html",
        run=run,
        counts=counts_of(items),
        stopped=[(item, session.get_one(Incident, item.incident_id)) for item in items[:SHOWN]],
        total=len(items),
    )


def _retry(incidents: list[Incident], mode: RetryMode) -> ResponseReturnValue:
    run = groups.retry(db.session(), incidents, mode=mode, by=current_user().label)
    return redirect(url_for("operations.retry_run", run_id=run.id))
