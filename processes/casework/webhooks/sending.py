"""Sending webhooks: jobs for the events that wait, the message of a job, and its outcome.

Of one subject and address one event is under way at a time, in order; so many per address at once
that one which does not answer holds up no other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from processes.base import new_id, now
from processes.engine.execution.jobs import create_job
from processes.engine.registry import RefusedError
from processes.engine.store.models import Job, JobStatus
from processes.platform.encryption import UnreadableSecretError
from processes.register.changes import record_event
from processes.webhooks.addresses import GONE, disable
from processes.webhooks.cases import subject_of
from processes.webhooks.events import EVENT_TOPIC
from processes.webhooks.messages import LARGEST, CloudEvent, Message, message_to
from processes.webhooks.models import WebhookAddress, WebhookDelivery

MOST_UNDER_WAY = 20
"""Events of one address that are being sent, or wait for their next attempt."""

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


def waiting(session: Session, limit: int) -> list[int]:
    """The numbers of events whose turn it is."""
    return list(session.scalars(_turn(limit).with_only_columns(WebhookDelivery.number)))


def start(session: Session, limit: int) -> int:
    """Make jobs for the events whose turn it is; how many."""
    return _start(session, _turn(limit))


def event_message(session: Session, number: int) -> Message | None:
    """The message of an event; None, and it waits again, where its address is disabled.

    Raises RefusedError.
    """
    delivery = session.get(WebhookDelivery, number, with_for_update=True)
    if delivery is None:
        return None
    address = session.get_one(WebhookAddress, delivery.address_id)
    if not address.enabled:
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
    query = select(WebhookAddress).where(WebhookAddress.name == name)
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
    delivery = session.get_one(WebhookDelivery, number, with_for_update=True)
    delivery.status, delivery.answer = outcome.status, outcome.answer
    delivery.answered_at = now()
    if outcome.is_taken:
        delivery.delivered_at = delivery.answered_at
    session.flush()
    if outcome.is_taken:
        following = _turn(1).where(WebhookDelivery.address_id == delivery.address_id)
        _start(session, following.where(WebhookDelivery.subject == delivery.subject))


def disable_gone(session: Session, number: int) -> str:
    """The receiver says that its address is no more: disable it; its name."""
    delivery = session.get_one(WebhookDelivery, number)
    address = session.get_one(WebhookAddress, delivery.address_id, with_for_update=True)
    disable(session, address, GONE)
    subject = f"webhook:{address.name}"
    record_event(session, "webhook-disabled", actor="worker", subject=subject, reason="410 Gone")
    return address.name


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
    under_way = _under_way(session) if found else Counter()
    started = 0
    for delivery in found:
        if under_way[delivery.address_id] < MOST_UNDER_WAY:
            under_way[delivery.address_id] += 1
            started += 1
            start_anew(session, delivery)
    return started


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
        .where(before.job_id.is_(None) | job.status.in_(UNDER_WAY))
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
