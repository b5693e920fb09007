"""Statistics over many instances: frequencies, durations, stages, how they end.

Everything is about a cohort: the instances started in a period, on some versions. Of a very large
cohort the newest instances are the sample, so that no page waits for the whole history.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, case, extract, func, select, union
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)

MOST = 3000  # instances that are looked at; a page says so when there are more
SECONDS_A_DAY = 86_400
WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)


@dataclass(frozen=True)
class Cohort:
    """The instances on one of these versions, started in this half-open period."""

    definition_ids: tuple[UUID, ...]
    since: datetime | None = None
    until: datetime | None = None
    is_part: bool = False  # of a larger one, of which it has the newest instances


@dataclass(frozen=True)
class Run:
    """One instance, from its start to its end if it has one."""

    id: UUID
    definition_id: UUID
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None

    @property
    def length(self) -> timedelta | None:
        """How long it took; None for one that is not completed."""
        if self.status is not InstanceStatus.COMPLETED or self.ended_at is None:
            return None
        return self.ended_at - self.started_at


@dataclass(frozen=True)
class Frequency:
    """How many tokens left one element, their durations, and how many left in an error."""

    element_id: str
    name: str
    element_type: str
    count: int
    median: timedelta
    p90: timedelta
    error_rate: float


@dataclass(frozen=True)
class Stage:
    """How many instances reached an element, and how many completed it."""

    reached: int = 0
    passed: int = 0


@dataclass(frozen=True)
class Cancellation:
    """How many instances were cancelled after this element, the last that they visited."""

    element_id: str
    name: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The totals of a cohort; durations are of completed instances only."""

    started: int = 0
    completed: int = 0
    cancelled: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    in_time: int = 0  # completed within the term
    too_late: int = 0  # completed after it, or still running after it
    lengths: tuple[timedelta, ...] = field(default=(), repr=False)

    @property
    def running(self) -> int:
        """How many have not ended."""
        return self.started - self.completed - self.cancelled

    @property
    def share_in_time(self) -> float | None:
        """The share that was ready within the term; None without any."""
        known = self.in_time + self.too_late
        return self.in_time / known if known else None


def newest(session: Session, cohort: Cohort, most: int = MOST) -> Cohort:
    """The cohort if it has at most `most` instances, else its newest part."""
    began: list[datetime] = []
    for definition_id in cohort.definition_ids:
        one = replace(cohort, definition_ids=(definition_id,))
        query = of_cohort(select(ProcessInstance.started_at), one)
        began += session.scalars(query.order_by(ProcessInstance.started_at.desc()).limit(most + 1))
    if len(began) <= most:
        return cohort
    return replace(cohort, since=sorted(began, reverse=True)[most - 1], is_part=True)


def runs(session: Session, cohort: Cohort) -> list[Run]:
    """The instances of the cohort, newest first."""
    sample = _sample(cohort)
    columns = (ProcessInstance.id, ProcessInstance.definition_id, ProcessInstance.status)
    query = (
        select(*columns, ProcessInstance.started_at, ProcessInstance.ended_at)
        .join(sample, sample.c.id == ProcessInstance.id)
        .order_by(ProcessInstance.started_at.desc())
    )
    return [Run(*row) for row in session.execute(query)]


def summary(found: Sequence[Run], term: timedelta) -> Summary:
    """Totals: how instances ended, their durations, and how many were within the term."""
    lengths = sorted(length for run in found if (length := run.length) is not None)
    in_time = sum(length <= term for length in lengths)
    statuses = Counter(run.status for run in found)
    open_late = sum(run.ended_at is None and now() - run.started_at > term for run in found)
    return Summary(
        started=len(found),
        completed=len(lengths),
        cancelled=statuses[InstanceStatus.CANCELLED],
        median=quantile(lengths, 5),
        p90=quantile(lengths, 9),
        in_time=in_time,
        too_late=len(lengths) - in_time + open_late,
        lengths=tuple(lengths),
    )


