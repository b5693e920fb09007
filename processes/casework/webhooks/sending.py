"""Sending webhooks: jobs for the events that wait, the message of a job, and its outcome.

Of one subject and address one event is under way at a time, in order; so many per address at once
that one which does not answer holds up no other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from processes.base import new_id, now
from processes.casework.mail.webhook_notices import tell_company
from processes.engine.execution.jobs import create_job
from processes.engine.registry import RefusedError
from processes.engine.store.models import Job, JobStatus
from processes.platform.encryption import UnreadableSecretError
from processes.questions import Question, one_of
from processes.register.changes import record_event
from processes.webhooks import own_addresses
from processes.webhooks.addresses import disable, enable
from processes.webhooks.cases import subject_of
from processes.webhooks.events import CONFIRM, EVENT_TOPIC
from processes.webhooks.messages import LARGEST, CloudEvent, Message, message_to
from processes.webhooks.models import Disabled, WebhookAddress, WebhookDelivery

MOST_UNDER_WAY = 20
"""Events of one address that are being sent, or wait for their next attempt."""
MOST_OF_A_COMPANY = 4
"""The same, for an address of a company: there may be many, and some will not answer."""

UNDER_WAY = (JobStatus.NEW, JobStatus.LEASED)
UNKNOWN = "Er is geen webhook-adres met de naam “{name}”."
DISABLED = "Het webhook-adres “{name}” staat uit."
UNREADABLE = "De sleutel van het webhook-adres “{name}” is niet te lezen. Maak een nieuwe."
TOO_LARGE = "Het bericht is te groot."


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt; `is_taken`: the receiver has it, or its answer was the outcome."""

    status: int | None
    answer: str
    is_taken: bool = False


def start(session: Session, limit: int) -> int:
    """Make jobs for the events whose turn it is; how many.

    Each address has room of its own: one with thousands of events holds up no other.
    """
    under_way, started = _under_way(session), 0
    for address in _awaited(session):
        most = MOST_UNDER_WAY if address.tenant is None else MOST_OF_A_COMPANY
        room = min(most - under_way[address.id], limit - started)
        if room > 0:
            turn = _turn(room).where(WebhookDelivery.address_id == address.id)
            started += _start(session, turn)
    return started


def event_message(session: Session, number: int) -> Message | None:
    """The message of an event; None, and it waits again, where its address is disabled.

    Raises RefusedError.
    """
    delivery = session.get(WebhookDelivery, number, with_for_update=True)
    if delivery is None:
        return None
    address = session.get_one(WebhookAddress, delivery.address_id)
    if not _may_go(address, delivery):
        delivery.job_id = None
        session.flush()
        return None
    event = CloudEvent(
        str(delivery.event_id),
        delivery.event_type,
        delivery.subject,
        delivery.at,
        delivery.data,
        delivery.number,
    )
    return _message(address, event)


def step_message(
    session: Session, job_id: UUID, name: str, event_type: str, data: Mapping[str, Any]
) -> tuple[int, Message]:
    """The number in the log, and the message, of a service task. Raises RefusedError."""
    query = select(WebhookAddress).where(
        WebhookAddress.name == name, WebhookAddress.tenant.is_(None)
    )
    address = session.scalars(query).one_or_none()
    if address is None:
        raise RefusedError(UNKNOWN.format(name=name))
    job = session.get_one(Job, job_id)
    delivery = _of_step(session, job, address, event_type)
    if not address.enabled:
        raise RefusedError(DISABLED.format(name=name))
    event = CloudEvent(
        str(delivery.event_id), delivery.event_type, delivery.subject, delivery.at, data
    )
    return delivery.number, _message(address, event)


def settle(session: Session, number: int, outcome: Outcome) -> None:
    """Write down what came of an attempt; what is taken lets the next of its subject go."""
    delivery = session.get(WebhookDelivery, number, with_for_update=True)
    if delivery is None:
        return  # its company stopped the webhook meanwhile
    delivery.status, delivery.answer = outcome.status, outcome.answer
    delivery.answered_at = now()
    if outcome.is_taken:
        delivery.delivered_at = delivery.answered_at
    session.flush()
    if outcome.is_taken:
        following = _turn(1).where(WebhookDelivery.address_id == delivery.address_id)
        _start(session, following.where(WebhookDelivery.subject == delivery.subject))


def disable_gone(session: Session, number: int) -> str | None:
    """The receiver says that its address is no more: disable it; its name.

    One that is disabled already stays so for its own reason: a company may enable again what is
    gone, and not what nobody allowed or confirmed. None where its company stopped it meanwhile.
    """
    delivery = session.get(WebhookDelivery, number)
    if delivery is None:
        return None
    address = session.get_one(WebhookAddress, delivery.address_id, with_for_update=True)
    if address.enabled:
        _disable(session, address, Disabled.GONE, "410 Gone")
    return address.name


def confirm(session: Session, number: int, answer: bytes) -> bool:
    """Whether this answer will do: of a challenge, that it is given back, which enables it."""
    delivery = session.get(WebhookDelivery, number)
    if delivery is None or delivery.event_type != CONFIRM:
        return True
    if not own_addresses.is_given_back(delivery.data["challenge"], answer):
        return False
    address = session.get_one(WebhookAddress, delivery.address_id, with_for_update=True)
    if address.disabled_because == Disabled.UNCONFIRMED:
        enable(session, address)
        _record(session, "webhook-confirmed", address)
    return True


