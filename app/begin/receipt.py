"""The receipt of a case that somebody began: reference, copy of the answers, what follows."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.begin.blueprint import bp
from app.begin.start_form import rows_of
from app.web.access import Role, current_user, not_theirs, requires
from app.web.db import db, separate_unit_of_work
from app.web.limits import is_too_often
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.execution.jobs import create_job
from processes.engine.execution.starting.beginning import Starter, case_of_submission
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.start_models import BegunCase
from processes.engine.tasks.rights import is_begun_by_staff, visible_tasks
from processes.register.changes import record_event
from processes.register.mail import is_refused
from processes.register.providers.providers import Provider, provider_of

MOST_REFUSALS = 5  # a minute, of one person, that the trail keeps


@bp.get("/ontvangst/<uuid:submission_id>")
@requires(*Role)
def receipt(submission_id: UUID) -> ResponseReturnValue:
    """The receipt of what this user, or a colleague of the same company, began."""
    case = case_of_submission(db.session(), submission_id) or abort(404)
    instance = db.session().get_one(ProcessInstance, case.instance_id)
    if not _is_theirs(case, instance):
        not_theirs(f"case:{case.reference}")
    begun = beginning_of(db.session(), instance.definition_id)
    rows = rows_of(begun, case.answers, instance.tenant)
    return render_template(
        "begin/receipt.html",
        case=case,
        begun=begun,
        rows=rows,
        next_task=_next_task(instance),
        for_provider=_for_provider(instance),
        is_mail_refused=is_refused(db.session(), _mail_key(case)),
    )


def _for_provider(instance: ProcessInstance) -> Provider | None:
    """The provider on behalf of which staff began the case."""
    is_on_behalf = instance.tenant is not None and is_begun_by_staff(instance)
    return provider_of(db.session(), str(instance.tenant)) if is_on_behalf else None


def _mail_key(case: BegunCase) -> str:
    """The idempotency key of the job that mails the receipt."""
    return f"receipt:{case.submission_id}"


def _next_task(instance: ProcessInstance) -> UserTask | None:
    """What this user has to do in the case now, if anything."""
    if instance.status is not InstanceStatus.ACTIVE:
        return None
    mine = visible_tasks(current_user().person)
    query = select(UserTask).where(UserTask.instance_id == instance.id, mine)
    return db.session().scalars(query.order_by(UserTask.opened_at, UserTask.id)).first()


def _is_theirs(case: BegunCase, instance: ProcessInstance) -> bool:
    user = current_user()
    return case.starter_id == user.id or (
        instance.tenant is not None and instance.tenant == user.kvk
    )


def tell(case: BegunCase, definition: ProcessDefinition, starter: Starter) -> None:
    """The receipt by mail (D5), and the audit trail."""
    session = db.session()
    if case.mailed_to:
        create_job(
            session,
            "send-receipt",
            {"submission_id": str(case.submission_id)},
            idempotency_key=_mail_key(case),
            tenant=starter.tenant,
        )
    about = {"on_behalf_of": f"KvK {starter.tenant}"} if starter.is_on_behalf else {}
    record_event(
        session,
        "process-started",
        actor=starter.label,
        kvk=starter.tenant,
        subject=f"process:{definition.key}",
        reference=case.reference,
        **about,
    )


def tell_refusal(definition: ProcessDefinition, reason: str) -> None:
    """Who was refused what stands in the trail; of who keeps trying some a minute."""
    user, subject = current_user(), f"process:{definition.key}"
    if is_too_often(f"refused starts of {user.id}", MOST_REFUSALS):
        return
    db.session().rollback()  # SQLite has one writer, and this request might be it
    with separate_unit_of_work() as unit:
        record_event(
            unit.session,
            "start-refused",
            actor=user.label,
            kvk=user.kvk,
            subject=subject,
            reason=reason,
        )
