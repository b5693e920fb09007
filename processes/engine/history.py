"""What happened in an instance, where its tokens are now, and how often and how long in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, extract, func, select
from sqlalchemy.orm import Session

from processes.engine.definitions import specification_of
from processes.engine.models import (
    ActivityInstance,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)

WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Entry:
    """One passage through an element, or a token that is there still."""

    element_id: str
    name: str
    element_type: str
    entered_at: datetime
    left_at: datetime | None  # None: it is there still
    result: str | None  # completed, cancelled, error, moved, skipped, repeated
    actor: str | None  # the user, worker, timer, message; None for the engine itself


@dataclass(frozen=True)
class Frequency:
    """How often tokens left one element, how long they had been there, how often in an error."""

    element_id: str
    count: int
    median: timedelta
    p90: timedelta
    error_rate: float


def history(session: Session, instance_id: UUID) -> list[ActivityInstance]:
    """Every passage that has ended, in order; what still waits is in `waiting_at`."""
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance_id)
    return list(session.scalars(query.order_by(ActivityInstance.left_at)))


def entries(session: Session, instance_id: UUID) -> list[Entry]:
    """Every passage in the order in which it ended, then every task and job that is open now."""
    past = [
        Entry(
            row.element_id,
            row.name,
            row.element_type,
            row.entered_at,
            row.left_at,
            row.result,
            row.actor,
        )
        for row in history(session, instance_id)
    ]
    still = sorted(_open_entries(session, instance_id), key=lambda entry: entry.entered_at)
    return [*past, *still]


def waiting_at(session: Session, instance_id: UUID) -> list[str]:
    """The ids of the elements at which the instance waits, for the diagram."""
    queries = (
        select(UserTask.element_id)
        .where(UserTask.instance_id == instance_id)
        .where(UserTask.status == TaskStatus.OPEN),
        select(Job.element_id)
        .where(Job.instance_id == instance_id)
        .where(Job.status.in_(WAITING_JOBS)),
        select(Timer.element_id).where(Timer.instance_id == instance_id),
        select(MessageSubscription.element_id).where(
            MessageSubscription.instance_id == instance_id
        ),
    )
    found = {element_id for query in queries for element_id in session.scalars(query)}
    return sorted(element_id for element_id in found if element_id)


def frequencies(
    session: Session, definition_id: UUID, since: datetime | None = None
) -> list[Frequency]:
    """For each element of a version, over the instances that are on it now or ended on it.

    The median and the 90th percentile are durations that were measured (nearest rank): of four,
    the median is the second.
    """
    ranked = _ranked(session, definition_id, since)
    count, rank = func.max(ranked.c.of), ranked.c.rank
    query = (
        select(
            ranked.c.element_id,
            count,
            func.max(case((rank == (ranked.c.of + 1) // 2, ranked.c.seconds))),
            func.max(case((rank == (ranked.c.of * 9 + 9) // 10, ranked.c.seconds))),
            func.sum(ranked.c.failed),
        )
        .group_by(ranked.c.element_id)
        .order_by(ranked.c.element_id)
    )
    return [
        Frequency(element_id, number, _length(median), _length(p90), failed / number)
        for element_id, number, median, p90, failed in session.execute(query)
    ]


def _ranked(session: Session, definition_id: UUID, since: datetime | None) -> Any:
    """Each passage with its length, and its place among those of the same element."""
    element_id = ActivityInstance.element_id
    query = (
        select(
            element_id,
            _seconds(session).label("seconds"),
            case((ActivityInstance.result == "error", 1), else_=0).label("failed"),
        )
        .join(ProcessInstance, ProcessInstance.id == ActivityInstance.instance_id)
        .where(ProcessInstance.definition_id == definition_id)
        .where(ActivityInstance.left_at.is_not(None))
    )
    if since is not None:
        query = query.where(ActivityInstance.left_at >= since)
    passed = query.subquery()
    place = func.row_number().over(partition_by=passed.c.element_id, order_by=passed.c.seconds)
    of = func.count().over(partition_by=passed.c.element_id)
    return select(passed, place.label("rank"), of.label("of")).subquery()


def _seconds(session: Session) -> ColumnElement[Any]:
    """The length of a passage: the two databases count time in different ways."""
    entered, left = ActivityInstance.entered_at, ActivityInstance.left_at
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(left) - func.julianday(entered)) * SECONDS_A_DAY
    return extract("epoch", left) - extract("epoch", entered)


def _length(seconds: Any) -> timedelta:
    # SQLite counts in days since 4714 BC: closer than a hundredth of a second it cannot tell.
    return timedelta(seconds=max(round(float(seconds), 2), 0.0))


def _open_entries(session: Session, instance_id: UUID) -> Iterable[Entry]:
    instance = session.get_one(ProcessInstance, instance_id)
    elements = specification_of(session, instance.definition_id).elements
    tasks = select(UserTask).where(UserTask.instance_id == instance_id)
    for task in session.scalars(tasks.where(UserTask.status == TaskStatus.OPEN)):
        yield Entry(task.element_id, task.name, "userTask", task.opened_at, None, None, None)
    jobs = select(Job).where(Job.instance_id == instance_id).where(Job.status.in_(WAITING_JOBS))
    for job in session.scalars(jobs):
        element = elements.get(job.element_id or "")
        if element is not None:
            yield Entry(element.id, element.name, element.type, job.created_at, None, None, None)
