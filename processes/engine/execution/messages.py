"""Correlates messages and signals from outside; buffers a message until its catcher exists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import delivery
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.language.values import variables_of
from processes.engine.store.models import BufferedMessage, MessageSubscription


def send_message(
    session: Session,
    name: str,
    *,
    correlation_key: str | None,
    variables: Mapping[str, Any] | None = None,
    tenant: str | None = None,
) -> bool:
    """Deliver to the instance with this correlation key; False: buffered for seven days.

    What begins with it belongs to `tenant`, a company that the caller vouches for (R62).
    """
    thrown = ThrownEvent("message", name, correlation_key, variables_of(variables), tenant=tenant)
    return delivery.deliver(session, thrown) > 0


def send_signal(session: Session, name: str, variables: Mapping[str, Any] | None = None) -> int:
    """Deliver to every instance that waits for this signal; returns how many tokens caught it."""
    return delivery.deliver(session, ThrownEvent("signal", name, None, variables_of(variables)))


def any_expired(session: Session, moment: datetime) -> bool:
    """Whether a buffered message found nobody until this moment."""
    query = select(BufferedMessage.id).where(BufferedMessage.expires_at <= moment).limit(1)
    return session.scalar(query) is not None


def drop_expired_messages(session: Session, moment: datetime | None = None) -> None:
    """Delete the messages for which no catcher came in time."""
    expired = BufferedMessage.expires_at <= (moment or now())
    session.execute(delete(BufferedMessage).where(expired))


def matching_buffered_messages(session: Session, limit: int) -> list[UUID]:
    """Buffered messages with a catcher by now: both were written at the same moment."""
    query = (
        select(BufferedMessage.id)
        .join(MessageSubscription, delivery.fits(BufferedMessage))
        .where(BufferedMessage.expires_at > now())
        .order_by(BufferedMessage.created_at)
        .limit(limit)
    )
    return list(dict.fromkeys(session.scalars(query)))


def deliver_buffered(session: Session, message_id: UUID) -> bool:
    """Deliver one buffered message; False when another worker did."""
    message = session.get(BufferedMessage, message_id, with_for_update=True)
    if message is None:
        return False
    delivery.deliver_buffered(session, message)
    return True
