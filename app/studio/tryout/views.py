"""Pages of a try-out; nothing is sent, nothing in the register changes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.studio.tryout.page import TryOutPage, page_of
from app.studio.tryout.subject import Subject, of_draft, of_version
from app.web.access import STUDIO_READERS, current_user, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, whole_number
from app.web.serving.request_size import takes_files
from forms.owners.tryout import UNITS, lines_of
from processes.base import now
from processes.dutch import moment_in_words
from processes.engine.execution.starting.beginning import BusinessKeyError, business_key_of
from processes.tryout import runs, world
from processes.tryout.actions import Action, Answer, Do
from processes.tryout.scenarios import store
from processes.tryout.scenarios.scenario import Scenario, expected_of
from processes.unit_of_work import unit_of_work

bp = Blueprint("tryout", __name__, url_prefix="/processen")
add_helpers(bp)
bp.add_app_template_filter(lines_of, "als_regels")


@bp.app_template_filter("moment")
def moment(text: str) -> str:
    """A moment in the try-out's time, from text."""
    return moment_in_words(datetime.fromisoformat(text))


FULL = "Deze proef is te lang geworden. Begin opnieuw, of maak een stap ongedaan."


@bp.get("/concepten/<uuid:draft_id>/proberen")
@requires(*STUDIO_READERS)
def draft(draft_id: UUID) -> ResponseReturnValue:
    return _show(page_of(of_draft(draft_id)))


@bp.post("/concepten/<uuid:draft_id>/proberen")
@requires(*STUDIO_READERS)
@takes_files
@limited(Rate.TRY_OUT)
def act_on_draft(draft_id: UUID) -> ResponseReturnValue:
    return _act(of_draft(draft_id))


@bp.get("/<key>/<int:number>/proberen")
@requires(*STUDIO_READERS)
def version(key: str, number: int) -> ResponseReturnValue:
    return _show(page_of(of_version(key, number)))


@bp.post("/<key>/<int:number>/proberen")
@requires(*STUDIO_READERS)
@takes_files
@limited(Rate.TRY_OUT)
def act_on_version(key: str, number: int) -> ResponseReturnValue:
    return _act(of_version(key, number))


def _show(page: TryOutPage) -> str:
    return render_template("studio/tryout.html", page=page, subject=page.subject, units=UNITS)


def _act(subject: Subject) -> ResponseReturnValue:
    handle = HANDLERS.get(request.form.get("_do", ""))
    if handle is None or not subject.can_be_tried:
        abort(HTTPStatus.BAD_REQUEST)
    return handle(page_of(subject))


def _begin(page: TryOutPage) -> ResponseReturnValue:
    form = page.begin
    if not form.validate():
        return _invalid(page)
    usual = world.beginning_of(page.subject.key, form.company.data)
    values = {**usual.variables, **form.variables(), **form["values"].values}
    if page.how.initiator:
        values.setdefault(page.how.initiator, world.BY)
    start = Action(
        Do.START,
        element=form.begin_at.data or "",
        key=form.key.data or _key_of(page, values) or usual.key,
        tenant=usual.tenant,
        moment=now().isoformat(timespec="minutes"),
        values=values,
    )
    return _add(page, start)


def _key_of(page: TryOutPage, values: Mapping[str, Any]) -> str | None:
    """What the process says of its business key, if these values give one."""
    try:
        return business_key_of(page.how, values) if page.how.business_key else None
    except BusinessKeyError:
        return None


def _task(page: TryOutPage) -> ResponseReturnValue:
    sent = next((each for each in page.task_forms if each.is_sent), None)
    if sent is None:
        return _gone(page)
    if not sent.is_going_back and not sent.form.validate():
        return _invalid(page)
    task = sent.at.task
    values = sent.form.variables()
    return _add(page, Action(Do.TASK, task.element, which=task.which, values=values))


def _job(page: TryOutPage) -> ResponseReturnValue:
    card = next((each for each in page.jobs if each.is_sent), None)
    if card is None:
        return _gone(page)
    if not card.form.validate():
        return _invalid(page)
    action = Action(
        Do.JOB,
        card.job.element,
        which=card.job.which,
        answer=Answer(card.form.kind),
        code=card.form.code,
        values=card.form.values.values if card.form.kind == Answer.OK else {},
    )
    return _add(page, action)


