"""Service task: mails staff of what must not go unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from processes.base import local
from processes.casework.mail.security_notices import TOPIC
from processes.engine.store.work_models import KnownPerson
from processes.letters.layout import Filling
from processes.platform.settings import current_settings
from workers.handlers.mail.letters import About, Letter, composed
from workers.handlers.mail.sending import mail_task
from workers.handlers.mail.task_mail import send_if_any
from workers.job_context import JobContext


@mail_task(TOPIC, title="Bericht over noodtoegang")
def send_security_notice(
    person: str, what: str, at: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell one member of staff; nobody where the address is gone."""
    moment = datetime.fromisoformat(at)
    return send_if_any(job, lambda session: letter(session, person, what, moment))


def letter(session: Session, person: str, what: str, at: datetime) -> Letter | None:
    """The mail to this member of staff; None where the address is gone."""
    known = session.get(KnownPerson, person)
    if known is None or not known.email:
        return None
    values = {
        "naam": known.name,
        "gebeurtenis": what,
        "tijdstip": f"{local(at):%d-%m-%Y om %H.%M} uur",
        "website": current_settings().public_url.rstrip("/"),
    }
    return composed(session, "security-notice", About(known.email), Filling(values, {}))
