"""Mail to a contact person that was refused or came back: who repairs, and what goes again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.instances import AlreadyRunningError, open_user_tasks, start_process
from processes.engine.execution.jobs import create_job
from processes.engine.registry import TOPICS
from processes.engine.store.models import Job, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.register.mail import (
    MailStatus,
    OutgoingMail,
    is_repeated,
    original_key,
    refused_address,
)
from processes.register.providers.providers import Provider, provider_of

log = logging.getLogger(__name__)

PROCESS = "mail_bounced"
TO_REPAIRED = "send-to-repaired"
TO_SOMEBODY_ELSE = frozenset({"send-contact-notice", "send-invitation", "send-merged-former"})
"""Topics whose mail goes to an address of its own: another of the contact person changes none."""
BEFORE = timedelta(days=7)
"""Of mails that were sent before the one that came back first: reports come in any order."""


@dataclass(frozen=True)
class LostMail:
    """A mail that did not arrive, and the job that made it."""

    mail_id: UUID
    key: str  # of the first mail of its kind, of which others are repeats
    topic: str
    arguments: Mapping[str, Any]
    job_id: UUID
    tenant: str | None


def act_on_refusal(session: Session, mail: OutgoingMail) -> None:
    """Ask a registrar for an address that works, or send to the one that was found meanwhile (D5).

    One task at a time, and only while the address is the one that we would use.
    """
    provider = provider_of(session, mail.kvk) if mail.kvk is not None else None
    if provider is None or not provider.contact_email:
        return
    if not refused_address(session, provider):
        _send_to_repaired(session, provider, mail)
        return
    tasks = open_user_tasks(session, tenant=provider.kvk, group="registrar")
    if mail.recipient == provider.contact_email and not any(
        task.form_key == "repair-address" for task in tasks
    ):
        _ask_registrar(session, provider, mail)


def _send_to_repaired(session: Session, provider: Provider, mail: OutgoingMail) -> None:
    if mail.recipient == provider.contact_email or not lost_with(session, mail):
        return
    create_job(
        session,
        TO_REPAIRED,
        {"provider_id": str(provider.id), "mail_id": str(mail.id)},
        idempotency_key=f"{TO_REPAIRED}:{mail.id}",
        tenant=provider.kvk,
    )


def _ask_registrar(session: Session, provider: Provider, mail: OutgoingMail) -> None:
    try:
        start_process(
            session,
            PROCESS,
            business_key=provider.kvk,
            tenant=provider.kvk,
            variables={"provider_id": str(provider.id), "mail_id": str(mail.id)},
            started_by="worker",
        )
    except AlreadyRunningError:
        return
    except UnknownProcessError:
        log.warning("mail came back, and the process for that is not deployed")


def lost_with(session: Session, mail: OutgoingMail) -> list[LostMail]:
    """What was refused at the address of this mail, oldest first, and did not arrive since.

    Without what goes to an address of its own, and what a job made whose arguments are gone (D6).
    """
    query = select(OutgoingMail).where(
        OutgoingMail.kvk == mail.kvk,
        OutgoingMail.recipient == mail.recipient,
        OutgoingMail.status == MailStatus.REFUSED,
        OutgoingMail.created_at > mail.created_at - BEFORE,
    )
    lost: dict[str, LostMail] = {}
    for each in session.scalars(query.order_by(OutgoingMail.created_at, OutgoingMail.id)):
        key = original_key(each)
        job = session.scalar(select(Job).where(Job.idempotency_key == key))
        if job is None or not _goes_again(job) or is_repeated(session, each):
            continue
        lost[key] = LostMail(each.id, key, job.topic, job.arguments, job.id, job.tenant)
    return list(lost.values())


def _goes_again(job: Job) -> bool:
    if job.topic in TO_SOMEBODY_ELSE or job.topic not in TOPICS:
        return False
    required = {name for name, needed in TOPICS[job.topic].parameters.items() if needed}
    return required <= set(job.arguments)


def readdress_receipts(session: Session, former: str, provider: Provider) -> None:
    """The receipts of the company's cases go where its contact person is reached now."""
    cases = select(ProcessInstance.id).where(ProcessInstance.tenant == provider.kvk)
    session.execute(
        update(BegunCase)
        .where(BegunCase.mailed_to == former, BegunCase.instance_id.in_(cases))
        .values(mailed_to=provider.contact_email)
    )