def _retry(page: TryOutPage) -> ResponseReturnValue:
    return _add(page, Action(Do.RETRY, request.form.get("_element", ""), which=_which()))


def _next_timer(page: TryOutPage) -> ResponseReturnValue:
    return _add(page, Action(Do.WAIT))


def _wait(page: TryOutPage) -> ResponseReturnValue:
    form = page.wait
    if not form.validate():
        return _invalid(page)
    return _add(page, Action(Do.WAIT, length=form.length))


def _event(page: TryOutPage) -> ResponseReturnValue:
    card = next((each for each in page.events if each.is_sent), None)
    if card is None:
        return _gone(page)
    if not card.form.validate():
        return _invalid(page)
    do = Do.MESSAGE if card.event.kind == "message" else Do.SIGNAL
    values = card.form.values.values
    return _add(page, Action(do, name=card.event.name, key=card.event.key, values=values))


def _instead(page: TryOutPage) -> ResponseReturnValue:
    form = page.instead
    if form is None or not form.validate():
        return _invalid(page)
    element, _, rest = form.which.data.partition("|")
    answer, _, code = rest.partition("|")
    return _add(page, Action(Do.ANSWER, element, answer=Answer(answer), code=code))


def _undo(page: TryOutPage) -> ResponseReturnValue:
    """Without the last action, or those that do not fit the diagram any more."""
    if page.run is not None:
        stopped = page.outcome.stopped_at if page.outcome else None
        length = len(page.run.actions) - 1 if stopped is None else stopped
        runs.shorten(db.session(), page.run, length, page.subject.xml)
        unit_of_work(db.session()).commit()
    return _back(page)


def _again(page: TryOutPage) -> ResponseReturnValue:
    if page.run is not None:
        runs.forget(db.session(), page.run)
        unit_of_work(db.session()).commit()
    return _back(page)


def _keep(page: TryOutPage) -> ResponseReturnValue:
    form, outcome, subject = page.keep, page.outcome, page.subject
    if not page.may_keep:
        abort(HTTPStatus.FORBIDDEN)
    if outcome is None or outcome.stopped_at is not None:
        return _gone(page)
    if not form.validate():
        return _invalid(page)
    expected = expected_of(outcome, subject.xml)
    scenario = Scenario(str(form.name.data), subject.key, tuple(page.actions), expected)
    try:
        store.keep(db.session(), scenario, subject.xml, by=current_user().label)
    except store.NameTakenError:
        form.name.errors = ["Dit proces heeft al een scenario met deze naam. Kies een andere naam."]
        return _invalid(page)
    except store.TooManyScenariosError:
        form.name.errors = [f"Een proces heeft hoogstens {store.MOST} scenario's."]
        return _invalid(page)
    unit_of_work(db.session()).commit()
    flash(f"Het scenario “{scenario.name}” is bewaard.", "ok")
    return _back(page)


HANDLERS: dict[str, Callable[[TryOutPage], ResponseReturnValue]] = {
    "begin": _begin,
    "task": _task,
    "job": _job,
    "retry": _retry,
    "next": _next_timer,
    "wait": _wait,
    "event": _event,
    "instead": _instead,
    "undo": _undo,
    "again": _again,
    "keep": _keep,
}


def _add(page: TryOutPage, action: Action) -> ResponseReturnValue:
    session, subject = db.session(), page.subject
    try:
        runs.add(session, subject.id, subject.xml, action, by=str(current_user().id))
    except runs.TryOutFullError:
        flash(FULL, "warning")
    else:
        unit_of_work(session).commit()
    return _back(page)


def _back(page: TryOutPage) -> ResponseReturnValue:
    return redirect(f"{page.subject.address}#nu", HTTPStatus.SEE_OTHER)


def _invalid(page: TryOutPage) -> ResponseReturnValue:
    return _show(page), HTTPStatus.UNPROCESSABLE_ENTITY


def _gone(page: TryOutPage) -> ResponseReturnValue:
    """Another tab of the same person was first."""
    flash("Dit is intussen al gedaan. Kijk wat er nu open staat.", "warning")
    return _back(page)


def _which() -> int:
    return request.form.get("_which", 0, type=whole_number)
