"""The receipt of a case that somebody began: reference, copy of the answers, what follows."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.begin.blueprint import bp
from app.begin.start_form import rows_of
from app.web.access import Role, current_user, not_theirs, requires
from app.web.db import db
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.execution.jobs import create_job
from processes.engine.execution.starting.beginning import Starter, case_of_submission
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.register.changes import record_event


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
    return render_template("begin/receipt.html", case=case, begun=begun, rows=rows)


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
            idempotency_key=f"receipt:{case.submission_id}",
            tenant=starter.tenant,
        )
    record_event(
        session,
        "process-started",
        actor=starter.label,
        kvk=starter.tenant,
        subject=f"process:{definition.key}",
        reference=case.reference,
    )
