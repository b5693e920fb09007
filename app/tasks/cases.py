"""My cases at /zaken: what is done, what happens now and who does it, what comes, withdrawing."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from app.tasks.blueprint import bp
from app.tasks.open_task import ONBOARDING
from app.web.access import Role, User, current_user, not_theirs, requires
from app.web.db import db
from app.web.pages import page_number
from forms.work import WithdrawForm
from processes.casework.given_variables import WITHDRAW
from processes.casework.offers.publication import PROCESS as OFFERS
from processes.engine.execution.events.messages import send_to, waits_for
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight.progress import Part, progress
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.engine.store.start_models import BegunCase
from processes.engine.tasks.files import files_of, may_read
from processes.engine.tasks.rights import (
    Verb,
    is_begun_by_staff,
    may,
    visible_cases,
    visible_tasks,
)
from processes.register.changes import record_event
from processes.register.paging import page_of
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

ELSEWHERE = (ONBOARDING, OFFERS)
"""Processes with pages of their own."""
OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
STATES = {
    InstanceStatus.ACTIVE: "bezig",
    InstanceStatus.SUSPENDED: "staat stil",
    InstanceStatus.COMPLETED: "klaar",
    InstanceStatus.CANCELLED: "gestopt",
}
DOERS = {
    "teacher": "een leraar",
    "provider": "de aanbieder",
}
STAFF, BY_ITSELF, YOURS = "een medewerker van het register", "gaat vanzelf", "u"
AWAITED = "hier wachten wij op"


@bp.get("/zaken")
@requires(*Role)
def case_list() -> ResponseReturnValue:
    is_closed = request.args.get("lijst") == "afgesloten"
    query = (
        select(ProcessInstance)
        .options(joinedload(ProcessInstance.definition))
        .where(visible_cases(current_user().person))
        .where(ProcessInstance.process_key.not_in(ELSEWHERE))
        .where(ProcessInstance.status.not_in(OPEN) if is_closed else _is_open())
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
    )
    page = page_of(db.session(), query, page_number())
    return render_template(
        "tasks/cases.html",
        page=page,
        is_closed=is_closed,
        references=_references(db.session(), [case.id for case in page]),
        companies=_companies(db.session(), page),
        states=STATES,
    )


def _is_open() -> ColumnElement[bool]:
    return ProcessInstance.status.in_(OPEN)


def _references(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    """What the starters of these cases were given to read aloud."""
    query = select(BegunCase.instance_id, BegunCase.reference)
    found = session.execute(query.where(BegunCase.instance_id.in_(ids)))
    return dict(found.all())


def _companies(session: Session, cases: Iterable[ProcessInstance]) -> dict[str, str]:
    """Of staff: the providers for which they began these cases, by KvK number."""
    numbers = {each.tenant for each in cases if each.tenant}
    if not numbers or not current_user().is_staff:
        return {}
    query = select(Provider.kvk, Provider.display_name).where(Provider.kvk.in_(numbers))
    return dict(session.execute(query).all())


@bp.get("/zaken/<uuid:case_id>")
@requires(*Role)
def case(case_id: UUID) -> ResponseReturnValue:
    session, found, person = db.session(), _case(case_id), current_user().person
    reference = _references(session, [case_id]).get(case_id)
    is_on_behalf = reference is not None and found.tenant is not None and is_begun_by_staff(found)
    return render_template(
        "tasks/case.html",
        case=found,
        reference=reference,
        company=_companies(session, [found]).get(found.tenant or ""),
        is_on_behalf=is_on_behalf,
        progress=progress(session, found),
        mine=_own_tasks(session, found),
        who=lambda part: _who(part, found, current_user()),
        may_withdraw=_may_withdraw(session, found),
        files=[each for each in files_of(session, case_id) if may_read(session, person, each)],
        states=STATES,
    )


@bp.route("/zaken/<uuid:case_id>/intrekken", methods=["GET", "POST"])
@requires(*Role)
def withdraw(case_id: UUID) -> ResponseReturnValue:
    found = _case(case_id)
    if not _may_withdraw(db.session(), found):
        flash("U kunt deze zaak nu niet meer intrekken.", "warning")
        return redirect(url_for("tasks.case", case_id=case_id), 303)
    form = WithdrawForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        return _withdraw(found, form.reason.data or "")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("tasks/withdraw.html", case=found, form=form), status


def _withdraw(found: ProcessInstance, reason: str) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    given = {"withdraw_reason": reason, "actor": user.label}
    try:
        done = send_to(session, found.id, WITHDRAW, given)
    except StepFailedError:
        unit_of_work(session).commit()  # the incident stays for an operator
        flash("Intrekken lukte niet. Wij zien dit en lossen het op.", "error")
        return redirect(url_for("tasks.case", case_id=found.id), 303)
    if done:
        subject = f"instance:{found.id}"
        record_event(
            session,
            "case-withdrawn",
            actor=user.label,
            kvk=found.tenant,
            subject=subject,
            reason=reason,
        )
        flash("U hebt de zaak ingetrokken.", "ok")
    else:
        flash("U kunt deze zaak nu niet meer intrekken.", "warning")
    unit_of_work(session).commit()
    return redirect(url_for("tasks.case", case_id=found.id), 303)


def _case(case_id: UUID) -> ProcessInstance:
    """The case, if this user may see it and it has no pages of its own; else 404 (R62)."""
    query = select(ProcessInstance).where(ProcessInstance.id == case_id)
    found = db.session().scalar(query.options(joinedload(ProcessInstance.definition)))
    if found is None or found.process_key in ELSEWHERE:
        not_theirs(f"instance:{case_id}")
    if not may(db.session(), current_user().person, Verb.SEE, found):
        not_theirs(f"instance:{case_id}")
    return found


def _may_withdraw(session: Session, found: ProcessInstance) -> bool:
    is_active = found.status is InstanceStatus.ACTIVE
    return is_active and waits_for(session, found.id, WITHDRAW)


def _own_tasks(session: Session, found: ProcessInstance) -> dict[UUID, UserTask]:
    """The open tasks of a case that this user can do now."""
    if found.status is not InstanceStatus.ACTIVE:
        return {}
    query = select(UserTask).where(UserTask.instance_id == found.id)
    tasks = session.scalars(query.where(visible_tasks(current_user().person)))
    return {task.id: task for task in tasks}


def _who(part: Part, found: ProcessInstance, user: User) -> str:
    """Who does a part, as this user sees it: kinds of people, no names."""
    if part.waits_for_event:
        return AWAITED
    if not part.is_user_task:
        return BY_ITSELF
    person = user.person
    if person.tenant is not None and (Role.PROVIDER in part.groups or not part.groups):
        return "u of een collega"
    began = found.initiator == person.reference
    if began and Role.TEACHER in part.groups and Role.TEACHER in user.roles:
        return YOURS
    return DOERS.get(part.group or "", STAFF)
