"""Page of the open tasks that nobody can do; an operator gives one to a group, with a reason."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app.operations.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.process_rights import hidden_processes
from forms.operators.operations import GroupForm
from processes.casework.orphaned_tasks import give_to_group
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.permission_models import Right
from processes.engine.tasks.claims import MayNotError, TaskClosedError
from processes.engine.tasks.orphans import Reason, groups_for, is_orphan, orphans, reason_of
from processes.platform.roles import ROLE_NAMES
from processes.unit_of_work import unit_of_work

REASONS = {
    Reason.NO_GROUP: "Er is geen groep, en de zaak is van geen bedrijf.",
    Reason.UNKNOWN_GROUP: "De groep bestaat niet.",
    Reason.NO_COMPANY: "De taak is voor een bedrijf, en de zaak is van geen bedrijf.",
    Reason.PERSON_GONE: "De persoon is onbekend, of logde een half jaar niet in.",
}


@bp.get("/beheer/zonder-uitvoerder")
@requires(Role.OPERATOR)
def orphaned_tasks() -> ResponseReturnValue:
    """The oldest first, each with why nobody can do it."""
    found = orphans(db.session(), hidden_processes(Right.OPERATE))
    rows = [(task, REASONS[reason_of(task)]) for task in found]
    return render_template("operations/orphaned_tasks.html", rows=rows)


@bp.get("/beheer/zonder-uitvoerder/<uuid:task_id>")
@requires(Role.OPERATOR)
def orphaned_task(task_id: UUID) -> ResponseReturnValue:
    task = _task(task_id)
    return _page(task, _form(task))


@bp.post("/beheer/zonder-uitvoerder/<uuid:task_id>")
@requires(Role.OPERATOR)
def give_orphaned_task(task_id: UUID) -> ResponseReturnValue:
    task = _task(task_id)
    form = _form(task)
    if not form.validate():
        return _page(task, form), 422
    session, group = db.session(), str(form.group.data)
    try:
        give_to_group(
            session, task_id, group, by=current_user().label, reason=form.reason.data or ""
        )
    except (TaskClosedError, MayNotError):
        session.rollback()
        flash("Deze taak is intussen klaar, vervallen of stil gezet.", "warning")
    else:
        unit_of_work(session).commit()
        flash(f"De taak is nu voor de groep: {ROLE_NAMES[group]}.", "ok")
    return redirect(url_for("operations.orphaned_tasks"), 303)


def _task(task_id: UUID) -> UserTask:
    """A task that nobody can do, or 404: what somebody can do is theirs to arrange."""
    if not is_orphan(db.session(), task_id):
        abort(404)
    whole = joinedload(UserTask.instance).joinedload(ProcessInstance.definition)
    return db.session().get(UserTask, task_id, options=[whole]) or abort(404)


def _form(task: UserTask) -> GroupForm:
    form = GroupForm(request.form or None)
    form.offer((group, ROLE_NAMES[group]) for group in groups_for(task))
    return form


def _page(task: UserTask, form: GroupForm) -> str:
    return render_template(
        "operations/orphaned_task.html", task=task, form=form, group_names=ROLE_NAMES
    )
