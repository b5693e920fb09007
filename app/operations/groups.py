"""Open incidents grouped by cause: count, since when, example; retries per cause.

Those of processes that who is signed in does not operate are left out, and left alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app.web.process_rights import hidden_processes, is_operated
from processes.engine.repair.retries import advance, begin, begin_cause, counts_of, counts_of_each
from processes.engine.store.models import Incident, IncidentStatus, Job, ProcessInstance
from processes.engine.store.permission_models import Right
from processes.engine.store.retry_models import RetryItem, RetryMode, RetryOutcome, RetryRun
from processes.register.changes import record_event
from processes.register.paging import Page, page_of
from processes.unit_of_work import unit_of_work

Row = TypeVarTuple("Row")

PER_PAGE = 100  # incidents of one cause


@dataclass(frozen=True)
class Group:
    """The open incidents with one cause; `example` is the newest."""

    cause: str
    count: int
    first: datetime
    last: datetime
    example: Incident


@dataclass(frozen=True)
class IncidentSubject:
    """An incident with the job or instance that it stopped."""

    incident: Incident
    job: Job | None
    instance: ProcessInstance | None


def groups(session: Session) -> list[Group]:
    """Every cause that has open incidents, the latest first."""
    last = func.max(Incident.created_at)
    query = (
        select(Incident.cause, func.count(), func.min(Incident.created_at), last)
        .where(Incident.status == IncidentStatus.OPEN)
        .group_by(Incident.cause)
        .order_by(last.desc())
    )
    return [
        Group(cause, count, first, newest, _newest(session, cause))
        for cause, count, first, newest in session.execute(_operated(query))
    ]


def group_of(session: Session, cause: str) -> Group | None:
    """The open incidents with this cause, if there are any."""
    query = select(func.count(), func.min(Incident.created_at), func.max(Incident.created_at))
    of_cause = query.where(Incident.cause == cause, Incident.status == IncidentStatus.OPEN)
    count, first, last = session.execute(_operated(of_cause)).one()
    return Group(cause, count, first, last, _newest(session, cause)) if count else None


def page_of_cause(session: Session, cause: str, number: int) -> Page[Incident]:
    """One page of the open incidents with this cause, the oldest first."""
    query = _open(cause).order_by(Incident.created_at, Incident.id)
    return page_of(session, query, number, PER_PAGE)


def stopped_by(session: Session, incidents: Sequence[Incident]) -> list[IncidentSubject]:
    """These incidents with what they stopped."""
    jobs = select(Job).where(Job.id.in_({each.job_id for each in incidents}))
    job_of: dict[UUID | None, Job] = {job.id: job for job in session.scalars(jobs)}
    ids = {each.instance_id for each in incidents}
    instances = select(ProcessInstance).where(ProcessInstance.id.in_(ids))
    whole = instances.options(joinedload(ProcessInstance.definition))
    instance_of: dict[UUID | None, ProcessInstance] = {
        one.id: one for one in session.scalars(whole)
    }
    return [
        IncidentSubject(each, job_of.get(each.job_id), instance_of.get(each.instance_id))
        for each in incidents
    ]


def retry(session: Session, incident: Incident, *, by: str) -> RetryRun:
    """Start a retry run of this incident, and commit; sweeps continue it."""
    return _go(session, begin(session, [incident], mode=RetryMode.ALL, by=by))


def retry_cause(session: Session, cause: str, *, mode: RetryMode, by: str) -> RetryRun | None:
    """As `retry`, for all open incidents with this cause; None without any."""
    if not hidden_processes(Right.OPERATE):
        run = begin_cause(session, cause, mode=mode, by=by)
        return _go(session, run) if run else None
    found = session.scalars(_open(cause).order_by(Incident.created_at, Incident.id)).all()
    return _go(session, begin(session, found, mode=mode, by=by)) if found else None


def unfinished_runs(session: Session, cause: str | None = None) -> list[tuple[RetryRun, int, int]]:
    """Runs with undecided items, newest first, with decided and total counts."""
    query = select(RetryRun).where(RetryRun.ended_at.is_(None))
    if cause:
        query = query.where(RetryRun.cause == cause)
    if hidden := hidden_processes(Right.OPERATE):
        query = query.where(RetryRun.id.not_in(_runs_of(hidden)))
    runs = session.scalars(query.order_by(RetryRun.started_at.desc())).all()
    counts = counts_of_each(session, [run.id for run in runs])
    return [(run, *progress_of(counts[run.id])) for run in runs]


def progress_of(counts: dict[RetryOutcome, int]) -> tuple[int, int]:
    """Decided and total number of items."""
    total = sum(counts.values())
    return total - counts[RetryOutcome.WAITING] - counts[RetryOutcome.TRYING], total


def _go(session: Session, run: RetryRun) -> RetryRun:
    number = sum(counts_of(session, run.id).values())
    record_event(
        session,
        "incidents-retried",
        actor=run.started_by,
        subject=f"retry:{run.id}",
        mode=str(run.mode),
        number=number,
    )
    advance(session, run.id)
    unit_of_work(session).commit()
    return run


def _open(cause: str) -> Select[Incident]:
    query = select(Incident).where(Incident.cause == cause)
    return _operated(query.where(Incident.status == IncidentStatus.OPEN))


def _operated(query: Select[*Row]) -> Select[*Row]:
    hidden = hidden_processes(Right.OPERATE)
    return query.where(is_operated(Incident.instance_id, hidden)) if hidden else query


def _runs_of(keys: Collection[str]) -> Select[UUID]:
    """The runs with an incident of one of these processes."""
    return (
        select(RetryItem.run_id)
        .join(Incident, Incident.id == RetryItem.incident_id)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(ProcessInstance.process_key.in_(keys))
    )


def _newest(session: Session, cause: str) -> Incident:
    return session.scalars(_open(cause).order_by(Incident.created_at.desc()).limit(1)).one()
