"""Service tasks that send again what did not arrive, to the address that was repaired (D5)."""

import logging
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import NoResultFound

from processes.casework.mail.refused import (
    TO_REPAIRED,
    LostMail,
    lost_with,
    readdress_receipts,
)
from processes.engine.registry import BpmnError
from processes.register.mail import OutgoingMail
from processes.register.providers.providers import Provider
from workers.handlers.mail.sending import ADDRESS_REFUSED, PROVIDER, mail_task
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import SERVICE_TASKS

log = logging.getLogger(__name__)

WITHOUT_A_CASE = {"send-confirmation": "send-confirmation-again"}
"""A task that throws to its process, and the one that sends the same where nothing catches it."""


@mail_task(
    "send-again",
    title="Teruggekomen e-mail opnieuw versturen",
    description=(
        "Stuurt de contactpersoon wat op het vorige adres terugkwam of werd geweigerd. De e-mail "
        "wordt opnieuw gemaakt, met de gegevens van nu. Fout address-refused: ook dit adres wordt "
        "geweigerd."
    ),
    labels={**PROVIDER, "mail_id": "Nummer van de e-mail die terugkwam"},
    throws={ADDRESS_REFUSED},
)
def send_again(provider_id: str, mail_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Send again what did not arrive at the former address.

    Raises BpmnError address-refused when the mail server refuses this address too (R45b).
    """
    for lost in _lost(provider_id, mail_id, job):
        if not _sent_again(lost, job):
            message = "the repaired address is refused as well"
            raise BpmnError(ADDRESS_REFUSED, message)
    return None


@mail_task(TO_REPAIRED, title="E-mail naar het herstelde adres versturen")
def send_to_repaired(provider_id: str, mail_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Send again what came back from an address that was replaced meanwhile."""
    for lost in _lost(provider_id, mail_id, job):
        if not _sent_again(lost, job):
            return {"refused": True}
    return None


def _lost(provider_id: str, mail_id: str, job: JobContext) -> list[LostMail]:
    with job.transaction() as session:
        mail = session.get_one(OutgoingMail, id_from(mail_id))
        provider = session.get_one(Provider, id_from(provider_id))
        if not provider.contact_email:  # erased, after the provider left
            return []
        readdress_receipts(session, mail.recipient, provider)
        return lost_with(session, mail)


def _sent_again(lost: LostMail, job: JobContext) -> bool:
    """By the task and with the arguments of the first time, so that it says what is true now.

    True as well where what it is about is gone, as of a case that was erased (D6): nothing to tell.
    """
    again = replace(
        job,
        id=lost.job_id,
        tenant=lost.tenant,
        idempotency_key=lost.key,
    )
    perform = SERVICE_TASKS[WITHOUT_A_CASE.get(lost.topic, lost.topic)].perform
    try:
        done = perform(**lost.arguments, job=again)
    except (NoResultFound, LookupError) as error:
        if isinstance(error, KeyError | IndexError):
            raise
        log.warning("mail is not sent again: what it is about is gone", exc_info=error)
        return True
    return not (done or {}).get("refused")
