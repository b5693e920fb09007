"""Processes bounced mail: updates the mail log and starts the repair of the address (R45b)."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.instances import AlreadyRunningError, open_user_tasks, start_process
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.register.mail import MailStatus, OutgoingMail, refused_address
from processes.register.providers.providers import provider_of
from processes.unit_of_work import unit_of_work
from workers.clients.bounces import Bounce, unread
from workers.enqueue import open_session

log = logging.getLogger(__name__)

PROCESS = "mail_bounced"


def process_bounces() -> int:
    """Read new bounces from the maildir of the settings; returns how many were ours."""
    maildir = current_settings().bounce_maildir
    refused = 0
    for report in unread(maildir) if maildir else ():
        if report.bounce is not None:
            with open_session() as session:
                refused += note(session, report.bounce)
                unit_of_work(session).commit()
        report.settle()
    return refused


def note(session: Session, bounce: Bounce) -> bool:
    """Record a bounce; False for mail that is not ours, or was recorded before."""
    query = select(OutgoingMail).where(OutgoingMail.message_id == bounce.message_id)
    mail = session.scalars(query.with_for_update()).first()
    if mail is None or mail.status is not MailStatus.SENT:
        return False
    mail.status, mail.last_answer = MailStatus.REFUSED, bounce.answer
    record_event(
        session,
        "mail-refused",
        actor="worker",
        kvk=mail.kvk,
        subject=f"mail:{mail.id}",
        kind=mail.kind,
        source="bericht van de mailserver",
    )
    session.flush()
    if mail.kvk is not None:
        _ask_registrar(session, mail.kvk)
    return True


def _ask_registrar(session: Session, kvk: str) -> None:
    """One task at a time, and only while the address that came back is the one we would use."""
    provider = provider_of(session, kvk)
    if provider is None or not refused_address(session, provider):
        return
    tasks = open_user_tasks(session, tenant=kvk, group="registrar")
    if any(task.form_key == "repair-address" for task in tasks):
        return
    try:
        start_process(
            session,
            PROCESS,
            business_key=kvk,
            tenant=kvk,
            variables={"provider_id": str(provider.id)},
            started_by="worker",
        )
    except AlreadyRunningError:
        return
    except UnknownProcessError:
        log.warning("mail came back, and the process for that is not deployed")
