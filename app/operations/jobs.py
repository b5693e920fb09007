"""List and page of background jobs with filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.operations.blueprint import bp
from app.operations.masks import masked
from app.operations.overview import title_of
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.kept_pages import shown_once
from app.web.pages import page_number
from app.web.process_rights import hidden_processes, is_operated
from forms.operators.operations import ReasonForm
from processes.base import now
from processes.engine.insight import counts
from processes.engine.store.models import Incident, Job, JobStatus
from processes.engine.store.permission_models import Right
from processes.register.changes import record_event
from processes.register.paging import page_of
from processes.unit_of_work import unit_of_work
from workers.registry import SERVICE_TASKS

AGES: Mapping[str, timedelta] = {
    "uur": timedelta(hours=1),
    "dag": timedelta(days=1),
    "week": timedelta(weeks=1),
}
PER_PAGE = 50


@dataclass(frozen=True)
class JobFilter:
    """The filters; invalid values are ignored."""

    topic: str | None = None
    status: JobStatus | None = None
    older_than: str | None = None

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        status = words.get("status", "")
        age = words.get("ouder", "")
        return cls(
            topic=words.get("onderwerp") or None,
            status=JobStatus(status) if status in set(JobStatus) else None,
            older_than=age if age in AGES else None,
        )

    def query(self) -> Select[Job]:
        """The jobs that this filter lets through, the newest first."""
        query = select(Job).order_by(Job.created_at.desc(), Job.id)
        if hidden := hidden_processes(Right.OPERATE):
            query = query.where(is_operated(Job.instance_id, hidden))
        if self.topic:
            query = query.where(Job.topic == self.topic)
        if self.status:
            query = query.where(Job.status == self.status)
        if self.older_than:
            query = query.where(self._is_old_enough())
        return query

    def total(self, session: Session) -> int | None:
        """How many there are, where that is known without counting them all; else None."""
        if hidden_processes(Right.OPERATE):
            return None
        every_age = sum(
            number
            for (topic, status), number in counts.jobs(session).items()
            if self.topic in (None, topic) and self.status in (None, status)
        )
        return every_age - (self._younger(session) if self.older_than else 0)

    def _younger(self, session: Session) -> int:
        """How many are too young: few, beside all that are older."""
        query = replace(self, older_than=None).query().order_by(None)
        younger = query.where(~self._is_old_enough()).with_only_columns(func.count(Job.id))
        return session.scalar(younger) or 0

    def _is_old_enough(self) -> ColumnElement[bool]:
        return Job.created_at < now() - AGES[self.older_than or ""]


@bp.get("/beheer/taken")
@requires(Role.OPERATOR)
def job_list() -> ResponseReturnValue:
    wanted = JobFilter.read(request.args)
    return render_template(
        "operations/jobs.html",
        filter=wanted,
        page=page_of(
            db.session(), wanted.query(), page_number(), PER_PAGE, total=wanted.total(db.session())
        ),
        topics=_topics(db.session()),
        ages=AGES,
        statuses=JobStatus,
    )


@bp.get("/beheer/taken/<uuid:job_id>")
@requires(Role.OPERATOR)
def job(job_id: UUID) -> ResponseReturnValue:
    """One job; with htmx, only its progress."""
    job = db.session().get(Job, job_id) or abort(404)
    if request.headers.get("HX-Request"):
        return render_template("operations/job_progress.html", job=job)
    return _page(job, masked(job.arguments), is_masked=True, form=ReasonForm())


@bp.post("/beheer/taken/<uuid:job_id>/gegevens")
@requires(Role.OPERATOR)
def show_arguments(job_id: UUID) -> ResponseReturnValue:
    """The arguments unmasked; who asks, and why, is recorded first."""
    job, form = db.session().get(Job, job_id) or abort(404), ReasonForm(request.form)
    if not form.validate():
        return _page(job, masked(job.arguments), is_masked=True, form=form), 422
    record_event(
        db.session(),
        "arguments-shown",
        actor=current_user().label,
        kvk=job.tenant,
        subject=f"job:{job.id}",
        reason=form.reason.data,
    )
    unit_of_work(db.session()).commit()
    shown_once()
    return _page(job, job.arguments, is_masked=False, form=form)


def _page(job: Job, arguments: dict[str, Any], *, is_masked: bool, form: ReasonForm) -> str:
    incidents = select(Incident).where(Incident.job_id == job.id).order_by(Incident.created_at)
    return render_template(
        "operations/job.html",
        job=job,
        incidents=db.session().scalars(incidents).all(),
        arguments=arguments,
        is_masked=is_masked,
        form=form,
    )


def _topics(session: Session) -> list[tuple[str, str]]:
    topics = sorted({*SERVICE_TASKS, *(topic for topic, _status in counts.jobs(session))})
    return [(topic, title_of(topic)) for topic in topics]
