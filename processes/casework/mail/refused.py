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
from processes.engine.store.models import InstanceStatus, Job, ProcessInstance, UserTask
from processes.engine.store.start_models import BegunCase
from processes.register.mail import (
    MailStatus,
    OutgoingMail,
    is_repeated,
    last_of_chain,
    original_key,
    refused_address,
    repeat_key,
)
from processes.register.providers.providers import Provider, provider_of

log = logging.getLogger(__name__)

PROCESS = "mail_bounced"
TO_REPAIRED = "send-to-repaired"
TO_SOMEBODY_ELSE = frozenset({"send-contact-notice", "send-invitation", "send-merged-former"})
"""Topics whose mail goes to an address of its own: another of the contact person changes none."""
REPAIRS_ITSELF = frozenset({"send-confirmation"})
"""Topics that throw to their case when they are refused: it asks for an address and sends anew."""
BEFORE = timedelta(days=7)
"""Of mails that were sent before the one that came back first: reports come in any order."""


@dataclass(frozen=True)
class LostMail:
    """A mail that did not arrive, and the job that made it."""

    mail_id: UUID
    key: str  # of the mail that goes instead: the same, whoever sends it
    topic: str
    arguments: Mapping[str, Any]
    job_id: UUID
    tenant: str | None


def act_on_refusal(session: Session, mail: OutgoingMail) -> None:
    """Ask a registrar for an address that works, or send to the one that was found meanwhile (D5).

    One task at a time, and only while the address is the one that we would use.
    """
    provider = provider_of(session, mail.kvk) if mail.kvk is not None else None
    if provider is None:
        return
    session.refresh(provider, with_for_update=True)  # who repairs the address meanwhile goes first
    if not provider.contact_email:
        return
    if not refused_address(session, provider):
        _send_to_repaired(session, provider, mail)
        return
    if mail.recipient == provider.contact_email and not _is_asked(session, provider):
        _ask_registrar(session, provider, mail)


def send_what_was_lost(session: Session, provider: Provider, former: str | None) -> None:
    """Send to the address that was just repaired what the former one refused meanwhile (D5).

    Whichever process asked for the address. Nothing where that of this module sends it itself.
    """
    running = select(ProcessInstance.id).where(
        ProcessInstance.process_key == PROCESS,
        ProcessInstance.tenant == provider.kvk,
        ProcessInstance.status == InstanceStatus.ACTIVE,
    )
    sends_itself = session.scalar(running.limit(1)) is not None and not any(
        task.instance_id in set(session.scalars(running))
        for task in _repair_tasks(session, provider)
    )
    mail = _first_refused(session, provider, former)
    if mail is not None and not sends_itself:
        _send_to_repaired(session, provider, mail)


def _first_refused(
    session: Session, provider: Provider, recipient: str | None
) -> OutgoingMail | None:
    """The first mail that was refused at this address since one was taken there."""
    of_address = select(OutgoingMail).where(
        OutgoingMail.kvk == provider.kvk, OutgoingMail.recipient == recipient
    )
    sent = of_address.where(OutgoingMail.status == MailStatus.SENT)
    last = session.scalar(sent.order_by(OutgoingMail.created_at.desc()).limit(1))
    refused = of_address.where(OutgoingMail.status == MailStatus.REFUSED)
    if last is not None:
        refused = refused.where(OutgoingMail.created_at > last.created_at)
    return session.scalar(refused.order_by(OutgoingMail.created_at).limit(1))


def _send_to_repaired(session: Session, provider: Provider, mail: OutgoingMail) -> None:
    lost = lost_with(session, mail) if mail.recipient != provider.contact_email else []
    if not lost:
        return
    create_job(
        session,
        TO_REPAIRED,
        {"provider_id": str(provider.id), "mail_id": str(mail.id)},
        idempotency_key=f"{TO_REPAIRED}:{lost[-1].key}",
        tenant=provider.kvk,
    )


def _is_asked(session: Session, provider: Provider) -> bool:
    return bool(_repair_tasks(session, provider))


def _repair_tasks(session: Session, provider: Provider) -> list[UserTask]:
    tasks = open_user_tasks(session, tenant=provider.kvk, group="registrar")
    return [task for task in tasks if task.form_key == "repair-address"]


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
        if job is None or not _goes_again(job, each) or is_repeated(session, each):
            continue
        again = _key_of_next(session, each)
        lost[key] = LostMail(each.id, again, job.topic, job.arguments, job.id, job.tenant)
    return list(lost.values())


def _key_of_next(session: Session, mail: OutgoingMail) -> str:
    """The key of the mail that goes instead of it; one that waits already is that one."""
    last = last_of_chain(session, mail)
    return last.key if last.status is MailStatus.WAITING else repeat_key(last)


def _goes_again(job: Job, mail: OutgoingMail) -> bool:
    if job.topic in TO_SOMEBODY_ELSE or job.topic not in TOPICS:
        return False
    if job.topic in REPAIRS_ITSELF and job.instance_id is not None and mail.sent_at is None:
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
