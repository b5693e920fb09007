"""One user task: show it, keep what is typed, complete it; somebody else may have been first."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access import Role, current_user, kept_fields, requires
from app.db import db
from app.pages import submission_sent
from app.tasks.blueprint import bp
from app.tasks.company_facts import may_declare
from app.tasks.open_task import (
    OFFER_FORM,
    ONBOARDING,
    address_after,
    is_open,
    last_edit,
    left_draft,
    lock,
    task_of,
)
from app.tasks.pages import page_of, variables_of
from forms.providers import CompanyDetailsForm
from forms.registry import UserTaskForm
from processes.engine.instances import complete_user_task, save_draft
from processes.engine.models import TaskStatus, UserTask
from processes.engine.steps import StepFailedError
from processes.register.changes import record_event
from processes.register.declarations import keep_answers
from workers.enqueue import commit_and_enqueue


@bp.get("/taken/<uuid:task_id>")
@requires(Role.PROVIDER, Role.REGISTRAR)
def show(task_id: UUID) -> ResponseReturnValue:
    task = _task(task_id)
    if task.form_key == OFFER_FORM:
        return redirect(f"/aanbod/{variables_of(task).get('offer_id')}", 303)
    if not is_open(task):
        return redirect(address_after(db.session(), current_user()), 303)
    _refuse_branch(task)
    return _page(task, _form_to_show(task))


@bp.post("/taken/<uuid:task_id>")
@requires(Role.PROVIDER, Role.REGISTRAR)
def submit(task_id: UUID) -> ResponseReturnValue:
    task = _task(task_id)
    _refuse_branch(task)
    form = page_of(task).form_class(task)(request.form)
    lock(db.session(), task)
    submission_id = submission_sent()
    if task.status is TaskStatus.COMPLETED and task.submission_id == submission_id:
        return redirect(address_after(db.session(), current_user()), 303)
    if not is_open(task):
        return _too_late(task, form)
    if "later" in request.form:
        return _later(task, form)
    return _submitted(task, form, submission_id)


def _submitted(task: UserTask, form: UserTaskForm, submission_id: UUID) -> ResponseReturnValue:
    if not _is_going_back(form) and not form.validate():
        return _page(task, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        address = _complete(task, form, submission_id)
    except StepFailedError:
        return _failed(task, form)
    return redirect(address, 303)


@bp.post("/taken/<uuid:task_id>/concept")
@requires(Role.PROVIDER, Role.REGISTRAR)
def autosave(task_id: UUID) -> ResponseReturnValue:
    """What htmx sends while somebody types, so that nothing is lost when they are called away."""
    task = _task(task_id)
    if not is_open(task):
        return "Deze stap is intussen afgerond.", HTTPStatus.CONFLICT
    _keep(task, page_of(task).form_class(task)(request.form))
    return render_template("tasks/kept.html", task=task)


def _task(task_id: UUID) -> UserTask:
    return task_of(db.session(), task_id, current_user())


def _form_to_show(task: UserTask) -> UserTaskForm:
    """What was typed too late, or left half-way, or answered before; otherwise an empty form."""
    form_class = page_of(task).form_class(task)
    kept = kept_fields()
    if kept is not None and kept.path == request.path:
        return form_class.from_draft(kept.fields)
    draft = left_draft(db.session(), task)
    if draft is not None:
        return form_class.from_draft(draft)
    return form_class(None, data=form_class.data_from(variables_of(task)))


def _page(task: UserTask, form: UserTaskForm) -> str:
    page, given = page_of(task), variables_of(task)
    kept = kept_fields()
    return render_template(
        page.template,
        task=task,
        form=form,
        edited=last_edit(db.session(), task),
        was_kept=kept is not None and kept.path == request.path and request.method == "GET",
        **page.context(task, given),
    )


def _complete(task: UserTask, form: UserTaskForm, submission_id: UUID) -> str:
    """The step, what it means for the register, and the trail, in one transaction; what is next."""
    session, user = db.session(), current_user()
    given = form.variables()
    complete_user_task(
        session,
        task.id,
        completed_by=user.label,
        variables={**given, "actor": user.label},
        submission_id=submission_id,
    )
    if _is_going_back(form):
        session.refresh(task)
        task.draft = form.draft()  # typed, not sent: it stands there again when they return
    if declaration := given.get("declaration"):
        keep_answers(session, kvk=user.kvk or "", by=user.label, **declaration)
    record_event(
        session,
        "task-completed",
        actor=user.label,
        kvk=task.instance.tenant,
        subject=f"task:{task.id}",
        element=task.element_id,
        step=task.name,
    )
    address = address_after(session, user)
    commit_and_enqueue(session)
    return address


def _is_going_back(form: UserTaskForm) -> bool:
    return isinstance(form, CompanyDetailsForm) and form.is_going_back


def _later(task: UserTask, form: UserTaskForm) -> ResponseReturnValue:
    _keep(task, form)
    if Role.PROVIDER in current_user().roles:
        return redirect(url_for("tasks.later"), 303)
    return redirect(url_for("registrar.index"), 303)


def _keep(task: UserTask, form: UserTaskForm) -> None:
    save_draft(db.session(), task.id, draft=form.draft(), by=current_user().label)
    commit_and_enqueue(db.session())


def _too_late(task: UserTask, form: UserTaskForm) -> ResponseReturnValue:
    """Somebody was first: who, what stands now, and what you typed, to copy (R14)."""
    return render_template(
        "tasks/too_late.html",
        task=task,
        stored=_lines(_stored(task)),
        typed=_lines(form),
    ), HTTPStatus.CONFLICT


def _stored(task: UserTask) -> UserTaskForm:
    form_class = page_of(task).form_class(task)
    return form_class(None, data=form_class.data_from(variables_of(task)))


def _lines(form: UserTaskForm) -> list[tuple[str, str]]:
    """The questions of a form with the answers that stand in it."""
    lines = []
    for field in form:
        answer: Any = field.raw_data or field.data
        texts = answer if isinstance(answer, list) else [answer]
        text = ", ".join(str(each) for each in texts if each not in {None, "", False})
        if text and str(field.label.text) and field.name not in {"set_version", "next", "change"}:
            lines.append((str(field.label.text), text))
    return lines


def _failed(task: UserTask, form: UserTaskForm) -> ResponseReturnValue:
    """The step raised and is undone: the incident stays for an operator, and so do the answers."""
    _keep(task, form)
    return render_template("tasks/step_failed.html", task=task), HTTPStatus.INTERNAL_SERVER_ERROR


def _refuse_branch(task: UserTask) -> None:
    """A branch does not declare for the whole company (R55)."""
    user = current_user()
    is_declaring = task.instance.process_key == ONBOARDING and Role.PROVIDER in user.roles
    if is_declaring and not may_declare(user):
        abort(make_response(render_template("tasks/branch_only.html"), HTTPStatus.FORBIDDEN))
