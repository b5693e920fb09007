"""Messages and signals from outside: correlated by key, kept until their catcher exists."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import delivery
from processes.engine.interpreter.outcomes import Thrown
from processes.engine.language.values import variables_of
from processes.engine.store.models import BufferedMessage, MessageSubscription


def send_message(
    session: Session,
    name: str,
    *,
    correlation_key: str | None,
    variables: Mapping[str, Any] | None = None,
) -> bool:
    """Deliver to the instance that waits for it; False: it is kept for seven days."""
    thrown = Thrown("message", name, correlation_key, variables_of(variables))
    return delivery.deliver(session, thrown) > 0


def send_signal(session: Session, name: str, variables: Mapping[str, Any] | None = None) -> int:
    """Wake every instance that waits for this signal; the number of tokens that caught it."""
    return delivery.deliver(session, Thrown("signal", name, None, variables_of(variables)))


def drop_expired_messages(session: Session) -> None:
    """Forget the messages for which no catcher came in time."""
    session.execute(delete(BufferedMessage).where(BufferedMessage.expires_at <= now()))


def kept_for_someone(session: Session, limit: int) -> list[UUID]:
    """Kept messages whose catcher exists by now: both came at once, and neither saw the other."""
    query = (
        select(BufferedMessage.id)
        .join(MessageSubscription, delivery.fits(BufferedMessage))
        .where(BufferedMessage.expires_at > now())
        .order_by(BufferedMessage.created_at)
        .limit(limit)
    )
    return list(dict.fromkeys(session.scalars(query)))


def deliver_kept(session: Session, message_id: UUID) -> bool:
    """Deliver one kept message, unless somebody else did."""
    message = session.get(BufferedMessage, message_id, with_for_update=True)
    if message is None:
        return False
    delivery.deliver_kept(session, message)
    return True
