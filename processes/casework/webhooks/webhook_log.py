"""The log of webhooks for operators: outcomes, sending again, a test message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, delete, func, select, update
from sqlalchemy.orm import Session

from processes.base import new_id
from processes.casework.webhooks.sending import UNDER_WAY, start_anew
from processes.engine.execution.incidents import retry_incident
from processes.engine.insight.counts import is_one_of
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus
from processes.questions import Question, ago, one_of
from processes.webhooks.events import CONFIRM, PING
from processes.webhooks.models import WebhookAddress, WebhookDelivery

KEPT = timedelta(days=30)
MOST_COUNTED = 1_000
"""Messages of an address that are counted of one state."""


class State(StrEnum):
    WAITING = "waiting"  # for its turn, or until its address is enabled
    SENDING = "sending"  # or between two attempts
    DELIVERED = "delivered"
    FAILED = "failed"  # tried no more: an incident tells


BY_ADDRESS = (State.WAITING, State.DELIVERED, State.FAILED)
"""What each address has of its own; what is under way is found by its jobs."""


@dataclass(frozen=True)
class Line:
    """One message in the log, with its job."""

    delivery: WebhookDelivery
    job: Job | None
    address: str

    @property
    def state(self) -> State:
        if self.delivery.delivered_at is not None:
            return State.DELIVERED
        if self.job is None:
            return State.WAITING
        return State.SENDING if self.job.status in UNDER_WAY else State.FAILED

    @property
    def is_event(self) -> bool:
        """Whether it may be sent again when it arrived; a process has gone on with its answer."""
        return self.delivery.job_id != self.delivery.event_id

    @property
    def next_attempt(self) -> datetime | None:
        """When it is tried again after an attempt that failed."""
        waits = self.job is not None and self.job.status is JobStatus.NEW and self.job.attempts
        return self.job.due_at if self.job and waits else None

    @property
    def can_be_sent_again(self) -> bool:
        is_done = self.state is State.DELIVERED
        return self.state is State.FAILED or (is_done and self.is_event)


def lines(
    *,
    address_id: UUID | None = None,
    state: State | None = None,
    event_type: str | None = None,
) -> Select[Any]:
    """Delivery, job and name of the address, the newest first."""
    query: Any = (
        select(WebhookDelivery, Job, WebhookAddress.name)
        .join(WebhookAddress, WebhookAddress.id == WebhookDelivery.address_id)
        .outerjoin(Job, Job.id == WebhookDelivery.job_id)
        .order_by(WebhookDelivery.number.desc())
    )
    if address_id is not None:
        query = query.where(WebhookDelivery.address_id == address_id)
    if event_type is not None:
        query = query.where(WebhookDelivery.event_type == event_type)
    narrowed: Select[Any] = query if state is None else query.where(_is(state))
    return narrowed


def page(session: Session, query: Select[Any], number: int, size: int) -> tuple[list[Line], int]:
    """One page of the log, and how many there are in all."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = session.execute(query.limit(size).offset((number - 1) * size))
    return [Line(*row) for row in found], total


def line(session: Session, number: int) -> Line | None:
    """One message, locked."""
    query = lines().where(WebhookDelivery.number == number)
    row = session.execute(query.with_for_update(of=WebhookDelivery)).one_or_none()
    return None if row is None else Line(*row)


def counts(
    session: Session, tenant: str | None = None, most: int | None = MOST_COUNTED
) -> dict[tuple[UUID, State], int]:
    """How many messages, by address and state; of one company's addresses, or of all.

    Of a state no more are counted than one above `most` (`shown` writes that), but for those under
    way, which are few: they are found by the jobs that are not finished.
    """
    limit = None if most is None else most + 1
    numbers = {state: _number(state, WebhookAddress.id, limit) for state in BY_ADDRESS}
    query = select(WebhookAddress.id, *numbers.values())
    sending = _sending()
    if tenant is not None:
        query = query.where(WebhookAddress.tenant == tenant)
        sending = sending.where(WebhookDelivery.address_id.in_(_of_company(tenant)))
    found = {(each, State.SENDING): number for each, number in session.execute(sending)}
    for each, *counted in session.execute(query):
        found |= {(each, state): n for state, n in zip(numbers, counted, strict=True) if n}
    return found


def failed(session: Session, address_id: UUID) -> int:
    """How many messages failed at one address; no more than one above `MOST_COUNTED`."""
    return session.scalar(select(_number(State.FAILED, address_id, MOST_COUNTED + 1))) or 0


