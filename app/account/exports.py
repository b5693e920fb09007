"""Ask for everything that is kept about you or your company, follow how far it is, fetch it."""

from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.account.blueprint import bp
from app.web.access import Role, current_user, needs, requires
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id
from processes.casework.exports.asking import TOPIC, ask, export_for, exports_of
from processes.casework.exports.tables import DataExport, ExportKind
from processes.engine.store.models import Job, JobStatus
from processes.register.providers.people import Right
from processes.register.providers.providers import provider_of
from processes.unit_of_work import unit_of_work

__all__ = ["bp"]


@bp.get("")
@requires(*Role)
def index() -> ResponseReturnValue:
    """What can be asked, and what was."""
    asked, has_company = exports_of(db.session(), current_user().person), _may_have_company()
    theirs = [each for each in asked if each.kind is ExportKind.PERSON or has_company]
    return render_template("account/index.html", exports=theirs, has_company=has_company)


@bp.post("")
@requires(*Role)
@needs(Right.READER)  # of oneself; of the company asks more
@limited(Rate.EXPORT)
def begin() -> ResponseReturnValue:
    """Ask for an export: of oneself, or of one's company."""
    user, wished = current_user(), request.form.get("wat", "")
    if wished == ExportKind.PROVIDER:
        if not _may_have_company():
            abort(403)
        kind, subject = ExportKind.PROVIDER, user.kvk or ""
    elif wished == ExportKind.PERSON:
        kind, subject = ExportKind.PERSON, user.person.reference
    else:
        abort(400)
    try:
        export = ask(db.session(), kind, subject, by=user.person, export_id=form_submission_id())
    except LookupError:
        abort(404)
    unit_of_work(db.session()).commit()
    return redirect(url_for("account.show", export_id=export.id), 303)


@bp.get("/<uuid:export_id>")
@requires(*Role)
def show(export_id: UUID) -> ResponseReturnValue:
    """How far it is; then the link, until it expires."""
    export, has_failed = _export(export_id), _has_failed(export_id)
    is_over = export.is_ready or has_failed
    facts = {"export": export, "has_failed": has_failed, "is_over": is_over}
    if request.headers.get("HX-Request") and not is_over:
        return render_template("account/progress.html", **facts)
    html = render_template("account/export.html", **facts)
    return html, 200, {"HX-Refresh": "true"} if is_over else {}


@bp.get("/<uuid:export_id>.zip")
@requires(*Role)
def fetch(export_id: UUID) -> ResponseReturnValue:
    """The file itself, for who asked."""
    export = _export(export_id)
    content = db.session().scalar(
        select(DataExport).where(DataExport.id == export.id).options(undefer(DataExport.content))
    )
    if content is None or content.content is None:
        abort(404)
    response = Response(content.content, mimetype="application/zip")
    name = f"gegevens-{export.asked_at:%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _export(export_id: UUID) -> DataExport:
    export = export_for(db.session(), export_id, current_user().person) or abort(404)
    if export.kind is ExportKind.PROVIDER and not _may_have_company():
        abort(404)  # asked when they still might
    return export


def _has_failed(export_id: UUID) -> bool:
    failed = (JobStatus.FAILED, JobStatus.CANCELLED)
    query = select(Job.id).where(
        Job.idempotency_key == f"{TOPIC}:{export_id}", Job.status.in_(failed)
    )
    return db.session().scalar(query) is not None


def _may_have_company() -> bool:
    """An administrator who acts for the whole company: not for one branch of it (R54)."""
    user = current_user()
    if user.kvk is None or not user.may(Right.ADMINISTRATOR):
        return False
    if provider_of(db.session(), user.kvk) is None:
        return False
    return user.branch is None or may_declare(user)
