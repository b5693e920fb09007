"""Messages that came before anybody waited for them: kept for seven days, matched later."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    MessageSubscription,
    ProcessInstance,
)

TIME_TO_LIVE = timedelta(days=7)


@dataclass
class Report:
    """What came of one message or signal: how many tokens caught it, and which starts failed.

    A message that found nobody is kept, unless its sender is told so (`is_answered`).
    """

    is_answered: bool = False
    caught: int = 0
    started: list[UUID] = field(default_factory=list)  # instances
    running: list[UUID] = field(default_factory=list)  # that hold the business key already
    failed: list[UUID] = field(default_factory=list)  # incidents

    @property
    def is_refused(self) -> bool:
        """Whether its sender is told, and it need not be kept."""
        return self.is_answered and bool(self.running or self.failed)


def keep(session: Session, message: ThrownEvent) -> None:
    """Keep a message for which nobody waits yet."""
    session.add(
        BufferedMessage(
            name=message.name,
            correlation_key=message.correlation_key,
            variables=message.variables,
            tenant=message.only_tenant,
            expires_at=now() + TIME_TO_LIVE,
        )
    )
    session.flush()


def fits(message: Any) -> Any:
    """Condition: a subscription matches this message, and its instance can go on.

    It cannot while it is suspended, or has a failed step. A message of a company outside reaches
    the cases of that company alone.
    """
    wanted, key = MessageSubscription, MessageSubscription.correlation_key
    same_key = (key == message.correlation_key) | (
        key.is_(None) & message.correlation_key.is_(None)
    )
    broken = (
        exists()
        .where(Incident.instance_id == wanted.instance_id)
        .where(Incident.job_id.is_(None))
        .where(Incident.status == IncidentStatus.OPEN)
    )
    suspended = (
        exists()
        .where(ProcessInstance.id == wanted.instance_id)
        .where(ProcessInstance.status == InstanceStatus.SUSPENDED)
    )
    of_company = (
        exists()
        .where(ProcessInstance.id == wanted.instance_id)
        .where(ProcessInstance.tenant == message.tenant)
    )
    may_reach = message.tenant.is_(None) | of_company
    matches = (wanted.kind == "message") & (wanted.name == message.name) & same_key
    return matches & may_reach & ~broken & ~suspended