def shown(number: int) -> str:
    """A count for people: of very many not exactly."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _number(state: State, address_id: Any, limit: int | None) -> ScalarSelect[int]:
    """How many messages of an address are in this state, as far as the limit."""
    # The order is that of an index with messages of this state alone; else SQLite takes another.
    query = select(WebhookDelivery.number).where(WebhookDelivery.address_id == address_id)
    if state is State.FAILED:
        query = query.join(Job, Job.id == WebhookDelivery.job_id).order_by(WebhookDelivery.job_id)
    else:
        query = query.order_by(WebhookDelivery.number)
    some = query.where(_is(state)).limit(limit).correlate(WebhookAddress).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _sending() -> Select[UUID, int]:
    """How many messages are under way, by address, from the jobs that are not finished."""
    open_ = func.coalesce(WebhookDelivery.delivered_at, None)  # else SQLite reads all undelivered
    address = func.coalesce(WebhookDelivery.address_id, WebhookDelivery.address_id)
    unfinished = select(Job.id).where(is_one_of(Job.status, UNDER_WAY))
    query = select(address, func.count()).where(WebhookDelivery.job_id.in_(unfinished))
    return query.where(open_.is_(None)).group_by(address)


def _of_company(tenant: str) -> Select[Any]:
    return select(WebhookAddress.id).where(WebhookAddress.tenant == tenant)


def ping(session: Session, address: WebhookAddress) -> WebhookDelivery:
    """Send a test message, the same way as every other."""
    return _send(session, address, PING, {})


def challenge(session: Session, address: WebhookAddress, text: str) -> WebhookDelivery:
    """Ask the receiver to give this text back."""
    return _send(session, address, CONFIRM, {"challenge": text})


def _send(
    session: Session, address: WebhookAddress, event_type: str, data: dict[str, str]
) -> WebhookDelivery:
    kind = event_type.rpartition(".")[2]
    delivery = WebhookDelivery(
        event_id=new_id(),
        address_id=address.id,
        event_type=event_type,
        subject=f"{kind}/{new_id()}",
        data=data,
    )
    session.add(delivery)
    session.flush()
    start_anew(session, delivery)
    return delivery


def is_under_way(session: Session, address_id: UUID, event_type: str) -> bool:
    """Whether a message of this type is being sent there, or waits for its next attempt."""
    query = lines(address_id=address_id, state=State.SENDING, event_type=event_type)
    return session.execute(query.limit(1)).first() is not None


def send_again(session: Session, found: Line, *, by: str) -> bool:
    """Send a message again that failed, or an event that arrived; False where neither is so."""
    if not found.can_be_sent_again:
        return False
    query = select(Incident.id).where(Incident.job_id == found.delivery.job_id)
    incident_id = session.scalars(query.where(Incident.status == IncidentStatus.OPEN)).first()
    if found.state is State.FAILED and incident_id is not None:
        retry_incident(session, incident_id, by=by)
    elif found.is_event:
        start_anew(session, found.delivery)
    else:
        return False
    return True


def send_failed_again(session: Session, address: WebhookAddress, *, by: str) -> int:
    """Send all again that failed at this address, in their order; how many.

    Those of a company wait for their turn once more: there may be thousands.
    """
    query = lines(address_id=address.id, state=State.FAILED).order_by(None)
    if address.tenant is not None:
        numbers = query.with_only_columns(WebhookDelivery.number)
        wait = update(WebhookDelivery).where(
            WebhookDelivery.number.in_(numbers), WebhookDelivery.event_type != CONFIRM
        )
        again = wait.values(job_id=None).returning(WebhookDelivery.number)
        return len(session.scalars(again).all())
    found: Sequence[Any] = session.execute(query.order_by(WebhookDelivery.number)).all()
    return sum(send_again(session, Line(*row), by=by) for row in found)


def drop_expired(session: Session, moment: datetime) -> None:
    """Forget settled messages of thirty days ago; what waits or is under way stays."""
    session.execute(
        delete(WebhookDelivery)
        .where(WebhookDelivery.number.in_(_expired(moment - KEPT)))
        .execution_options(synchronize_session=False)
    )


def _expired(before: Any) -> Select[Any]:
    return (
        select(WebhookDelivery.number)
        .outerjoin(Job, Job.id == WebhookDelivery.job_id)
        .where(WebhookDelivery.at <= before)
        .where(_is(State.DELIVERED) | _is(State.FAILED))
    )


def _is(state: State) -> ColumnElement[bool]:
    is_open = WebhookDelivery.delivered_at.is_(None)
    match state:
        case State.DELIVERED:
            return WebhookDelivery.delivered_at.is_not(None)
        case State.WAITING:
            return is_open & WebhookDelivery.job_id.is_(None)
        case State.SENDING:
            return is_open & one_of(Job.status, UNDER_WAY)
    settled = (JobStatus.FAILED, JobStatus.DONE, JobStatus.CANCELLED)
    return is_open & one_of(Job.status, settled)


EXPIRED = Question(_expired(ago(KEPT)).exists())
"""Whether the log holds a settled message of more than thirty days ago."""