def quantile(ordered: Sequence[timedelta], tenths: int) -> timedelta | None:
    """The measured length below which so many tenths lie (nearest rank); None of nothing."""
    rank = -(-len(ordered) * tenths // 10)
    return ordered[max(rank, 1) - 1] if ordered else None


def frequencies(session: Session, cohort: Cohort) -> list[Frequency]:
    """The frequency of each element that a token of the cohort left, by id.

    Median and 90th percentile are measured durations (nearest rank): of four, the median is the
    second.
    """
    ranked = _ranked(session, _sample(cohort))
    count, rank = func.max(ranked.c.of), ranked.c.rank
    query = (
        select(
            ranked.c.element_id,
            func.max(ranked.c.name),
            func.max(ranked.c.element_type),
            count,
            func.max(case((rank == (ranked.c.of + 1) // 2, ranked.c.seconds))),
            func.max(case((rank == (ranked.c.of * 9 + 9) // 10, ranked.c.seconds))),
            func.sum(ranked.c.failed),
        )
        .group_by(ranked.c.element_id)
        .order_by(ranked.c.element_id)
    )
    return [
        Frequency(id_, name, kind, number, _length(median), _length(p90), failed / number)
        for id_, name, kind, number, median, p90, failed in session.execute(query)
    ]


def stages(session: Session, cohort: Cohort, element_ids: Iterable[str]) -> Mapping[str, Stage]:
    """How many instances came to each of these user tasks, and how many completed it."""
    wanted, sample = list(element_ids), _sample(cohort)
    passed = _instances_at(ActivityInstance, sample, wanted)
    was_open = _instances_at(UserTask, sample, wanted).where(UserTask.status == TaskStatus.OPEN)
    came = union(passed, was_open).subquery()
    reached = _counted(session, select(came.c.element_id, func.count()).group_by("element_id"))
    done = passed.where(ActivityInstance.result == "completed").subquery()
    passed_by = select(done.c.element_id, func.count(done.c.instance_id.distinct()))
    completed = _counted(session, passed_by.group_by("element_id"))
    return {id_: Stage(reached.get(id_, 0), completed.get(id_, 0)) for id_ in wanted}


def waiting_per_element(session: Session, cohort: Cohort) -> dict[str, int]:
    """How many instances of the cohort now wait at each element, at a user task or a job."""
    sample, counts = _sample(cohort), Counter[str]()
    tasks = _waiting(UserTask, sample).where(UserTask.status == TaskStatus.OPEN)
    jobs = _waiting(Job, sample).where(Job.status.in_(WAITING_JOBS), Job.element_id.is_not(None))
    for query in (tasks, jobs):
        counts.update(_counted(session, query))
    return dict(counts)


def cancellations(session: Session, cohort: Cohort) -> list[Cancellation]:
    """Where instances were when cancelled, the most frequent element first."""
    sample = _sample(cohort)
    query = (
        select(ActivityInstance)
        .join(sample, sample.c.id == ActivityInstance.instance_id)
        .join(ProcessInstance, ProcessInstance.id == sample.c.id)
        .where(ProcessInstance.status == InstanceStatus.CANCELLED)
        .order_by(ActivityInstance.left_at)
    )
    last = {passage.instance_id: passage for passage in session.scalars(query)}
    names = {each.element_id: each.name for each in last.values()}
    counts = Counter(each.element_id for each in last.values())
    return [Cancellation(id_, names[id_], count) for id_, count in counts.most_common()]


def _sample(cohort: Cohort) -> Subquery:
    """The ids of the instances of the cohort."""
    return of_cohort(select(ProcessInstance.id), cohort).subquery()


def of_cohort(query: Select[Any], cohort: Cohort) -> Select[Any]:
    """Limit a query of instances to this cohort."""
    query = query.where(ProcessInstance.definition_id.in_(cohort.definition_ids))
    if cohort.since is not None:
        query = query.where(ProcessInstance.started_at >= cohort.since)
    if cohort.until is not None:
        query = query.where(ProcessInstance.started_at < cohort.until)
    return query


def _ranked(session: Session, sample: Subquery) -> Any:
    """Each passage with its length, and its place among those of the same element."""
    passed = (
        select(
            ActivityInstance.element_id,
            ActivityInstance.name,
            ActivityInstance.element_type,
            _seconds(session).label("seconds"),
            case((ActivityInstance.result == "error", 1), else_=0).label("failed"),
        )
        .join(sample, sample.c.id == ActivityInstance.instance_id)
        .where(ActivityInstance.left_at.is_not(None))
        .subquery()
    )
    place = func.row_number().over(partition_by=passed.c.element_id, order_by=passed.c.seconds)
    of = func.count().over(partition_by=passed.c.element_id)
    return select(passed, place.label("rank"), of.label("of")).subquery()


def _instances_at(table: Any, sample: Subquery, element_ids: Sequence[str]) -> Select[Any]:
    query = select(table.instance_id, table.element_id)
    query = query.join(sample, sample.c.id == table.instance_id)
    return query.where(table.element_id.in_(element_ids))


def _waiting(table: Any, sample: Subquery) -> Select[Any]:
    query = select(table.element_id, func.count(table.instance_id.distinct()))
    return query.join(sample, sample.c.id == table.instance_id).group_by(table.element_id)


def _counted(session: Session, query: Select[Any]) -> dict[str, int]:
    return dict(session.execute(query).all())


def _seconds(session: Session) -> ColumnElement[Any]:
    """The length of a passage: the two databases count time in different ways."""
    entered, left = ActivityInstance.entered_at, ActivityInstance.left_at
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(left) - func.julianday(entered)) * SECONDS_A_DAY
    return extract("epoch", left) - extract("epoch", entered)


def _length(seconds: Any) -> timedelta:
    # SQLite counts in days since 4714 BC: closer than a hundredth of a second it cannot tell.
    return timedelta(seconds=max(round(float(seconds), 2), 0.0))
