"""The operator's dashboard."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.operations import overview
from app.operations.blueprint import bp
from app.operations.outside import outside_topics
from app.web.access import Role, requires
from app.web.db import db
from processes.engine.insight.stuck import stuck_instances
from processes.engine.store.models import InstanceStatus, JobStatus

MOST_STUCK = 20


@bp.get("/beheer")
@requires(Role.OPERATOR)
def index() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "operations/index.html",
        counts=overview.job_counts(session),
        open_incidents=overview.open_incidents(session),
        versions=overview.versions(session),
        topics=overview.topics(session),
        outside=outside_topics(session),
        workers=overview.workers(session),
        systems=overview.systems(session),
        stuck=stuck_instances(session, MOST_STUCK),
        instance_statuses=InstanceStatus,
        job_statuses=JobStatus,
    )
