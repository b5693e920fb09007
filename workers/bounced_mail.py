"""Processes bounced mail: updates the mail log and starts the repair of the address (R45b)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.casework.mail.refused import act_on_refusal
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.register.mail import MailStatus, OutgoingMail
from processes.unit_of_work import unit_of_work
from workers import health
from workers.clients.bounces import Bounce, unread, unreadable
from workers.enqueue import open_session
from workers.health import Health

UNREAD = "bounces"
"""The name of the health check: a worker that reads the maildir tells it."""


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
    if maildir and (maildir / "cur").is_dir():
        health.tell(UNREAD, lambda: _health(unreadable(maildir)))
    return refused


def _health(unreadable: int) -> Health:
    """What operators see of the reports that nobody could read."""
    if not unreadable:
        return Health(is_well=True, detail="alles is gelezen")
    found = "1 bericht" if unreadable == 1 else f"{unreadable} berichten"
    detail = f"{found} over teruggekomen e-mail niet te lezen: bekijk wat in cur/ eindigt op FS"
    return Health(is_well=False, detail=detail)


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
    act_on_refusal(session, mail)
    return True
