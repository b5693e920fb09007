"""Correlates messages and signals from outside; buffers a message until its catcher exists."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution.events import delivery
from processes.engine.execution.events.catching import catch, instances_waiting_for
from processes.engine.execution.events.message_buffer import (
    AMBIGUOUS,
    Report,
    drop_expired,
    fits,
    is_ambiguous,
    tell,
    thrown_before,
)
from processes.engine.execution.steps import take_step
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.language.values import variables_of
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import MessageSubscription
from processes.questions import Question, ago


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
    thrown = _from_outside(name, correlation_key, variables, tenant)
    return delivery.deliver(session, thrown) > 0


def _from_outside(
    name: str, key: str | None, variables: Mapping[str, Any] | None, tenant: str | None
) -> ThrownEvent:
    given = variables_of(variables)
    return ThrownEvent("message", name, key, given, tenant=tenant, only_tenant=tenant)


class Outcome(StrEnum):
    """What its sender is told of a message from outside."""

    DELIVERED = "delivered"
    STARTED = "started"
    KEPT = "kept"  # nobody waits for it yet; for seven days
    RUNNING = "running"  # what it would start runs already; nothing happened
    AMBIGUOUS = "ambiguous"  # more than one waits for it, or begins with it; nothing happened
    FAILED = "failed"  # a step failed and left an incident; nothing happened


@dataclass(frozen=True)
class Sent:
    """The answer to a message from outside, with the instances or incidents that it is about."""

    outcome: Outcome
    ids: tuple[UUID, ...] = ()


def send(
    session: Session,
    name: str,
    *,
    correlation_key: str | None,
    variables: Mapping[str, Any] | None = None,
    tenant: str | None = None,
) -> Sent:
    """Send a message from outside to the one that waits for it; says what came of it.

    A message that is refused is not kept: its sender knows, and decides. With a tenant it reaches
    the cases of that company alone. Raises PersonVariableError.
    """
    thrown = _from_outside(name, correlation_key, variables, tenant)
    thrown = replace(thrown, is_answered=True)
    waiting = instances_waiting_for(session, thrown)
    if len(waiting) > 1:
        return Sent(Outcome.AMBIGUOUS, tuple(waiting))
    report = Report(is_answered=True)
    delivery.deliver(session, thrown, report)
    if report.caught:
        return Sent(Outcome.DELIVERED, tuple(waiting))
    if report.is_ambiguous:
        return Sent(Outcome.AMBIGUOUS)
    for outcome, ids in (
        (Outcome.STARTED, report.started),
        (Outcome.FAILED, report.failed),
        (Outcome.RUNNING, report.running),
    ):
        if ids:
            return Sent(outcome, tuple(ids))
    return Sent(Outcome.KEPT)


def waits_for(session: Session, instance_id: UUID, name: str) -> bool:
    """Whether an instance waits for a message of this name now."""
    return session.scalar(_of_instance(instance_id, name)) is not None


def send_to(
    session: Session, instance_id: UUID, name: str, variables: Mapping[str, Any] | None = None
) -> bool:
    """Deliver a message to this instance alone; False when it does not wait for it (any more).

    Raises StepFailedError.
    """
    waiting = session.scalar(_of_instance(instance_id, name))
    if waiting is None:
        return False
    done = catch(session, [waiting], _from_outside(name, None, variables, None), take_step)
    for thrown in done.thrown:
        delivery.deliver(session, thrown)
    return done.tokens > 0


def _of_instance(instance_id: UUID, name: str) -> Select[MessageSubscription]:
    return (
        select(MessageSubscription)
        .where(MessageSubscription.instance_id == instance_id)
        .where(MessageSubscription.kind == "message", MessageSubscription.name == name)
        .order_by(MessageSubscription.id)
        .limit(1)
    )


def send_signal(session: Session, name: str, variables: Mapping[str, Any] | None = None) -> int:
    """Deliver to every instance that waits for this signal; returns how many tokens caught it.

    Raises PersonVariableError.
    """
    thrown = ThrownEvent("signal", name, None, variables_of(variables), is_answered=True)
    return delivery.deliver(session, thrown)


EXPIRED = Question(exists().where(BufferedMessage.expires_at <= ago()))
"""Whether a buffered message found nobody in time."""


def drop_expired_messages(session: Session, moment: datetime | None = None) -> None:
    """Delete the messages for which no catcher came in time."""
    drop_expired(session, moment or now())


def matching_buffered_messages(session: Session, limit: int) -> list[UUID]:
    """Buffered messages with a catcher by now: both were written at the same moment.

    Those with more than one come last: nobody gets them, and they must not hold up the others.
    """
    query = (
        _matching(now())
        .order_by(is_ambiguous(BufferedMessage), BufferedMessage.created_at)
        .limit(limit)
    )
    return list(dict.fromkeys(session.scalars(query)))


def _matching(moment: Any) -> Select[UUID]:
    found = select(BufferedMessage.id).join(MessageSubscription, fits(BufferedMessage))
    return found.where(BufferedMessage.expires_at > moment)


ANY_MATCHING = Question(_matching(ago()).exists())
"""Whether there are any."""


def deliver_buffered(session: Session, message_id: UUID) -> bool:
    """Deliver one buffered message; False when another worker did, or when two wait for it.

    The latter leaves an incident, and the message is kept until it expires.
    """
    message = session.get(BufferedMessage, message_id, with_for_update=True)
    if message is None:
        return False
    thrown = thrown_before(message)
    waiting = instances_waiting_for(session, thrown)
    if len(waiting) > 1:
        tell(session, thrown, AMBIGUOUS, waiting)
        return False
    delivery.deliver_buffered(session, message)
    return True
