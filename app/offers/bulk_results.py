"""Bulk actions on offers at work: progress that can be left, a result for each, undo (R25)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.offers.access import for_change, for_provider, worker
from app.offers.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.pages import form_submission_id, page_number
from processes.casework.offers.bulk_actions import perform
from processes.casework.providers.background import begin_job
from processes.engine.store.models import Job, JobStatus
from processes.register.offers.bulk_actions import (
    UNDOABLE,
    BulkAction,
    BulkKind,
    action_of,
    begin_action,
    items_of_action,
    open_items,
    progress_of_action,
    undo_of,
    undoable_items,
)
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

AT_ONCE = 50  # more than this goes to the background
TOPIC = "bulk-offers"

Undo = Mapping[UUID, dict[str, Any]]


def begin(
    provider: Provider, asked: BulkAction, chosen: Sequence[UUID], undo: Undo | None = None
) -> ResponseReturnValue:
    """Do it at once when it is little, else in the background; leads to the results."""
    session, by = db.session(), worker()
    session.refresh(provider, with_for_update=True)  # a double click waits here for the first one
    action = begin_action(session, asked, chosen, undo)
    if action.provider_id != provider.id:
        abort(404)
    if len(chosen) > AT_ONCE:
        _in_background(action, by.kvk)
    elif items := open_items(session, action.id, AT_ONCE):
        perform(session, action, items, by)
    unit_of_work(session).commit()
    return redirect(url_for("offers.bulk_result", action_id=action.id), 303)


def new_action(
    provider: Provider,
    kind: BulkKind,
    *,
    end_date: date | None = None,
    undoes: UUID | None = None,
) -> BulkAction:
    """The action that this form asks for; its id is that of the form."""
    by = worker()
    return BulkAction(
        id=form_submission_id(),
        provider_id=provider.id,
        kind=kind,
        by=by.label,
        branch=by.branch,
        end_date=end_date,
        undoes=undoes,
    )


def _in_background(action: BulkAction, kvk: str) -> None:
    arguments = {"action_id": str(action.id)}
    begin_job(db.session(), kvk, TOPIC, arguments, key=_key(action))


def _key(action: BulkAction) -> str:
    return f"{TOPIC}:{action.id}"


@bp.get("/meer/<uuid:action_id>")
@requires(Role.PROVIDER)
@for_provider
def bulk_result(provider: Provider, action_id: UUID) -> ResponseReturnValue:
    """How far the action is, and then its result for each offer."""
    session, action = db.session(), _action(provider, action_id)
    progress = progress_of_action(session, action.id)
    is_over = progress.is_finished or _has_failed(action)
    if request.headers.get("HX-Request") and not is_over:
        return render_template("offers/bulk_progress.html", action=action, progress=progress)
    html = render_template(
        "offers/bulk_result.html",
        action=action,
        progress=progress,
        is_over=is_over,
        items=items_of_action(session, action.id, page_number()) if is_over else None,
        undo=undo_of(session, action.id),
        can_undo=is_over and progress.done and action.kind in UNDOABLE,
    )
    return html, 200, {"HX-Refresh": "true"} if is_over else {}


def _has_failed(action: BulkAction) -> bool:
    failed = {JobStatus.FAILED, JobStatus.CANCELLED}
    query = select(Job.status).where(Job.idempotency_key == _key(action))
    return db.session().scalar(query) in failed


@bp.post("/meer/<uuid:action_id>/ongedaan-maken")
@requires(Role.PROVIDER)
@for_change
def undo(provider: Provider, action_id: UUID) -> ResponseReturnValue:
    """Put back what the action changed, where nobody changed it since."""
    action = _action(provider, action_id)
    items = undoable_items(db.session(), action)
    if not items:
        abort(404)
    if (known := undo_of(db.session(), action.id)) is not None:
        return redirect(url_for("offers.bulk_result", action_id=known.id), 303)
    asked = new_action(provider, BulkKind.UNDO, undoes=action.id)
    return begin(provider, asked, list(items), items)


def _action(provider: Provider, action_id: UUID) -> BulkAction:
    branch = current_user().branch
    return action_of(db.session(), action_id, provider.kvk, branch) or abort(404)
