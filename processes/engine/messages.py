"""Messages and signals from outside: correlated by key, kept until their catcher exists."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine import delivery
from processes.engine.models import BufferedMessage
from processes.engine.spiff import Thrown
from processes.engine.values import variables_of


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
