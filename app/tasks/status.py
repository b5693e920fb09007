"""Progress page of a registration: done, now, next, by whom, expected when."""

from collections.abc import Mapping

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tasks.blueprint import bp
from app.tasks.open_task import ONBOARDING
from app.web.access import Role, current_kvk, requires
from app.web.db import db
from processes.engine.insight.progress import Part, progress
from processes.engine.store.models import InstanceStatus, ProcessInstance

WHO: Mapping[str | None, str] = {
    None: "u of een collega",
    "provider": "u of een collega",
}
STAFF = "een medewerker van het register"
BY_ITSELF = "gaat vanzelf"


@bp.get("/aanmelding/voortgang")
@requires(Role.PROVIDER)
def status() -> ResponseReturnValue:
    instance = _newest(db.session(), current_kvk())
    if instance is None:
        return redirect(url_for("tasks.onboarding"), 303)
    return render_template(
        "tasks/status.html",
        progress=progress(db.session(), instance),
        is_ready=instance.status is InstanceStatus.COMPLETED,
        is_stopped=instance.status is InstanceStatus.CANCELLED,
        is_held=instance.status is InstanceStatus.SUSPENDED,
        who=who,
        started_at=instance.started_at,
        ended_at=instance.ended_at,
    )


def who(part: Part) -> str:
    """The actor of a part, as the provider sees it."""
    return WHO.get(part.group, STAFF) if part.is_user_task else BY_ITSELF


def _newest(session: Session, kvk: str) -> ProcessInstance | None:
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.tenant == kvk)
        .where(ProcessInstance.process_key == ONBOARDING)
        .where(ProcessInstance.business_key == kvk)
        .order_by(ProcessInstance.started_at.desc())
        .limit(1)
    )
    return session.scalar(query)
