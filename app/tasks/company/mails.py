"""Mails to a provider's contact person: status and resending (R45)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution.instances import complete_user_task, open_user_tasks
from processes.engine.execution.jobs import create_job
from processes.engine.execution.task_forms import form_fields
from processes.engine.store.models import Job
from processes.register.changes import record_event
from processes.register.mail import OutgoingMail
from processes.register.providers.providers import Provider

AGAIN = "send-confirmation-again"
MOST = 3  # an hour (R45e)
HOUR = timedelta(hours=1)


def last_confirmation(session: Session, kvk: str) -> OutgoingMail | None:
    """The latest confirmation."""
    return session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.kvk == kvk, OutgoingMail.kind == "registration-confirmed")
        .order_by(OutgoingMail.created_at.desc())
        .limit(1)
    ).first()


def may_send_again(session: Session, provider: Provider) -> bool:
    """Rate limit: at most three times an hour."""
    sent = select(func.count()).where(
        Job.topic == AGAIN, Job.tenant == provider.kvk, Job.created_at > now() - HOUR
    )
    return (session.scalar(sent) or 0) < MOST


def send_again(session: Session, provider: Provider, *, by: str, submission_id: UUID) -> None:
    """Send the confirmation once more; a double click is one mail."""
    create_job(
        session,
        AGAIN,
        {"provider_id": str(provider.id)},
        idempotency_key=f"{AGAIN}:{submission_id}",
        tenant=provider.kvk,
    )
    record_event(session, "mail-sent-again", actor=by, kvk=provider.kvk)


def tell_contact(session: Session, provider: Provider, former: str, *, change: UUID) -> None:
    """Confirm a change of contact to the new address, with a notice to the old one (R45d)."""
    provider_id = str(provider.id)
    create_job(
        session,
        "send-contact-changed",
        {"provider_id": provider_id},
        idempotency_key=f"contact-changed:{change}",
        tenant=provider.kvk,
    )
    create_job(
        session,
        "send-contact-notice",
        {"provider_id": provider_id, "recipient": former},
        idempotency_key=f"contact-notice:{change}",
        tenant=provider.kvk,
    )


def repair(session: Session, provider: Provider, *, by: str) -> bool:
    """Complete the repair task with the new address, when the process waits for one (R45b)."""
    tasks = open_user_tasks(session, tenant=provider.kvk, group="registrar")
    task = next((each for each in tasks if each.form_key == "repair-address"), None)
    if task is None:
        return False
    repaired = {"email": provider.contact_email, "note": None}
    drawn = form_fields(session, task.instance.definition_id, task.element_id, task.id)
    unasked = {each.id: each.default for each in drawn}  # nobody filled in that form
    given = {**unasked, "repaired_address": repaired, "actor": by}
    complete_user_task(session, task.id, completed_by=by, variables=given)
    return True
