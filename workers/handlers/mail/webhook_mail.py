"""Service task: mails a company that a webhook of its own turned itself off."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.mail.webhook_notices import TOPIC, still_off
from processes.platform.settings import current_settings
from processes.webhooks.own_addresses import shown_name
from workers.handlers.mail.letters import Letter, to_provider
from workers.handlers.mail.sending import mail_task
from workers.handlers.mail.task_mail import send_if_any
from workers.job_arguments import id_from
from workers.job_context import JobContext


@mail_task(TOPIC, title="Bericht dat een webhook uit staat")
def send_webhook_off(address: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell the contact person, unless the webhook is on again when the mail is written."""
    return send_if_any(job, lambda session: letter(session, id_from(address)))


def letter(session: Session, address_id: UUID) -> Letter | None:
    """The mail: the name of the webhook and the page where it is turned on; None: nothing to tell.

    What went wrong stands on that page, and the address of the program in no mail.
    """
    found = still_off(session, address_id)
    if found is None:
        return None
    address, provider = found
    website = current_settings().public_url.rstrip("/")
    page = f"{website}/koppelingen/webhooks/{address.id}"
    return to_provider(
        session, "webhook-off", provider, {"webhook": shown_name(address), "pagina": page}
    )
