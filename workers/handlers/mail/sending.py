"""Service tasks that send mail: at least once, always with the same Message-ID (R45)."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.mail.refused import act_on_refusal
from processes.engine.registry import BpmnError
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.register.mail import MailStatus, OutgoingMail
from processes.register.providers.people import Invitation
from processes.unit_of_work import unit_of_work
from workers.clients import mail as smtp
from workers.enqueue import open_session
from workers.handlers.mail import letters
from workers.handlers.mail.letters import Letter
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task

Write = Callable[[Session], Letter]

ADDRESS_REFUSED = "address-refused"
PROVIDER = {"provider_id": "Nummer van de aanbieder in het register"}

mail_task = partial(
    service_task,
    queue="mail",
    lease=timedelta(minutes=2),
    max_attempts=17,  # a minute, two, four … six hours: together 48 hours (R45c)
)


class _RefusedError(Exception):
    """The mail server will never take this recipient; the row says so already."""


@mail_task(
    "send-confirmation",
    title="Bevestiging per e-mail versturen",
    description=(
        "Stuurt de contactpersoon de bevestiging van de aanmelding. Fout address-refused: het "
        "adres wordt geweigerd."
    ),
    labels=PROVIDER,
    throws={ADDRESS_REFUSED},
)
def send_confirmation(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Send the confirmation to the contact person.

    Raises BpmnError address-refused when the mail server refuses the address for good (R45b).
    """
    try:
        _send(job, lambda session: letters.registration_confirmed(session, id_from(provider_id)))
    except _RefusedError as refused:
        raise BpmnError(ADDRESS_REFUSED, str(refused)) from refused
    return None


@mail_task(
    "send-confirmation-again",
    title="Bevestiging opnieuw versturen",
    description="Stuurt de bevestiging nog een keer, omdat iemand daarom vroeg.",
    labels=PROVIDER,
)
def send_confirmation_again(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Send the confirmation once more on request (R45e)."""
    return send_alone(
        job, lambda session: letters.registration_confirmed(session, id_from(provider_id))
    )


@mail_task(
    "send-contact-changed",
    title="Nieuwe contactpersoon berichten",
    description="Laat de nieuwe contactpersoon weten dat hij of zij dat is.",
    labels=PROVIDER,
)
def send_contact_changed(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Send the notice to the new contact person (R45d)."""
    return send_alone(job, lambda session: letters.contact_changed(session, id_from(provider_id)))


@mail_task(
    "send-contact-notice",
    title="Vorige contactpersoon berichten",
    description="Laat de vorige contactpersoon weten dat iemand anders het nu is.",
    labels={
        **PROVIDER,
        "recipient": "E-mailadres van de vorige contactpersoon",
    },
)
def send_contact_notice(
    provider_id: str, recipient: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Send the notice to the former contact person (R45d)."""
    return send_alone(
        job, lambda session: letters.contact_notice(session, id_from(provider_id), recipient)
    )


@mail_task(
    "send-suspended",
    title="Bericht over een schorsing versturen",
    description="Stuurt de contactpersoon de reden van de schorsing en hoe bezwaar maken gaat.",
    labels=PROVIDER,
)
def send_suspended(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tells why a provider is suspended, and how to object (R60)."""
    return send_alone(
        job, lambda session: letters.provider_suspended(session, id_from(provider_id))
    )


@mail_task(
    "send-reinstated",
    title="Bericht over het einde van een schorsing versturen",
    description="Laat de contactpersoon weten dat de schorsing voorbij is.",
    labels=PROVIDER,
)
def send_reinstated(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tells that the suspension has ended."""
    return send_alone(
        job, lambda session: letters.provider_reinstated(session, id_from(provider_id))
    )


@mail_task("send-invitation", title="Uitnodiging voor een collega")
def send_invitation(invitation_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Ask somebody to join a company, unless that was taken back meanwhile."""
    with job.transaction() as session:
        if session.get(Invitation, id_from(invitation_id)) is None:
            return None
    return send_alone(job, lambda session: letters.person_invited(session, id_from(invitation_id)))


@mail_task("send-receipt", title="Ontvangstbevestiging")
def send_receipt(submission_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Confirm that a case began, with its reference (D5)."""
    return send_alone(job, lambda session: letters.case_received(session, id_from(submission_id)))


@mail_task(
    "send-public-confirmation",
    title="Bevestiging vragen aan een bezoeker",
)
def send_public_confirmation(pending_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Ask a visitor to confirm the address of a start form."""
    return send_alone(
        job, lambda session: letters.public_confirmation(session, id_from(pending_id))
    )


def send_alone(job: JobContext, write: Write) -> dict[str, Any] | None:
    """Send a mail that no process waits for; where it is refused, an address is asked for (D5)."""
    try:
        _send(job, write)
    except _RefusedError:
        with open_session() as session:
            act_on_refusal(session, _kept(session, job))
            unit_of_work(session).commit()
        return {"refused": True}
    return None


def _send(job: JobContext, write: Write) -> None:
    with job.transaction() as session:
        mail = _row(session, job, write)
        if mail.status is MailStatus.REFUSED:
            raise _RefusedError(mail.last_answer)
        if mail.status is MailStatus.SENT:
            return
        mail.attempts += 1
        message = _message(mail)
    try:
        answer = smtp.send(current_settings(), message)
    except smtp.RecipientRefusedError as refused:
        _keep(job, MailStatus.REFUSED, refused.answer)
        raise _RefusedError(refused.answer) from refused
    except smtp.MailNotSentError as failure:
        _keep(job, MailStatus.WAITING, str(failure))
        raise
    _keep(job, MailStatus.SENT, answer)


def _row(session: Session, job: JobContext, write: Write) -> OutgoingMail:
    """The row of this job's mail, made before the first attempt and never made again."""
    mail = session.scalar(select(OutgoingMail).filter_by(key=job.idempotency_key))
    if mail is None:
        letter = write(session)
        mail = OutgoingMail(
            key=job.idempotency_key,
            kvk=letter.kvk,
            kind=letter.kind,
            recipient=letter.recipient,
            message_id=_message_id(job.idempotency_key),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )
        session.add(mail)
        session.flush()
    return mail


def _message_id(key: str) -> str:
    domain = parseaddr(current_settings().mail_from)[1].rpartition("@")[2] or "loket.example"
    return f"<{uuid5(NAMESPACE_URL, key)}@{domain}>"


def _message(mail: OutgoingMail) -> smtp.Message:
    return smtp.Message(
        recipient=mail.recipient,
        message_id=mail.message_id,
        written_at=mail.created_at,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
    )


def _keep(job: JobContext, status: MailStatus, answer: str) -> None:
    """Write down what the mail server said; true whoever holds the lease by now."""
    with open_session() as session, session.begin():
        mail = _kept(session, job)
        mail.status, mail.last_answer = status, answer
        if status is MailStatus.WAITING:
            return
        if status is MailStatus.SENT:
            mail.sent_at = now()
        record_event(
            session,
            "mail-sent" if status is MailStatus.SENT else "mail-refused",
            actor="worker",
            kvk=mail.kvk,
            subject=f"mail:{mail.id}",
            kind=mail.kind,
        )


def _kept(session: Session, job: JobContext) -> OutgoingMail:
    return session.scalars(select(OutgoingMail).filter_by(key=job.idempotency_key)).one()
