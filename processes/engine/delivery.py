"""A step together with what follows from it: messages that it threw, and those kept for it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine import steps, sync
from processes.engine.models import (
    BufferedMessage,
    InstanceStatus,
    MessageSubscription,
    ProcessInstance,
)
from processes.engine.spiff import Thrown
from processes.engine.steps import Doer, lock_instance, take_step

TIME_TO_LIVE = timedelta(days=7)
MAX_DELIVERIES = 500


class TooManyMessagesError(Exception):
    """Instances keep waking each other with messages or signals, without end."""


def step(
    session: Session, instance: ProcessInstance, work: steps.Work, doer: Doer | None = None
) -> None:
    """Take a step, then deliver: what it threw, and what was kept until it was waited for."""
    thrown = take_step(session, instance, work, doer)
    _deliver_all(session, thrown)
    _deliver_buffered(session, instance)


def end(session: Session, instance: ProcessInstance, actor: str) -> None:
    """Cancel all rows that the instance still waits with."""
    before = steps.load(session, instance).waits() if instance.state else []
    sync.write(session, sync.Step(instance, before, [], [], actor, None))


def deliver(session: Session, thrown: Thrown) -> int:
    """Give a message to the one instance that waits for it, a signal to all; a message waits."""
    return _deliver_all(session, [thrown])


def _deliver_all(session: Session, thrown: list[Thrown]) -> int:
    queue = list(thrown)
    caught = 0
    for number, message in enumerate(queue):
        if number > MAX_DELIVERIES:
            raise TooManyMessagesError
        subscriptions = _subscriptions(session, message)
        if message.kind == "message" and not subscriptions:
            _buffer(session, message)
        for subscription in subscriptions[: 1 if message.kind == "message" else None]:
            more = _catch(session, subscription, message.variables)
            if more is not None:
                caught += 1
                queue.extend(more)
    return caught


def _subscriptions(session: Session, thrown: Thrown) -> list[MessageSubscription]:
    query = (
        select(MessageSubscription)
        .where(MessageSubscription.kind == thrown.kind)
        .where(MessageSubscription.name == thrown.name)
        .order_by(MessageSubscription.instance_id)
    )
    if thrown.kind == "message":
        query = query.where(_same_key(MessageSubscription.correlation_key, thrown.correlation_key))
    return list(session.scalars(query))


def _same_key(column: Any, key: str | None) -> Any:
    return column.is_(None) if key is None else column == key


def _catch(
    session: Session, subscription: MessageSubscription, variables: dict[str, Any]
) -> list[Thrown] | None:
    """Wake one waiting token; None when it does not wait any more."""
    subscription_id, token_id = subscription.id, subscription.token_id
    element_id = subscription.element_id
    instance = lock_instance(session, subscription.instance_id)
    still = select(MessageSubscription.id).where(MessageSubscription.id == subscription_id)
    if session.scalar(still) is None or instance.status != InstanceStatus.ACTIVE:
        return None
    return take_step(
        session,
        instance,
        lambda workflow: workflow.trigger(token_id, element_id, variables),
        Doer("message", token_id),
    )


def _buffer(session: Session, message: Thrown) -> None:
    session.add(
        BufferedMessage(
            name=message.name,
            correlation_key=message.correlation_key,
            variables=message.variables,
            expires_at=now() + TIME_TO_LIVE,
        )
    )
    session.flush()


def _deliver_buffered(session: Session, instance: ProcessInstance) -> None:
    """Messages that came before this instance waited for them: each once, the oldest first."""
    query = (
        select(BufferedMessage)
        .join(
            MessageSubscription,
            (MessageSubscription.name == BufferedMessage.name)
            & or_(
                MessageSubscription.correlation_key == BufferedMessage.correlation_key,
                MessageSubscription.correlation_key.is_(None)
                & BufferedMessage.correlation_key.is_(None),
            ),
        )
        .where(MessageSubscription.instance_id == instance.id)
        .where(MessageSubscription.kind == "message")
        .where(BufferedMessage.expires_at > now())
        .order_by(BufferedMessage.created_at)
        .limit(1)
        .with_for_update(of=BufferedMessage, skip_locked=True)
    )
    for _ in range(MAX_DELIVERIES):
        message = session.scalars(query).first()
        if message is None:
            return
        thrown = Thrown("message", message.name, message.correlation_key, message.variables)
        session.execute(delete(BufferedMessage).where(BufferedMessage.id == message.id))
        _deliver_all(session, [thrown])
    raise TooManyMessagesError
