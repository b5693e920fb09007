"""Tells a company by mail that a webhook of its own turned itself off.

Its contact person gets it, as every mail to a company: eHerkenning gives no address of its people.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import new_id
from processes.casework.mail.notices import choice_of, company_reference
from processes.engine.execution.jobs import create_job
from processes.engine.store.work_models import NoticeChoice
from processes.register.providers.providers import Provider, provider_of
from processes.webhooks.models import Disabled, WebhookAddress

TOPIC = "send-webhook-off"
BY_ITSELF = (Disabled.GONE, Disabled.FAILING)


def tell_company(session: Session, address: WebhookAddress) -> None:
    """A job that mails its company, if that wants mail; none for an operator's own address."""
    if address.tenant is None or not _wants_mail(session, address.tenant):
        return
    key, given = f"{TOPIC}:{new_id()}", {"address": str(address.id)}
    create_job(session, TOPIC, given, idempotency_key=key, tenant=address.tenant)


def still_off(session: Session, address_id: UUID) -> tuple[WebhookAddress, Provider] | None:
    """What to tell, and of whom; None where it is on again, or the company wants no mail by now."""
    address = session.get(WebhookAddress, address_id)
    if address is None or address.tenant is None or address.disabled_because not in BY_ITSELF:
        return None
    provider = provider_of(session, address.tenant)
    if provider is None or not _wants_mail(session, provider.kvk):
        return None
    return address, provider


def _wants_mail(session: Session, kvk: str) -> bool:
    return choice_of(session, company_reference(kvk)) is not NoticeChoice.NONE
