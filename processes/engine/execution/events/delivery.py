"""A step and its consequences: delivers thrown messages and signals, and buffered messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.engine.execution import effects, steps
from processes.engine.execution.events.begins_by_event import Begins, beginning_with, drawn_tenant
from processes.engine.execution.events.catching import try_to_catch, waiting_for
from processes.engine.execution.events.message_buffer import (
    AMBIGUOUS,
    AMBIGUOUS_START,
    RUNNING,
    Report,
    fits,
    is_ambiguous,
    keep,
    take_out,
    tell,
    thrown_before,
)
from processes.engine.execution.events.new_instances import (
    Start,
    first_row,
    locked_before,
    work_of,
)
from processes.engine.execution.events.persons import without_persons
from processes.engine.execution.first_turn import FirstTurn, first_turn
from processes.engine.execution.resolving import resolve_same
from processes.engine.execution.steps import (
    StepFailedError,
    StepResult,
    TakeStep,
    take_step,
)
from processes.engine.execution.turns.work import Doer
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.store import beginnings, rows
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import (
    InstanceStatus,
    MessageSubscription,
    ProcessInstance,
)
from processes.unit_of_work import unit_of_work

MAX_DELIVERIES = 500
MOST_TRIES = 3


OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


class AlreadyRunningError(Exception):
    """An open instance of this process has this business key already (R2)."""

    def __init__(self, instance_id: UUID) -> None:
        super().__init__(str(instance_id))
        self.instance_id = instance_id


class TooManyMessagesError(Exception):
    """Instances wake each other with messages or signals without end."""


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class _New:
    """A new instance whose row is written."""

    locked: rows.LockedInstance
    row: Mapping[str, Any]
    first: FirstTurn | None  # where it was taken already
    has_failed: bool  # whether an earlier start left an incident with this fingerprint


def start(session: Session, begun: Start, *, take: TakeStep = take_step) -> ProcessInstance:
    """Start an instance. Raises AlreadyRunningError, StepFailedError."""
    new = _written(session, begun)
    instance = beginnings.attached(session, new.row)
    _go_on(session, begun, new, take)
    return instance


def begin(session: Session, begun: Start, *, take: TakeStep = take_step) -> UUID:
    """Start an instance, without an object of it where such a start was seen before; its id.

    Raises AlreadyRunningError, StepFailedError.
    """
    new = _written(session, begun)
    if new.first is None:
        instance = beginnings.attached(session, new.row)  # delegates look it up
        _go_on(session, begun, new, take)
        return instance.id
    _go_on(session, begun, new, take)
    return new.locked.id


def _written(session: Session, begun: Start) -> _New:
    """Write the row of a new instance. Raises AlreadyRunningError."""
    locked = locked_before(begun, new_id())
    first = first_turn(session, locked, work_of(begun))
    row = first_row(begun, locked.id) | ({} if first is None else first.in_row())
    if first is not None and begun.has_new_key:
        beginnings.add_instance_with_new_key(session, row)
        return _New(locked, row, first, has_failed=False)
    return _New(locked, row, first, has_failed=_add(session, row, begun.fingerprint))


def _go_on(session: Session, begun: Start, new: _New, take: TakeStep) -> None:
    """Take the first turn or write its rows, and what follows from it. Raises StepFailedError."""
    id_, first = new.locked.id, new.first
    try:
        if first is not None:
            taken = first.write(session)
        else:
            taken = take(session, new.locked, work_of(begun), Doer(cause=begun.fingerprint))
        follow(session, id_, taken, take=take)
    except steps.StepFailedError as error:
        # What could not begin does not exist: it must not hold the business key.
        error.incident.instance_id = None
        session.flush()
        session.delete(session.get_one(ProcessInstance, id_))
        session.flush()
        raise
    if new.has_failed:
        resolve_same(session, begun.fingerprint, begun.started_by)


def open_instance(session: Session, key: str, business_key: str | None) -> ProcessInstance | None:
    """The open instance of a process for this business key (R2)."""
    return session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.process_key == key)
        .where(ProcessInstance.business_key == business_key)
        .where(ProcessInstance.status.in_(OPEN))
    ).first()


def _add(session: Session, row: Mapping[str, Any], fingerprint: str) -> bool:
    """Add the row of a new instance; the one that held its business key may end meanwhile.

    Whether an earlier start left an incident with this fingerprint. Raises AlreadyRunningError.
    """
    for _ in range(MOST_TRIES):
        has_failed = beginnings.add_instance(session, row, fingerprint)
        if has_failed is not None:
            return has_failed
        running = open_instance(session, row["process_key"], row["business_key"])
        if running is not None:
            raise AlreadyRunningError(running.id)
    message = f"an instance of {row['process_key']} was refused, and no other runs"
    raise LookupError(message)


def follow(
    session: Session, instance_id: UUID, taken: StepResult, *, take: TakeStep = take_step
) -> None:
    """Deliver what a step threw, and the buffered messages that its instance now waits for."""
    if taken.thrown:
        _deliver_all(session, taken.thrown, take)
    if taken.waits_for_message:
        _deliver_buffered(session, instance_id, take)


def end(session: Session, instance: ProcessInstance, actor: str) -> None:
    """Cancel all rows that the instance still waits with."""
    before = steps.read(session, instance).waits()
    locked = rows.lock(session, instance.id)
    rows_ended = effects.plan(effects.Step(locked, before, [], [], actor))
    effects.write(unit_of_work(session), locked, rows_ended)


def deliver(session: Session, thrown: ThrownEvent, report: Report | None = None) -> int:
    """Deliver a message to the one instance that waits, a signal to all; else keep the message.

    A message for which more than one waits, or that would start what runs, leaves an incident.
    """
    return _deliver_all(session, [thrown], take_step, report)


def _deliver_all(
    session: Session, thrown: list[ThrownEvent], take: TakeStep, first: Report | None = None
) -> int:
    queue = list(thrown)
    caught = 0
    for number, message in enumerate(queue):
        if number > MAX_DELIVERIES:
            raise TooManyMessagesError
        report = first if first and not number else Report()
        queue.extend(_deliver_one(session, message, take, report))
        caught += report.caught + len(report.started)
    return caught


def _deliver_one(
    session: Session, message: ThrownEvent, take: TakeStep, report: Report
) -> list[ThrownEvent]:
    """What the receivers threw. A message is kept where its catcher is gone, or is suspended."""
    thrown: list[ThrownEvent] = []
    found = waiting_for(session, message)
    if message.kind == "message" and len(found) > 1:
        keep(session, message)
        tell(session, message, AMBIGUOUS, [waiting[0].instance_id for waiting in found])
        return thrown
    for waiting in found:
        done = try_to_catch(session, waiting, message, take, report)
        report.caught += done.tokens
        thrown += done.thrown
        if message.kind == "message" and not done.is_gone:
            return thrown
    beginning = beginning_with(session, message)
    report.is_ambiguous = message.kind == "message" and len(beginning) > 1
    if not report.is_ambiguous:
        _start_by(session, beginning, message, take, report)
    if message.kind == "message" and not (report.started or report.is_refused):
        keep(session, message)
        if report.is_ambiguous:
            tell(session, message, AMBIGUOUS_START, [each.key for each, *_ in beginning])
        if report.running:
            tell(session, message, RUNNING, report.running)
    return thrown


def _start_by(
    session: Session,
    beginning: list[Begins],
    thrown: ThrownEvent,
    take: TakeStep,
    report: Report,
) -> None:
    """Start what begins with this message or signal."""
    for definition, specification, element_id in beginning:
        begun = Start(
            definition.id,
            definition.key,
            thrown.correlation_key,
            thrown.tenant or drawn_tenant(session, specification, definition.key, thrown.variables),
            without_persons(specification, thrown),
            thrown.kind,
            element_id,
        )
        try:
            report.started.append(start(session, begun, take=take).id)
        except AlreadyRunningError as error:
            report.running.append(error.instance_id)
        except StepFailedError as error:
            report.failed.append(error.incident.id)


def deliver_buffered(
    session: Session, message: BufferedMessage, *, take: TakeStep = take_step
) -> None:
    """Take a locked message out of the buffer, and deliver it."""
    thrown = thrown_before(message)
    take_out(session, message)
    _deliver_all(session, [thrown], take)


def _deliver_buffered(session: Session, instance_id: UUID, take: TakeStep) -> None:
    """Messages that came before this instance waited for them: each once, the oldest first."""
    query = (
        select(BufferedMessage)
        .join(MessageSubscription, fits(BufferedMessage) & ~is_ambiguous(BufferedMessage))
        .where(MessageSubscription.instance_id == instance_id)
        .where(BufferedMessage.expires_at > now())
        .order_by(BufferedMessage.created_at)
        .limit(1)
        .with_for_update(of=BufferedMessage, skip_locked=True)
    )
    for _ in range(MAX_DELIVERIES):
        message = session.scalars(query).first()
        if message is None:
            return
        deliver_buffered(session, message, take=take)
    raise TooManyMessagesError
