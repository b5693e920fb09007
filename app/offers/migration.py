"""Progress and report of migrating offers from the older register; retry (R48)."""

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers.access import for_change, for_provider
from app.offers.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import form_submission_id
from processes.casework.providers.background import begin_job
from processes.engine.store.models import Job, JobStatus
from processes.register.legacy.migration import Progress, progress_of, report_of
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

TOPIC = "migrate-offers"


@dataclass(frozen=True)
class Migration:
    """Progress, and whether a job is working on it."""

    progress: Progress
    is_running: bool

    @property
    def can_be_retried(self) -> bool:
        is_whole = self.progress.is_finished and not self.progress.failed
        return not self.is_running and not is_whole


def migration_of(session: Session, kvk: str) -> Migration:
    """The state of this company's migration."""
    job = select(Job.id).where(
        Job.tenant == kvk,
        Job.topic == TOPIC,
        Job.status.in_((JobStatus.NEW, JobStatus.LEASED)),
    )
    is_running = session.scalar(job.limit(1)) is not None
    return Migration(progress_of(session, kvk), is_running)


@bp.get("/voortgang")
@requires(Role.PROVIDER)
@for_provider
def migration_progress(provider: Provider) -> ResponseReturnValue:
    """Fragment of the overview that htmx polls."""
    migration = migration_of(db.session(), provider.kvk)
    page = render_template("offers/progress.html", migration=migration)
    response: Response = make_response(page)
    if not migration.is_running:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.get("/overgezet")
@requires(Role.PROVIDER)
@for_provider
def migration_report(provider: Provider) -> ResponseReturnValue:
    return render_template(
        "offers/migration.html",
        results=report_of(db.session(), provider.kvk),
        migration=migration_of(db.session(), provider.kvk),
        provider=provider,
    )


@bp.post("/overgezet/opnieuw")
@requires(Role.PROVIDER)
@for_change
def migrate_again(provider: Provider) -> ResponseReturnValue:
    session = db.session()
    if migration_of(session, provider.kvk).can_be_retried:
        key = f"{TOPIC}:{provider.kvk}:{form_submission_id()}"
        arguments = {"kvk": provider.kvk}
        begin_job(session, provider.kvk, TOPIC, arguments, key=key)
        unit_of_work(session).commit()
        flash("Wij proberen het opnieuw.", "ok")
    return redirect(url_for("offers.index"))
