"""The operator's first page: everything at a glance."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.access import Role, requires
from app.db import db
from app.operations import overview
from app.operations.blueprint import bp
from processes.engine.models import InstanceStatus, JobStatus
from processes.engine.stuck import stuck_instances

MOST_STUCK = 20

bp.add_app_template_filter(overview.in_words, "duur")


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
        workers=overview.workers(session),
        systems=overview.systems(session),
        stuck=stuck_instances(session, MOST_STUCK),
        instance_statuses=InstanceStatus,
        job_statuses=JobStatus,
    )
