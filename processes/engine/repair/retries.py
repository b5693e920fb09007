"""Retries many incidents as a run in bounded turns, with the outcome of each; or a canary first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, select, update
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.engine.execution.incidents import TIMER, IncidentNotOpenError, retry_incident
from processes.engine.sentences.catalogue import say
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    Timer,
)
from processes.engine.store.retry_models import RetryItem, RetryMode, RetryOutcome, RetryRun
from processes.questions import Question

AT_A_TIME = 100  # tried in one transaction
SETTLED_AT_A_TIME = 1000
WRITTEN_AT_A_TIME = 1000


class Turn(StrEnum):
    """What is left of a run after one turn."""

    ENDED = "ended"  # nothing, or somebody else is doing it
    LATER = "later"  # to look what becomes of what was tried
    AT_ONCE = "at-once"  # there is more that may be done now


@dataclass(frozen=True)
class RetriedIncident:
    """An incident in a run with its outcome in Dutch, for the operator."""

    item: RetryItem
    incident: Incident
    job: Job | None
    instance: ProcessInstance | None
    remark: str


UNDECIDED = (RetryOutcome.WAITING, RetryOutcome.TRYING)
_JOB_ENDED = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


def begin(session: Session, incidents: Sequence[Incident], *, mode: RetryMode, by: str) -> RetryRun:
    """Create a retry run of these incidents, the first one first; `advance` works on it."""
    ids = [incident.id for incident in incidents]
    return _begin(session, RetryRun(cause=incidents[0].cause, mode=mode, started_by=by), ids)


def begin_cause(session: Session, cause: str, *, mode: RetryMode, by: str) -> RetryRun | None:
    """Create a run of all open incidents with this cause; None without any."""
    query = select(Incident.id).where(Incident.cause == cause)
    still_open = query.where(Incident.status == IncidentStatus.OPEN)
    ids = session.scalars(still_open.order_by(Incident.created_at, Incident.id)).all()
    return _begin(session, RetryRun(cause=cause, mode=mode, started_by=by), ids) if ids else None


def advance(session: Session, run_id: UUID) -> Turn:
    """Record the outcomes of what was tried, and try the next: a bounded amount of work."""
    query = select(RetryRun).where(RetryRun.id == run_id, RetryRun.ended_at.is_(None))
    run = session.scalars(query.with_for_update(skip_locked=True)).first()
    if run is None:
        return Turn.ENDED
    settled = _settle_jobs(session, run_id)
    _settle_timers(session, run_id)
    session.flush()
    items = _next(session, run)
    for item in items:
        _try(session, run, item)
    session.flush()
    undecided = exists().where(RetryItem.run_id == run_id, RetryItem.outcome.in_(UNDECIDED))
    if not session.scalar(select(undecided)):
        run.ended_at = now()
        session.flush()
        return Turn.ENDED
    is_full = len(items) == AT_A_TIME or settled == SETTLED_AT_A_TIME
    return Turn.AT_ONCE if is_full else Turn.LATER


def open_runs(session: Session) -> list[UUID]:
    """The ids of runs with items that are undecided."""
    return list(session.scalars(select(RetryRun.id).where(RetryRun.ended_at.is_(None))))


ANY_OPEN = Question(exists().where(RetryRun.ended_at.is_(None)))
"""Whether there are any."""


def retried_incidents(
    session: Session, run_id: UUID, *, first: int = 0, most: int | None = None
) -> list[RetriedIncident]:
    """The items of a run in order, from `first`, at most `most`."""
    query = (
        select(RetryItem, Incident, Job, ProcessInstance)
        .join(Incident, Incident.id == RetryItem.incident_id)
        .outerjoin(Job, Job.id == Incident.job_id)
        .outerjoin(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(RetryItem.run_id == run_id)
        .order_by(RetryItem.position)
        .offset(first)
        .limit(most)
    )
    rows = session.execute(query.execution_options(populate_existing=True))
    return [
        RetriedIncident(
            item, incident, job, instance, item.remark or _why_not_yet(item, job, instance)
        )
        for item, incident, job, instance in rows
    ]


def counts_of(session: Session, run_id: UUID) -> dict[RetryOutcome, int]:
    """How many items of a run there are of each outcome."""
    return counts_of_each(session, [run_id])[run_id]


def counts_of_each(
    session: Session, run_ids: Sequence[UUID]
) -> dict[UUID, dict[RetryOutcome, int]]:
    """The same of each of these runs."""
    found = {run_id: dict.fromkeys(RetryOutcome, 0) for run_id in run_ids}
    columns = (RetryItem.run_id, RetryItem.outcome)
    query = select(*columns, func.count()).where(RetryItem.run_id.in_(run_ids)).group_by(*columns)
    for run_id, outcome, number in session.execute(query):
        found[run_id][outcome] = number
    return found


def _begin(session: Session, run: RetryRun, ids: Sequence[UUID]) -> RetryRun:
    session.add(run)
    session.flush()
    for place in range(0, len(ids), WRITTEN_AT_A_TIME):
        some = ids[place : place + WRITTEN_AT_A_TIME]
        session.execute(insert(RetryItem), list(_rows(run.id, some, place)))
    return run


def _rows(run_id: UUID, ids: Sequence[UUID], first: int) -> Iterator[dict[str, object]]:
    for position, incident_id in enumerate(ids, first):
        yield {
            "id": new_id(),
            "run_id": run_id,
            "incident_id": incident_id,
            "position": position,
            "outcome": RetryOutcome.WAITING,
            "remark": "",
        }


def _of(run_id: UUID, outcome: RetryOutcome) -> Select[RetryItem]:
    query = select(RetryItem).where(RetryItem.run_id == run_id, RetryItem.outcome == outcome)
    return query.order_by(RetryItem.position).execution_options(populate_existing=True)


def _next(session: Session, run: RetryRun) -> Sequence[RetryItem]:
    """What may be tried now; what may not be tried any more is left as it is."""
    waiting = _of(run.id, RetryOutcome.WAITING)
    first = RetryOutcome.SUCCEEDED if run.mode is RetryMode.ALL else _outcome_of_first(session, run)
    match first:
        case RetryOutcome.WAITING:
            return session.scalars(waiting.limit(1)).all()
        case RetryOutcome.SUCCEEDED:
            return session.scalars(waiting.limit(AT_A_TIME)).all()
        case RetryOutcome.TRYING:
            return []
    _leave_the_rest(session, run.id, first)
    return []


def _outcome_of_first(session: Session, run: RetryRun) -> RetryOutcome:
    query = select(RetryItem.outcome).where(RetryItem.run_id == run.id)
    return session.scalars(query.order_by(RetryItem.position).limit(1)).one()


def _leave_the_rest(session: Session, run_id: UUID, first: RetryOutcome) -> None:
    is_known = first is RetryOutcome.FAILED
    remark = say("repair.first-failed") if is_known else say("repair.first-unsure")
    waiting = update(RetryItem).where(RetryItem.run_id == run_id)
    left = {
        "outcome": RetryOutcome.LEFT,
        "remark": remark,
        "decided_at": now(),
    }
    session.execute(waiting.where(RetryItem.outcome == RetryOutcome.WAITING).values(left))


def _try(session: Session, run: RetryRun, item: RetryItem) -> None:
    item.outcome = RetryOutcome.TRYING
    try:
        incident = retry_incident(session, item.incident_id, by=run.started_by)
    except IncidentNotOpenError:
        _settle(item, RetryOutcome.UNPROVEN, say("repair.resolved-already"))
        return
    if incident.job_id is not None:
        if run.mode is RetryMode.ONE_FIRST and item.position == 0:
            _give_one_attempt(session, incident.job_id)
    elif not incident.fingerprint.startswith(TIMER):
        remark = say("repair.closed")
        _settle(item, RetryOutcome.UNPROVEN, remark)


def _give_one_attempt(session: Session, job_id: UUID) -> None:
    """The first of many is a question: its answer is wanted now, not after a day of retries."""
    job = session.get_one(Job, job_id)
    if job.status is JobStatus.NEW:
        job.attempts, job.last_error = job.max_attempts - 1, None
        session.flush()


def _settle_jobs(session: Session, run_id: UUID) -> int:
    """Decide on the items whose job has ended; says how many these were."""
    query = (
        select(RetryItem, Job)
        .join(Incident, Incident.id == RetryItem.incident_id)
        .join(Job, Job.id == Incident.job_id)
        .where(RetryItem.run_id == run_id, RetryItem.outcome == RetryOutcome.TRYING)
        .where(Job.status.in_(_JOB_ENDED))
        .order_by(RetryItem.position)
        .limit(SETTLED_AT_A_TIME)
    )
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    for item, job in rows:
        _by_job(session, item, job)
    return len(rows)


def _by_job(session: Session, item: RetryItem, job: Job) -> None:
    match job.status:
        case JobStatus.DONE:
            caught = (job.last_error or "").startswith("BpmnError")
            remark = say("repair.went-on-by-error") if caught else ""
            _settle(item, RetryOutcome.SUCCEEDED, remark)
        case JobStatus.FAILED:
            of_job = select(Incident.message).where(Incident.job_id == job.id)
            _settle(item, RetryOutcome.FAILED, _still_open(session, of_job))
        case _:
            _settle(item, RetryOutcome.UNPROVEN, say("repair.expired"))


def _why_not_yet(item: RetryItem, job: Job | None, instance: ProcessInstance | None) -> str:
    """What is known of an item that is tried now, or nothing."""
    if item.outcome is not RetryOutcome.TRYING or job is None:
        return ""
    if instance is not None and instance.status is InstanceStatus.SUSPENDED:
        return say("repair.suspended")
    if job.attempts and job.status is JobStatus.NEW and job.last_error:
        return say("repair.attempt-coming", attempts=job.attempts, max_attempts=job.max_attempts)
    return ""


def _settle_timers(session: Session, run_id: UUID) -> None:
    """A timer that is gone has fired; one that left an incident again has failed."""
    query = (
        select(RetryItem, Incident.fingerprint)
        .join(Incident, Incident.id == RetryItem.incident_id)
        .where(RetryItem.run_id == run_id, RetryItem.outcome == RetryOutcome.TRYING)
        .where(Incident.job_id.is_(None))
        .outerjoin(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(ProcessInstance.status.is_distinct_from(InstanceStatus.SUSPENDED))
        .order_by(RetryItem.position)
        .limit(SETTLED_AT_A_TIME)
    )
    for item, fingerprint in session.execute(query.execution_options(populate_existing=True)).all():
        _by_timer(session, item, fingerprint)


def _by_timer(session: Session, item: RetryItem, fingerprint: str) -> None:
    timer_id = UUID(fingerprint.removeprefix(TIMER))
    if session.get(Timer, timer_id, populate_existing=True) is None:
        _settle(item, RetryOutcome.SUCCEEDED)
        return
    message = _still_open(
        session, select(Incident.message).where(Incident.fingerprint == fingerprint)
    )
    if message:
        _settle(item, RetryOutcome.FAILED, message)


def _still_open(session: Session, messages: Select[str]) -> str:
    """What the newest open incident among these says; "" where none is open."""
    query = messages.where(Incident.status == IncidentStatus.OPEN)
    return (session.scalar(query.order_by(Incident.created_at.desc()).limit(1)) or "")[:500]


def _settle(item: RetryItem, outcome: RetryOutcome, remark: str = "") -> None:
    item.outcome, item.remark, item.decided_at = outcome, remark, now()
