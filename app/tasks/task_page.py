"""Page of one user task: show, autosave, submit; with concurrent submissions."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.offer_tasks import page_of_offer
from app.tasks.open_task import (
    OFFER_FORM,
    SubmittedTask,
    address_after,
    is_of_onboarding,
    is_open,
    last_edit,
    left_draft,
    seen_task,
    stands_again,
    submitted_task,
    task_of,
    work_bar,
)
from app.tasks.pages import context_of, form_class_of, lines_of, scope_of_task
from app.tasks.whole_company import refuse_part_of_company
from app.web.access import Role, current_user, requires
from app.web.db import Begins, begins, db
from app.web.form_pages.uploads import Sent, files_in, form_sent
from app.web.kept_forms import kept_fields
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id
from app.web.serving.request_size import takes_files
from forms.registry import UserTaskForm, form_of
from processes.engine.execution.effects import Closing
from processes.engine.execution.instances import (
    TaskNotOpenError,
    answer_again,
    close_user_task,
    save_draft,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import InstanceStatus, UserTask
from processes.engine.tasks import files
from processes.engine.tasks.delegations import stands_in
from processes.engine.tasks.files import Place
from processes.register.changes import record_event
from processes.register.declarations import is_declared, keep_answers
from processes.unit_of_work import unit_of_work


@bp.get("/taken/<uuid:task_id>")
@requires(*Role)
def show(task_id: UUID) -> ResponseReturnValue:
    task = seen_task(db.session(), task_id, current_user())
    if task.form_key == OFFER_FORM:
        return redirect(page_of_offer(task), 303)
    if not is_open(task):
        if is_of_onboarding(task):
            return redirect(address_after(db.session(), current_user()), 303)
        return _closed_page(task, None)
    refuse_part_of_company(SubmittedTask.of(task))
    return _page(task, _form_to_show(task))


@bp.post("/taken/<uuid:task_id>")
@requires(*Role)
@takes_files
@begins(Begins.WHEN_WRITING)
def submit(task_id: UUID) -> ResponseReturnValue:
    task = submitted_task(db.session(), task_id, current_user())
    refuse_part_of_company(task)
    form_class = form_class_of(task)
    if not task.is_open:
        return _closed(task_id, form_class(request.form))
    sent = form_sent(form_class, _place(task))
    form = form_class(sent)
    if is_held_by_another(task):
        return _page(_task(task_id), form, asks_to_take_over=True), HTTPStatus.CONFLICT
    if "later" in request.form:
        return _later(task, form, sent)
    return _send(task, form)


def _place(task: SubmittedTask) -> Place:
    return Place(current_user().person.reference, task.instance_id, task.id)


def _last_edit(task: UserTask) -> UserTask | None:
    """Who was here last; outside a registration only of a draft, for cases pass many hands."""
    if is_of_onboarding(task) or task.draft_at:
        return last_edit(db.session(), task)
    return None


def _send(task: SubmittedTask, form: UserTaskForm) -> ResponseReturnValue:
    """Complete the task with what was sent, or say why that cannot be."""
    if not form.is_going_back and not form.validate():
        return _page(_task(task.id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        address, again = _complete(task, form)
    except TaskNotOpenError:
        return _closed(task.id, form)
    except StepFailedError:
        return _failed(task.id, form)
    if not (form.is_going_back or is_of_onboarding(task)):  # whose next page says it
        if again:
            flash(f"De taak “{task.name}” is verstuurd, en staat opnieuw open.", "warning")
        else:
            flash(f"De taak “{task.name}” is afgerond.", "ok")
    return redirect(address, 303)


@bp.post("/taken/<uuid:task_id>/concept")
@requires(*Role)
@limited(Rate.AUTOSAVE)
def autosave(task_id: UUID) -> ResponseReturnValue:
    """Saves the draft while somebody types (htmx)."""
    task = _task(task_id)
    refuse_part_of_company(SubmittedTask.of(task))
    if is_held_by_another(task):
        return f"{task.assignee_name or 'Iemand anders'} is hiermee bezig. Dit is niet bewaard.", (
            HTTPStatus.CONFLICT
        )
    if not is_open(task):
        held = task.instance.status is InstanceStatus.SUSPENDED
        text = "Deze stap staat even stil" if held else "Deze stap is intussen afgerond"
        return f"{text}. Dit is niet bewaard.", HTTPStatus.CONFLICT
    _keep(task_id, form_class_of(task)(request.form))
    return render_template("tasks/kept.html", task=task)


def _task(task_id: UUID) -> UserTask:
    return task_of(db.session(), task_id, current_user())


def _form_to_show(task: UserTask) -> UserTaskForm:
    """What was typed too late, or left half-way, or answered before; otherwise an empty form."""
    form_class = form_class_of(task)
    kept = kept_fields(url_for("tasks.show", task_id=task.id))
    if kept is not None:
        return form_class.from_draft(kept)
    draft = left_draft(db.session(), task)
    if draft is not None:
        return form_class.from_draft(draft)
    return form_class(None, data=form_class.data_from(scope_of_task(task).answers))


def is_of_another(task: UserTask | SubmittedTask) -> bool:
    """Whether somebody else has the task."""
    return task.assignee not in {None, current_user().person.reference}


def stands_in_for(task: UserTask | SubmittedTask) -> bool:
    """Whether this user does the task for who has it, who is absent."""
    if task.assignee is None or not is_of_another(task):
        return False
    key = task.instance.process_key if isinstance(task, UserTask) else task.process_key
    return stands_in(db.session(), current_user().person, task.assignee, key)


def is_held_by_another(task: UserTask | SubmittedTask) -> bool:
    """Whether somebody else has the task, and this form does not say to take it over from them."""
    is_asked = is_of_another(task) and request.form.get("overnemen") != task.assignee
    return is_asked and not stands_in_for(task)


def _page(task: UserTask, form: UserTaskForm, *, asks_to_take_over: bool = False) -> str:
    kept = kept_fields(url_for("tasks.show", task_id=task.id))
    return render_template(
        form_of(task.form_key).page.template,
        task=task,
        form=form,
        edited=_last_edit(task),
        work=work_bar(db.session(), task, current_user(), stands_in=stands_in_for(task)),
        asks_to_take_over=asks_to_take_over,
        was_kept=kept is not None,
        **context_of(task, scope_of_task(task)),
    )


def _complete(task: SubmittedTask, form: UserTaskForm) -> tuple[str, bool]:
    """The step, what it means for the register, and the trail, in one transaction.

    What is next, and whether the same step is open again. Raises TaskNotOpenError when it was
    closed meanwhile.
    """
    session, user = db.session(), current_user()
    unit = unit_of_work(session)
    unit.begin_writing()
    closing = Closing(task.id, user.label, form_submission_id(), user.person.reference)
    given = form.variables()
    with unit.gathering():
        if close_user_task(session, closing, {**given, "actor": user.label}) is None:
            raise TaskNotOpenError(session.get_one(UserTask, task.id))
        _record(task, given)
    files.send(session, _place(task), task.instance_id, files_in(form))
    session.flush()
    again = not (form.is_going_back or is_of_onboarding(task)) and stands_again(session, task)
    if form.is_going_back or again:  # it stands there again when they return
        session.get_one(UserTask, task.id).draft = form.draft()
    address = address_after(session, user, task)
    unit.commit()
    return address, again


def _record(task: SubmittedTask, given: Mapping[str, Any]) -> None:
    session, user = db.session(), current_user()
    declaration = given.get("declaration")
    if declaration and not _is_declared(task, declaration):
        asked = task.requirement_set
        keep_answers(session, kvk=user.kvk or "", by=user.label, set_id=asked, **declaration)
    about: dict[str, Any] = {
        "actor": user.label,
        "kvk": task.tenant,
        "subject": f"task:{task.id}",
        "element": task.element_id,
        "step": task.name,
        **_of_whom(task),
    }
    if "on_behalf_of" in about:
        record_event(session, "delegation-used", **about)
    record_event(session, "task-completed", **about)


def _is_declared(task: SubmittedTask, declaration: Mapping[str, Any]) -> bool:
    """Whether the step froze these answers itself, as a new declaration does (R40)."""
    if is_of_onboarding(task):
        return False
    return is_declared(db.session(), current_user().kvk or "", declaration)


def _of_whom(task: SubmittedTask) -> dict[str, str | None]:
    """Who had the task, for the trail: who was absent, or from whom it was taken over."""
    if not is_of_another(task):
        return {}
    return {"on_behalf_of" if stands_in_for(task) else "taken_over_from": task.assignee_name}


def _later(task: SubmittedTask, form: UserTaskForm, sent: Sent) -> ResponseReturnValue:
    try:
        _keep(task.id, form)
    except TaskNotOpenError:
        return _closed(task.id, form)
    if sent.refused:  # the rest is kept; these files are not
        for name in sent.refused:
            form[name].validate(form)
        return _page(_task(task.id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    if is_of_onboarding(task) and Role.PROVIDER in current_user().roles:
        return redirect(url_for("tasks.later"), 303)
    flash("Wat u hebt ingevuld, is bewaard. U kunt later verdergaan.", "ok")
    return redirect(url_for("tasks.task_list"), 303)


def _keep(task_id: UUID, form: UserTaskForm) -> None:
    unit = unit_of_work(db.session())
    unit.begin_writing()
    save_draft(db.session(), task_id, draft=form.draft(), by=current_user().label)
    unit.commit()


def _closed(task_id: UUID, form: UserTaskForm) -> ResponseReturnValue:
    """The same submission for the second time is answered as the first (R15)."""
    session, user = db.session(), current_user()
    try:
        answer_again(session, Closing(task_id, user.label, form_submission_id()))
    except TaskNotOpenError:
        return _closed_page(_task(task_id), form), HTTPStatus.CONFLICT
    done = submitted_task(session, task_id, user)
    return redirect(address_after(session, user, done), 303)


def _closed_page(task: UserTask, form: UserTaskForm | None) -> str:
    """Somebody was first: who, what stands now, and what you typed, to copy (R14)."""
    return render_template(
        "tasks/too_late.html",
        task=task,
        is_onboarding=is_of_onboarding(task) and Role.PROVIDER in current_user().roles,
        stored=lines_of(_stored(task)),
        typed=lines_of(form) if form else [],
    )


def _stored(task: UserTask) -> UserTaskForm:
    form_class = form_class_of(task)
    return form_class(None, data=form_class.data_from(scope_of_task(task).answers))


def _failed(task_id: UUID, form: UserTaskForm) -> ResponseReturnValue:
    """The step raised and is undone: the incident stays for an operator, and so do the answers."""
    _keep(task_id, form)
    page = render_template("tasks/step_failed.html", task_id=task_id)
    return page, HTTPStatus.INTERNAL_SERVER_ERROR
