"""The operator's dashboard."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.operations import overview
from app.operations.blueprint import bp
from app.operations.monitoring.outside import outside_topics
from app.web.access import Role, requires
from app.web.db import db
from app.web.process_rights import hidden_processes
from processes.engine.insight.stuck import found_stuck
from processes.engine.store.models import InstanceStatus, JobStatus
from processes.engine.store.permission_models import Right
from processes.webhooks.own_addresses import number_asked

MOST_STUCK = 20


@bp.get("/beheer")
@requires(Role.OPERATOR)
def index() -> ResponseReturnValue:
    session, hidden = db.session(), hidden_processes(Right.OPERATE)
    stuck = found_stuck(session, MOST_STUCK)
    topics = overview.topics(session)
    return render_template(
        "operations/index.html",
        webhooks_asked=number_asked(session),
        counts=overview.jobs_by_status(topics),
        open_incidents=overview.open_incidents(session),
        versions=[each for each in overview.versions(session) if each.key not in hidden],
        topics=topics,
        outside=outside_topics(session),
        workers=overview.workers(session),
        systems=overview.systems(session),
        stuck=[each for each in stuck if each.process_key not in hidden],
        instance_statuses=InstanceStatus,
        job_statuses=JobStatus,
    )
