"""The page that arranges a task: hand it over, put it away until a day, change its term."""

from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.tasks.blueprint import bp
from app.tasks.open_task import is_open, task_of
from app.tasks.worklist import change_of
from app.web.access import Role, current_user, requires
from app.web.db import db
from forms.work import HandOverForm, LaterForm, TermForm
from processes.base import AMSTERDAM, local
from processes.casework import task_work
from processes.dutch import date_in_words
from processes.engine.store.models import UserTask
from processes.engine.tasks.directory import others_for
from processes.engine.tasks.rights import Person, Verb, may

END_OF_DAY = time(23, 59, 59)
HAND_OVER, LATER, TERM = "overdragen-", "later-", "termijn-"
"""Before the names of the fields: the three forms stand on one page."""


@bp.get("/taken/<uuid:task_id>/regelen")
@requires(*Role)
def arrange(task_id: UUID) -> ResponseReturnValue:
    task = task_of(db.session(), task_id, current_user())
    if not is_open(task):
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    return _page(task)


@bp.post("/taken/<uuid:task_id>/overdragen")
@requires(*Role)
def hand_over(task_id: UUID) -> ResponseReturnValue:
    task = task_of(db.session(), task_id, current_user())
    form, people = _hand_over_form(task)
    if not form.validate():
        return _page(task, hand_over=form), HTTPStatus.UNPROCESSABLE_ENTITY
    to, reason = people[str(form.to.data)], form.reason.data or ""

    def change(session: Session, id_: UUID, by: Person) -> UserTask:
        return task_work.hand_over(session, id_, by, to, reason)

    return change_of(task_id, change, f"U hebt de taak overgedragen aan {to.name}.")


@bp.post("/taken/<uuid:task_id>/later")
@requires(*Role)
def postpone(task_id: UUID) -> ResponseReturnValue:
    task = task_of(db.session(), task_id, current_user())
    form = LaterForm(request.form, prefix=LATER)
    if not form.validate():
        return _page(task, later=form), HTTPStatus.UNPROCESSABLE_ENTITY
    until = _at(form.until.data, time.min)
    reason = form.reason.data or ""

    def change(session: Session, id_: UUID, by: Person) -> UserTask:
        return task_work.postpone(session, id_, by, until, reason)

    text = "De taak staat weer op de lijst."
    if until is not None:
        text = f"De taak staat tot {date_in_words(local(until).date())} bij Later."
    return change_of(task_id, change, text)


@bp.post("/taken/<uuid:task_id>/termijn")
@requires(*Role)
def reschedule(task_id: UUID) -> ResponseReturnValue:
    task = task_of(db.session(), task_id, current_user())
    form = TermForm(request.form, prefix=TERM)
    if not form.validate():
        return _page(task, term=form), HTTPStatus.UNPROCESSABLE_ENTITY
    due_at = _at(form.due.data, END_OF_DAY)
    reason = form.reason.data or ""

    def change(session: Session, id_: UUID, by: Person) -> UserTask:
        return task_work.reschedule(session, id_, by, due_at, reason)

    text = "De taak heeft geen termijn meer."
    if due_at is not None:
        text = f"De taak moet nu klaar zijn op {date_in_words(local(due_at).date())}."
    return change_of(task_id, change, text)


def _hand_over_form(task: UserTask) -> tuple[HandOverForm, dict[str, Person]]:
    others = others_for(db.session(), current_user().person, task)
    sent = request.form if request.endpoint == "tasks.hand_over" else None
    form = HandOverForm(sent, prefix=HAND_OVER)
    form.to.choices = [("", "Kies een collega"), *((one.reference, one.name) for one in others)]
    return form, {one.reference: one for one in others}


def _page(task: UserTask, **forms: Any) -> str:
    session, person = db.session(), current_user().person
    hand_over, people = _hand_over_form(task)
    shown = {
        "hand_over": hand_over,
        "later": LaterForm(None, prefix=LATER, data={"until": _day(task.follow_up_at)}),
        "term": TermForm(None, prefix=TERM, data={"due": _day(task.due_at)}),
        **forms,
    }
    wrong = next((form for form in shown.values() if form.errors), None)
    return render_template(
        "tasks/arrange.html",
        task=task,
        people=people,
        may={str(verb): may(session, person, verb, task) for verb in Verb},
        wrong=wrong,
        **shown,
    )


def _day(moment: datetime | None) -> date | None:
    return local(moment).date() if moment else None


def _at(day: Any, at: time) -> datetime | None:
    """A moment of the day that was read from a form, in Amsterdam."""
    return datetime.combine(day, at, AMSTERDAM) if day else None
