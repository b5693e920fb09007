"""Judges one drawn field of a task while somebody fills in its form (htmx)."""

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.open_task import task_of
from app.tasks.pages import form_class_of
from app.web.access import Role, current_user, requires
from app.web.db import Begins, begins, db
from app.web.form_pages.drawn_check import judged_field
from app.web.limits import Rate, limited


@bp.post("/taken/<uuid:task_id>/veld")
@requires(*Role)
@limited(Rate.AUTOSAVE)
@begins(Begins.READING)
def check_field(task_id: UUID) -> ResponseReturnValue:
    """The field that changed, with its error if it has one."""
    task = task_of(db.session(), task_id, current_user())
    form = form_class_of(task)(request.form)
    return judged_field(form, url_for("tasks.check_field", task_id=task_id))
