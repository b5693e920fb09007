"""Pages for migrating running instances: dry run, start, progress, undo."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.studio.deploy.impact import Target, impact_on
from app.studio.deploy.versions import version_of, versions_of
from app.web.access import (
    STUDIO_READERS,
    Role,
    current_user,
    is_no_try,
    needs_recent_login,
    needs_recent_login_when,
    requires,
)
from app.web.db import db
from app.web.diagrams.element_mapping import sent_mapping
from app.web.pages import add_helpers, page_number
from processes.engine.execution.jobs import create_job
from processes.engine.insight import counts
from processes.engine.repair.migration import runs
from processes.engine.repair.migration import undo as migration_undo
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun
from processes.register.changes import record_event
from processes.register.paging import Page, page_of
from processes.unit_of_work import unit_of_work

PER_PAGE = 50

bp = Blueprint("migrations", __name__, url_prefix="/processen/<key>")
add_helpers(bp)


@bp.get("/<int:number>/omzetten")
@requires(*STUDIO_READERS)
def prepare(key: str, number: int) -> ResponseReturnValue:
    return _page(key, number)


@bp.post("/<int:number>/omzetten")
@requires(Role.PROCESS_DEPLOYER)
@needs_recent_login_when(is_no_try)
def start(key: str, number: int) -> ResponseReturnValue:
    """Recompute with the chosen mapping, or start the migration."""
    old, new = _versions(key, number)
    if request.form.get("action") == "try" or not running_on(db.session(), old):
        return _page(key, number)
    run = begin(db.session(), old, new, sent_mapping(request.form))
    unit_of_work(db.session()).commit()
    return redirect(url_for("migrations.show", key=key, run_id=run.id))


@bp.get("/omzettingen/<uuid:run_id>")
@requires(*STUDIO_READERS)
def show(key: str, run_id: UUID) -> ResponseReturnValue:
    """The progress of a run; with htmx, only the fragment that changes."""
    run, session = _run(key, run_id), db.session()
    # Whether it is over, before the rows: those read earlier would stay on the page as they were.
    progress = runs.progress_of(session, run_id)
    undoing = migration_undo.undo_progress_of(session, run_id)
    counts = counts_of(session, run_id)
    items = _items(run_id)
    part = "migration_progress" if request.headers.get("HX-Request") else "migration"
    return render_template(
        f"studio/{part}.html",
        key=key,
        run=run,
        old=session.get_one(ProcessDefinition, run.from_definition_id),
        new=session.get_one(ProcessDefinition, run.to_definition_id),
        progress=progress,
        undoing=undoing,
        counts=counts,
        items=items,
        instances=_instances(items),
        outcomes=MigrationOutcome,
    )


@bp.post("/omzettingen/<uuid:run_id>/terugdraaien")
@requires(Role.PROCESS_DEPLOYER)
@needs_recent_login
def undo(key: str, run_id: UUID) -> ResponseReturnValue:
    """Restore what has not moved on since."""
    run, session = _run(key, run_id), db.session()
    if migration_undo.begin_undo(session, run.id, by=current_user().label):
        create_job(
            session, "undo-migration", {"run_id": str(run_id)}, idempotency_key=f"undo:{run_id}"
        )
        _record("process-migration-undone", key, run)
        unit_of_work(session).commit()
    else:
        flash("Deze omzetting werd al teruggedraaid.", "info")
    return redirect(url_for("migrations.show", key=key, run_id=run_id))


def begin(
    session: Session, old: ProcessDefinition, new: ProcessDefinition, mapping: dict[str, str]
) -> MigrationRun:
    """Store the run, and create the job that performs it."""
    by = current_user().label
    run = runs.begin_all(session, old.id, new.id, mapping, by=by)
    create_job(
        session, "migrate-instances", {"run_id": str(run.id)}, idempotency_key=f"migrate:{run.id}"
    )
    _record("process-migrated", new.key, run, old=old.version, new=new.version, mapping=mapping)
    return run


def runs_of(session: Session, key: str) -> list[tuple[MigrationRun, ProcessDefinition]]:
    """The runs of a process, the last first, with the version that they left."""
    query = (
        select(MigrationRun, ProcessDefinition)
        .join(ProcessDefinition, ProcessDefinition.id == MigrationRun.from_definition_id)
        .where(ProcessDefinition.key == key)
        .order_by(MigrationRun.started_at.desc())
        .limit(PER_PAGE)
    )
    return [(run, old) for run, old in session.execute(query)]


def counts_of(session: Session, run_id: UUID) -> Counter[MigrationOutcome]:
    """How many instances of a run have each outcome."""
    query = (
        select(MigrationItem.outcome, func.count())
        .where(MigrationItem.run_id == run_id)
        .group_by(MigrationItem.outcome)
    )
    return Counter(dict(session.execute(query).all()))


def running_on(session: Session, definition: ProcessDefinition) -> int:
    """How many instances run on this version."""
    return counts.running(session).get(definition.id, 0)


def _page(key: str, number: int) -> ResponseReturnValue:
    old, new = _versions(key, number)
    mapping = sent_mapping(request.form)
    target = Target(key, new.xml.encode(), new.id)
    running = running_on(db.session(), old)
    found = impact_on(db.session(), old, running, target, mapping)
    return render_template("studio/migrate.html", key=key, old=old, new=new, impacts=[found])


def _versions(key: str, number: int) -> tuple[ProcessDefinition, ProcessDefinition]:
    """The version that is left, and the newest; there is no going from the newest to itself."""
    old = version_of(db.session(), key, number) or abort(404)
    new = versions_of(db.session(), key)[0]
    if old.is_latest:
        abort(404)
    return old.definition, new.definition


def _run(key: str, run_id: UUID) -> MigrationRun:
    run = db.session().get(MigrationRun, run_id) or abort(404)
    if db.session().get_one(ProcessDefinition, run.to_definition_id).key != key:
        abort(404)
    return run


def _items(run_id: UUID) -> Page[MigrationItem]:
    query = (
        select(MigrationItem)
        .join(ProcessInstance, ProcessInstance.id == MigrationItem.instance_id)
        .where(MigrationItem.run_id == run_id)
        # What needs attention first: only what did not go as asked has a reason.
        .order_by(MigrationItem.reason == "", ProcessInstance.business_key, MigrationItem.id)
    )
    return page_of(db.session(), query, page_number(), PER_PAGE)


def _instances(items: Iterable[MigrationItem]) -> dict[UUID, ProcessInstance]:
    ids = [item.instance_id for item in items]
    query = select(ProcessInstance).where(ProcessInstance.id.in_(ids))
    return {instance.id: instance for instance in db.session().scalars(query)}


def _record(action: str, key: str, run: MigrationRun, **details: Any) -> None:
    record_event(
        db.session(),
        action,
        actor=current_user().label,
        subject=f"process:{key}",
        run=str(run.id),
        **details,
    )
