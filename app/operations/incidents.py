"""Incidents: what stopped and needs a person, and trying it again."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.access import Role, current_user, requires
from app.db import db
from app.operations.blueprint import bp
from app.pages import page_asked
from processes.engine.incidents import retry_incident
from processes.engine.models import Incident, IncidentStatus, Job, ProcessInstance
from processes.register.paging import page_of
from workers.enqueue import commit_and_enqueue

PER_PAGE = 50


@bp.get("/beheer/incidenten")
@requires(Role.OPERATOR)
def incident_list() -> ResponseReturnValue:
    query = (
        select(Incident)
        .where(Incident.status == IncidentStatus.OPEN)
        .order_by(Incident.created_at.desc(), Incident.id)
    )
    page = page_of(db.session(), query, page_asked(), PER_PAGE)
    return render_template("operations/incidents.html", page=page)


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
    retry_incident(db.session(), incident_id, by=current_user().label)
    commit_and_enqueue(db.session())
    flash("Loket probeert het opnieuw. Lukt het niet, dan komt er een nieuw incident.", "ok")
    return redirect(url_for("operations.incident_list"))
