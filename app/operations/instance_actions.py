"""Suspending, resuming and cancelling instances, one or many, with a reason."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.access import Role, current_user, requires
from app.db import db
from app.operations.blueprint import bp
from app.operations.changes import CHANGES, change_all
from forms.operations import ReasonForm
from processes.engine.models import ProcessInstance

MOST = 200


@bp.get("/beheer/processen/wijzigen")
@requires(Role.OPERATOR)
def ask_reason() -> ResponseReturnValue:
    """Which instances, and what; nothing happens yet."""
    name = request.args.get("wat", "")
    chosen = _chosen(request.args.getlist("zaak"))
    if not chosen:
        flash("Kies eerst een of meer zaken.", "warning")
        return redirect(url_for("operations.instance_list"))
    return _ask(name, chosen, ReasonForm())


@bp.post("/beheer/processen/wijzigen")
@requires(Role.OPERATOR)
def change_instances() -> ResponseReturnValue:
    name = request.form.get("wat", "")
    chosen, form = _chosen(request.form.getlist("zaak")), ReasonForm(request.form)
    if not chosen:
        abort(400)
    if not form.validate():
        return _ask(name, chosen, form), 422
    change = CHANGES.get(name) or abort(400)
    ids = [one.id for one in chosen]
    outcomes = change_all(
        db.session(), change, ids, by=current_user().label, reason=form.reason.data or ""
    )
    return render_template("operations/changed.html", change=change, outcomes=outcomes)


def _ask(name: str, chosen: list[ProcessInstance], form: ReasonForm) -> str:
    change = CHANGES.get(name) or abort(400)
    return render_template(
        "operations/change.html", name=name, change=change, chosen=chosen, form=form
    )


def _chosen(words: list[str]) -> list[ProcessInstance]:
    try:
        ids = [UUID(word) for word in words[:MOST]]
    except ValueError:
        abort(400)
    query = select(ProcessInstance).where(ProcessInstance.id.in_(ids))
    return list(db.session().scalars(query.order_by(ProcessInstance.started_at)))
