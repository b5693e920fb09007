"""Messages that came before anybody waited for them: kept for seven days, matched later.

One that reached nobody because of what runs, not because nobody waits yet, leaves an incident.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from processes.base import now
from processes.engine.execution.resolving import BY, resolve_same
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.sentences.catalogue import say
from processes.engine.store.causes import cause_of
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    MessageSubscription,
    ProcessInstance,
)
from processes.unit_of_work import unit_of_work
from processes.webhooks.cases import tell_of_incident

TIME_TO_LIVE = timedelta(days=7)
_TOLD = (BufferedMessage.name, BufferedMessage.correlation_key, BufferedMessage.tenant)

AMBIGUOUS = "message-ambiguous"  # the kind of incident: more than one instance waits for it
AMBIGUOUS_START = "message-ambiguous-start"  # more than one process begins with it
RUNNING = "message-running"  # what it would start runs already
KINDS = frozenset({AMBIGUOUS, AMBIGUOUS_START, RUNNING})
SENTENCES: Mapping[str, Callable[[str], str]] = {
    AMBIGUOUS: lambda name: say("incidents.message-ambiguous", name=name),
    AMBIGUOUS_START: lambda name: say("incidents.message-ambiguous-start", name=name),
    RUNNING: lambda name: say("incidents.message-running", name=name),
}


@dataclass
class Report:
    """What came of one message or signal: how many tokens caught it, and which starts failed.

    A message that found nobody is kept, unless its sender is told so (`is_answered`).
    """

    is_answered: bool = False
    is_ambiguous: bool = False  # more than one process begins with it
    caught: int = 0
    started: list[UUID] = field(default_factory=list)  # instances
    running: list[UUID] = field(default_factory=list)  # that hold the business key already
    failed: list[UUID] = field(default_factory=list)  # incidents

    @property
    def is_refused(self) -> bool:
        """Whether its sender is told, and it need not be kept."""
        return self.is_answered and bool(self.is_ambiguous or self.running or self.failed)


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


def tell(
    session: Session, message: ThrownEvent, kind: str, held_by: Collection[UUID | str]
) -> None:
    """Leave an incident for a message that is kept: one of KINDS, and which instances or processes.

    It has no instance of its own. The next message of this name and key is no second incident.
    """
    fingerprint = _fingerprint(message.name, message.correlation_key, message.only_tenant)
    same = select(Incident).where(Incident.fingerprint == fingerprint)
    incident = session.scalars(same.where(Incident.status == IncidentStatus.OPEN)).first()
    told = SENTENCES[kind](message.name)
    is_new = incident is None
    if incident is None:
        incident = Incident(
            instance_id=None,
            job_id=None,
            element_id=None,
            kind=kind,
            message=told,
            fingerprint=fingerprint,
        )
        session.add(incident)
    incident.kind, incident.message = kind, told
    incident.cause = cause_of(kind, "", element_id=None, process_key=message.name)
    incident.details = "\n".join(map(str, held_by))
    session.flush()
    if is_new:
        tell_of_incident(unit_of_work(session), incident.id, kind, None)


def thrown_before(message: BufferedMessage) -> ThrownEvent:
    """The event that a kept message was."""
    return ThrownEvent(
        "message",
        message.name,
        message.correlation_key,
        message.variables,
        tenant=message.tenant,
        only_tenant=message.tenant,
    )


def take_out(session: Session, message: BufferedMessage) -> None:
    """Delete a message that is delivered now; what kept it from its receiver is over."""
    fingerprint = _fingerprint(message.name, message.correlation_key, message.tenant)
    session.delete(message)
    session.flush()
    resolve_same(session, fingerprint, BY)


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete the messages for which nobody came in time; what was told of them alone is over."""
    expired = BufferedMessage.expires_at <= moment
    gone = session.execute(select(*_TOLD).where(expired).distinct()).all()
    session.execute(delete(BufferedMessage).where(expired))
    told = select(Incident.fingerprint).where(
        Incident.kind.in_(KINDS), Incident.status == IncidentStatus.OPEN
    )
    fingerprints = set(session.scalars(told)) & {_fingerprint(*each) for each in gone}
    if fingerprints:
        kept = {_fingerprint(*each) for each in session.execute(select(*_TOLD).distinct())}
        for each in fingerprints - kept:
            resolve_same(session, each, BY)


def _fingerprint(name: str, key: str | None, tenant: str | None) -> str:
    parts = json.dumps([name, key, tenant])
    return f"message:{sha256(parts.encode()).hexdigest()}"


def is_ambiguous(message: Any) -> Any:
    """Condition, beside `fits`: another instance waits for this message too."""
    other = aliased(MessageSubscription)
    return (
        exists()
        .where(_matches(other, message))
        .where(other.instance_id != MessageSubscription.instance_id)
    )


def fits(message: Any) -> Any:
    """Condition: a subscription matches this message, and its instance can go on.

    It cannot while it is suspended, or has a failed step. A message of a company outside reaches
    the cases of that company alone.
    """
    wanted = MessageSubscription
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
    return _matches(wanted, message) & ~broken & ~suspended


def _matches(wanted: Any, message: Any) -> Any:
    key = wanted.correlation_key
    same_key = (key == message.correlation_key) | (
        key.is_(None) & message.correlation_key.is_(None)
    )
    of_company = (
        exists()
        .where(ProcessInstance.id == wanted.instance_id)
        .where(ProcessInstance.tenant == message.tenant)
    )
    may_reach = message.tenant.is_(None) | of_company
    return (wanted.kind == "message") & (wanted.name == message.name) & same_key & may_reach
