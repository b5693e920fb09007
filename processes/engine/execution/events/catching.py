"""Hands a message or signal to the tokens that wait for it, in one step of their instance."""

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.execution.events.message_buffer import Report, keep
from processes.engine.execution.events.persons import without_persons
from processes.engine.execution.steps import StepFailedError, TakeStep
from processes.engine.execution.turns.work import Doer
from processes.engine.interpreter.outcomes import ThrownEvent, TokenGoneError
from processes.engine.interpreter.waits import Awaited
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store import rows
from processes.engine.store.models import InstanceStatus, MessageSubscription, ProcessInstance


@dataclass(frozen=True)
class Caught:
    """How many tokens of an instance caught it, and what its step threw."""

    tokens: int = 0
    thrown: list[ThrownEvent] = field(default_factory=list)
    is_gone: bool = False  # nothing waits for it there any more
    is_suspended: bool = False  # nothing may go on there now


def catch(
    session: Session,
    waiting: list[MessageSubscription],
    message: ThrownEvent,
    take: TakeStep,
) -> Caught:
    """Wake the tokens of one instance that still wait, all before its flow goes on.

    Raises what the step raises, TokenGoneError where a subscription has no token, and
    PersonVariableError.
    """
    ids = [subscription.id for subscription in waiting]
    instance = rows.lock(session, waiting[0].instance_id)
    # Read under the lock: a migration may have given the element another id.
    wanted = MessageSubscription
    still = select(wanted.token_id, wanted.element_id, wanted.kind, wanted.name)
    tokens = session.execute(still.where(MessageSubscription.id.in_(ids))).all()
    if tokens and instance.status == InstanceStatus.SUSPENDED:
        return Caught(is_suspended=True)
    if not tokens or instance.status != InstanceStatus.ACTIVE:
        return Caught(is_gone=True)
    variables = without_persons(specification_of(session, instance.definition_id), message)
    caught: list[UUID] = []

    def work(workflow: Workflow) -> None:
        for token_id, *awaited in tokens:
            with suppress(TokenGoneError):  # one before it ended its scope
                workflow.trigger(token_id, Awaited(*awaited), variables)
                caught.append(token_id)
        if not caught:
            raise TokenGoneError(tokens[0].token_id)

    taken = take(session, instance, work, Doer("message", tokens[0].token_id))
    for subscription in waiting:
        session.expunge(subscription)
    return Caught(len(caught), taken.thrown)


def try_to_catch(
    session: Session,
    waiting: list[MessageSubscription],
    message: ThrownEvent,
    take: TakeStep,
    report: Report,
) -> Caught:
    """A step of the receiver that fails is its own incident, not a failure of the sender."""
    try:
        done = catch(session, waiting, message, take)
    except StepFailedError as error:
        report.failed.append(error.incident.id)
        done = Caught()
        is_kept = not report.is_refused
    else:
        is_kept = done.is_suspended
    if is_kept and message.kind == "message":
        keep(session, message)
    return done


def waiting_for(session: Session, thrown: ThrownEvent) -> list[list[MessageSubscription]]:
    """The subscriptions that one step each delivers, by instance: for a message one of each."""
    found = _by_instance(session, thrown)
    return [of_one[:1] for of_one in found] if thrown.kind == "message" else found


def instances_waiting_for(session: Session, thrown: ThrownEvent) -> list[UUID]:
    """The instances that wait for this message or signal."""
    return [found[0].instance_id for found in _by_instance(session, thrown)]


def _by_instance(session: Session, thrown: ThrownEvent) -> list[list[MessageSubscription]]:
    found = session.scalars(_subscriptions(thrown))
    return [list(of_one) for _, of_one in groupby(found, lambda each: each.instance_id)]


def _subscriptions(thrown: ThrownEvent) -> Any:
    query = (
        select(MessageSubscription)
        .where(MessageSubscription.kind == thrown.kind)
        .where(MessageSubscription.name == thrown.name)
        .order_by(MessageSubscription.instance_id)
    )
    if thrown.kind == "message":
        query = query.where(_same_key(MessageSubscription.correlation_key, thrown.correlation_key))
    if thrown.only_tenant is not None:
        of_company = select(ProcessInstance.id).where(ProcessInstance.tenant == thrown.only_tenant)
        query = query.where(MessageSubscription.instance_id.in_(of_company))
    if thrown.heard_by is not None:
        query = query.where(MessageSubscription.instance_id != thrown.heard_by)
    return query


def _same_key(column: Any, key: str | None) -> Any:
    return column.is_(None) if key is None else column == key
