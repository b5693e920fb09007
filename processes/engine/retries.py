"""Trying many incidents again, and telling of each whether it truly succeeded; or one first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.engine.incidents import TIMER, IncidentNotOpenError, retry_incident
from processes.engine.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    Timer,
)

AT_A_TIME = 100


class RetryMode(StrEnum):
    ONE_FIRST = "one-first"  # the others only when the first has truly succeeded
    ALL = "all"


class RetryOutcome(StrEnum):
    WAITING = "waiting"  # its turn has not come
    TRYING = "trying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNPROVEN = "unproven"  # closed, but nothing runs by itself that could show it
    LEFT = "left"  # the first did not succeed: this one was not touched


class RetryRun(Record):
    """One order of an operator to try incidents again."""

    __tablename__ = "retry_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    cause: Mapped[str] = mapped_column(index=True)
    mode: Mapped[RetryMode]
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None, index=True)


class RetryItem(Record):
    """What became of one incident in such a run."""

    __tablename__ = "retry_item"
    __table_args__ = (UniqueConstraint("run_id", "incident_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("retry_run.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    position: Mapped[int]
    outcome: Mapped[RetryOutcome] = mapped_column(default=RetryOutcome.WAITING)
    remark: Mapped[str] = mapped_column(default="")  # Dutch, for the operator
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


UNDECIDED = (RetryOutcome.WAITING, RetryOutcome.TRYING)


def begin(session: Session, incidents: Sequence[Incident], *, mode: RetryMode, by: str) -> RetryRun:
    """Note which incidents to try again; `advance` does it."""
    run = RetryRun(cause=incidents[0].cause, mode=mode, started_by=by)
    session.add(run)
    session.flush()
    session.add_all(
        RetryItem(run_id=run.id, incident_id=incident.id, position=position)
        for position, incident in enumerate(incidents)
    )
    session.flush()
    return run


def advance(session: Session, run_id: UUID) -> bool:
    """Look what became of what was tried, and try what may be; False when nobody need come back."""
    query = select(RetryRun).where(RetryRun.id == run_id, RetryRun.ended_at.is_(None))
    run = session.scalars(query.with_for_update(skip_locked=True)).first()
    if run is None:
        return False
    items = items_of(session, run_id)
    for item in items:
        if item.outcome is RetryOutcome.TRYING:
            _decide(session, item)
    for item in _next(run, items)[:AT_A_TIME]:
        _try(session, run, item)
    if not any(item.outcome in UNDECIDED for item in items):
        run.ended_at = now()
    session.flush()
    return run.ended_at is None


def open_runs(session: Session) -> list[UUID]:
    """The runs of which something is not decided yet."""
    return list(session.scalars(select(RetryRun.id).where(RetryRun.ended_at.is_(None))))


def items_of(session: Session, run_id: UUID) -> list[RetryItem]:
    """What a run tries, in its order."""
    query = select(RetryItem).where(RetryItem.run_id == run_id).order_by(RetryItem.position)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def counts_of(items: Iterable[RetryItem]) -> dict[RetryOutcome, int]:
    """How many items there are of each outcome."""
    found = Counter(item.outcome for item in items)
    return {outcome: found[outcome] for outcome in RetryOutcome}


def _next(run: RetryRun, items: list[RetryItem]) -> list[RetryItem]:
    """What may be tried now; what may not be tried any more is left as it is."""
    waiting = [item for item in items if item.outcome is RetryOutcome.WAITING]
    if run.mode is RetryMode.ALL or not waiting:
        return waiting
    first = items[0].outcome
    if first is RetryOutcome.WAITING:
        return waiting[:1]
    if first is RetryOutcome.SUCCEEDED:
        return waiting
    if first is not RetryOutcome.TRYING:
        for item in waiting:
            _settle(item, RetryOutcome.LEFT, "De eerste lukte niet; hier is niets aan gedaan.")
    return []


def _try(session: Session, run: RetryRun, item: RetryItem) -> None:
    item.outcome = RetryOutcome.TRYING
    try:
        incident = retry_incident(session, item.incident_id, by=run.started_by)
    except IncidentNotOpenError:
        _settle(item, RetryOutcome.UNPROVEN, "Was al opgelost.")
        return
    if run.mode is RetryMode.ONE_FIRST and item.position == 0 and incident.job_id:
        _give_one_attempt(session, incident.job_id)
    _decide(session, item)


def _give_one_attempt(session: Session, job_id: UUID) -> None:
    """The first of many is a question: its answer is wanted now, not after a day of retries."""
    job = session.get_one(Job, job_id)
    if job.status is JobStatus.NEW:
        job.attempts = job.max_attempts - 1
        session.flush()


def _decide(session: Session, item: RetryItem) -> None:
    incident = session.get_one(Incident, item.incident_id)
    if incident.job_id is not None:
        _by_job(session, item, session.get_one(Job, incident.job_id, populate_existing=True))
    elif incident.fingerprint.startswith(TIMER):
        _by_timer(session, item, incident)
    else:
        remark = "Gesloten. Wie deze stap zette, kan hem nu opnieuw zetten."
        _settle(item, RetryOutcome.UNPROVEN, remark)


def _by_job(session: Session, item: RetryItem, job: Job) -> None:
    match job.status:
        case JobStatus.DONE:
            caught = (job.last_error or "").startswith("BpmnError")
            remark = "Het proces ging verder langs een fout die het diagram kent." if caught else ""
            _settle(item, RetryOutcome.SUCCEEDED, remark)
        case JobStatus.FAILED:
            _settle(item, RetryOutcome.FAILED, (job.last_error or "")[:500])
        case JobStatus.CANCELLED:
            _settle(item, RetryOutcome.UNPROVEN, "Vervallen: het proces wacht hier niet meer op.")
        case _:
            item.remark = _why_not_yet(session, job)


def _why_not_yet(session: Session, job: Job) -> str:
    instance = session.get(ProcessInstance, job.instance_id) if job.instance_id else None
    if instance is not None and instance.status is InstanceStatus.SUSPENDED:
        return "De zaak staat stil: hervat hem eerst."
    if job.attempts and job.status is JobStatus.NEW and job.last_error:
        return f"Poging {job.attempts} van {job.max_attempts} is mislukt; er komt nog een poging."
    return ""


def _by_timer(session: Session, item: RetryItem, incident: Incident) -> None:
    timer_id = UUID(incident.fingerprint.removeprefix(TIMER))
    if session.get(Timer, timer_id, populate_existing=True) is None:
        _settle(item, RetryOutcome.SUCCEEDED)
        return
    again = (
        select(Incident.message)
        .where(Incident.fingerprint == incident.fingerprint)
        .where(Incident.status == IncidentStatus.OPEN)
    )
    message = session.scalar(again)
    if message is not None:
        _settle(item, RetryOutcome.FAILED, message[:500])


def _settle(item: RetryItem, outcome: RetryOutcome, remark: str = "") -> None:
    item.outcome, item.remark, item.decided_at = outcome, remark, now()
