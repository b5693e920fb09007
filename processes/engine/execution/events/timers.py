"""Fires due timers from a sweep, each exactly once, under the instance's lock."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.deployment import start_timers
from processes.engine.deployment.start_timers import StartTimer
from processes.engine.execution.events import delivery
from processes.engine.execution.events.new_instances import Start
from processes.engine.execution.incidents import TIMER
from processes.engine.execution.steps import StepFailedError, take_step
from processes.engine.execution.turns.work import Doer
from processes.engine.interpreter.waits import Awaited
from processes.engine.store import rows
from processes.engine.store.models import (
    InstanceStatus,
    ProcessInstance,
    Timer,
)
from processes.questions import Question, ago

AFTER_A_FAILURE = timedelta(minutes=15)


def due_timers(session: Session, limit: int) -> list[UUID]:
    """The ids of due timers, longest due first."""
    moment = now()
    starting = select(StartTimer.id).where(StartTimer.due_at <= moment)
    starting = starting.order_by(StartTimer.due_at).limit(limit)
    waiting = session.scalars(_waiting(moment).order_by(Timer.due_at).limit(limit))
    return [*waiting, *session.scalars(starting)][:limit]


def _waiting(moment: Any) -> Select[UUID]:
    return (
        select(Timer.id)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(Timer.due_at <= moment)
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
    )


ANY_DUE = Question(or_(_waiting(ago()).exists(), exists().where(StartTimer.due_at <= ago())))
"""Whether there are any."""


def fire_due_timers(session: Session, limit: int) -> int:
    """Fire due timers; returns how many fired. A failure leaves an incident."""
    return sum(fire(session, timer_id) for timer_id in due_timers(session, limit))


def fire(session: Session, timer_id: UUID) -> bool:
    """Fire one timer; False when it is gone or no longer due once its instance is locked."""
    instance_id = session.scalar(select(Timer.instance_id).where(Timer.id == timer_id))
    if instance_id is None:
        return _start(session, timer_id)
    instance = rows.lock(session, instance_id)
    timer = session.get(Timer, timer_id, populate_existing=True)
    if timer is None or timer.due_at > now() or instance.status != InstanceStatus.ACTIVE:
        return False
    token_id, element_id = timer.token_id, timer.element_id
    cause = f"{TIMER}{timer_id}"
    session.expunge(timer)
    try:
        taken = take_step(
            session,
            instance,
            lambda workflow: workflow.trigger(token_id, Awaited(element_id, "timer"), {}),
            Doer("timer", token_id, cause=cause),
        )
        delivery.follow(session, instance.id, taken)
    except StepFailedError:
        later = now() + AFTER_A_FAILURE
        session.execute(update(Timer).where(Timer.id == timer_id).values(due_at=later))
        return False
    return True


def _start(session: Session, timer_id: UUID) -> bool:
    """Begin an instance by the clock, if this timer is there and still due once it is locked."""
    timer = session.get(StartTimer, timer_id, with_for_update=True, populate_existing=True)
    if timer is None or timer.due_at > now():
        return False
    begun = Start(timer.definition_id, timer.process_key, None, None, {}, "timer", timer.element_id)
    start_timers.count_down(session, timer)
    try:
        delivery.start(session, begun)
    except StepFailedError:
        return False
    return True