def give_up(session: Session, number: int) -> bool:
    """A message to a company's own address is tried no more; False for any other address.

    No incident: its company sees it, and sends it again. Where nothing arrived since the message
    was made, the address is disabled, until its company enables it.
    """
    delivery = session.get(WebhookDelivery, number)
    if delivery is None:
        return True
    address = session.get_one(WebhookAddress, delivery.address_id, with_for_update=True)
    if address.tenant is None:
        return False
    arrived = select(WebhookDelivery.number).where(
        WebhookDelivery.address_id == address.id, WebhookDelivery.delivered_at > delivery.at
    )
    if address.enabled and session.scalars(arrived.limit(1)).first() is None:
        _disable(session, address, Disabled.FAILING, "nothing arrives")
    return True


def _may_go(address: WebhookAddress, delivery: WebhookDelivery) -> bool:
    if delivery.event_type == CONFIRM:
        return address.disabled_because == Disabled.UNCONFIRMED
    return address.enabled


def _disable(session: Session, address: WebhookAddress, because: Disabled, reason: str) -> None:
    disable(session, address, because)
    _record(session, "webhook-disabled", address, reason=reason)
    tell_company(session, address)


def _record(session: Session, action: str, address: WebhookAddress, **details: str) -> None:
    about = f"webhook:{address.name}"
    record_event(session, action, actor="worker", kvk=address.tenant, subject=about, **details)


def start_anew(session: Session, delivery: WebhookDelivery) -> None:
    """A new job for an event, with the same id for its receiver."""
    job = create_job(
        session,
        EVENT_TOPIC,
        {"number": delivery.number},
        idempotency_key=f"{EVENT_TOPIC}:{delivery.number}:{new_id()}",
    )
    delivery.job_id, delivery.delivered_at = job.id, None
    session.flush()


def _start(session: Session, query: Select[Any]) -> int:
    found = session.scalars(
        query.with_for_update(of=WebhookDelivery, skip_locked=True).execution_options(
            populate_existing=True
        )
    ).all()
    for delivery in found:
        start_anew(session, delivery)
    return len(found)


def _awaited(session: Session) -> Sequence[WebhookAddress]:
    """The enabled addresses for which an event waits."""
    waits = select(WebhookDelivery.address_id).where(WebhookDelivery.job_id.is_(None))
    query = select(WebhookAddress).where(WebhookAddress.enabled, WebhookAddress.id.in_(waits))
    return session.scalars(query.order_by(WebhookAddress.id)).all()


def _turn(limit: int) -> Select[Any]:
    """Events that wait for an enabled address, with none of their subject before them."""
    before, job = aliased(WebhookDelivery), aliased(Job)
    is_before = (
        select(before.number)
        .join(job, job.id == before.job_id, isouter=True)
        .where(before.address_id == WebhookDelivery.address_id)
        .where(before.subject == WebhookDelivery.subject)
        .where(before.number < WebhookDelivery.number)
        .where(before.delivered_at.is_(None))
        .where(before.job_id.is_(None) | (before.job_id != before.event_id))
        .where(before.job_id.is_(None) | one_of(job.status, UNDER_WAY))
        .correlate(WebhookDelivery)
        .exists()
    )
    return (
        select(WebhookDelivery)
        .join(WebhookAddress, WebhookAddress.id == WebhookDelivery.address_id)
        .where(WebhookAddress.enabled)
        .where(WebhookDelivery.job_id.is_(None))
        .where(~is_before)
        .order_by(WebhookDelivery.number)
        .limit(limit)
    )


ANY_WAITING = Question(_turn(1).with_only_columns(WebhookDelivery.number).exists())
"""Whether the turn of an event has come."""


def _under_way(session: Session) -> Counter[UUID]:
    query = (
        select(WebhookDelivery.address_id, func.count())
        .join(Job, Job.id == WebhookDelivery.job_id)
        .where(Job.status.in_(UNDER_WAY))
        .where(WebhookDelivery.delivered_at.is_(None))
        .group_by(WebhookDelivery.address_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _of_step(
    session: Session, job: Job, address: WebhookAddress, event_type: str
) -> WebhookDelivery:
    query = select(WebhookDelivery).where(WebhookDelivery.event_id == job.id)
    known = session.scalars(query.where(WebhookDelivery.address_id == address.id)).one_or_none()
    if known is not None:
        return known
    subject = subject_of(job.instance_id) if job.instance_id else f"job/{job.id}"
    delivery = WebhookDelivery(
        event_id=job.id,
        address_id=address.id,
        event_type=event_type,
        subject=subject,
        at=job.created_at,
        job_id=job.id,
    )
    session.add(delivery)
    session.flush()
    return delivery


def _message(address: WebhookAddress, event: CloudEvent) -> Message:
    try:
        message = message_to(address, event)
    except UnreadableSecretError as error:
        raise RefusedError(UNREADABLE.format(name=address.name)) from error
    if len(message.body) > LARGEST:
        raise RefusedError(TOO_LARGE)
    return message
