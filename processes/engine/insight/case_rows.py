"""Reads the cases and passages that figures are made of, by the indexes that there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Uuid, cast, func, select, union_all
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM
from processes.engine.insight.counts import is_one_of
from processes.engine.insight.figures import Passage, Run
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.store.snapshot_models import CANCEL_UNDOABLE_FOR

AT_A_TIME = 500  # cases whose passages are read by one statement
WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)
SETTLED: Mapping[InstanceStatus, timedelta] = {
    InstanceStatus.COMPLETED: timedelta(0),
    InstanceStatus.CANCELLED: CANCEL_UNDOABLE_FOR,
}
"""How long after it ended a case with this status may become as it was."""


def _told(columns: Iterable[Any]) -> Iterator[Any]:
    """These columns, ids as text: an object of each id costs as much as all else of a row."""
    for column in columns:
        is_id = isinstance(column.type, Uuid)
        yield cast(column, String).label(column.key) if is_id else column


RUN = tuple(getattr(ProcessInstance, name) for name in Run._fields)
TOLD_RUN = tuple(_told(RUN))
PASSAGE = tuple(_told(getattr(ActivityInstance, name) for name in Passage._fields))

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Period:
    """Days on which cases began, in Amsterdam; None: from the first, until today."""

    first: date | None = None
    last: date | None = None

    def of(self, moment: Any) -> list[ColumnElement[bool]]:
        """Conditions: this moment lies in it."""
        after = [moment >= _midnight(self.first)] if self.first else []
        before = [moment < _midnight(self.last + timedelta(days=1))] if self.last else []
        return [*after, *before]


def unfolded(versions: Collection[UUID], period: Period, as_of: datetime | None) -> Rows:
    """The cases that ended and were not settled at this moment; of each status by its index."""
    version, started_at = ProcessInstance.definition_id, ProcessInstance.started_at
    parts = list[Rows]()
    for status, settled in SETTLED.items():
        ended = select(*RUN).where(is_one_of(ProcessInstance.status, [status]))
        if as_of is None:
            ended = ended.where(version.in_(versions), *period.of(started_at))
        else:
            ended = ended.where(
                ProcessInstance.ended_at >= as_of - settled,
                bare(version).in_(versions),
                *period.of(bare(started_at)),
            )
        parts.append(ended)
    return select(union_all(*parts).subquery())


def runs(session: Session, cases: Rows, most: int | None = None) -> list[Run]:
    """These cases, the newest first; at most so many, None: all."""
    started_at = bare(cases.selected_columns["started_at"])
    told = cases.with_only_columns(*_told(cases.selected_columns[name] for name in Run._fields))
    return [Run(*row) for row in session.execute(told.order_by(started_at.desc()).limit(most))]


def passages(session: Session, cases: Rows) -> list[Passage]:
    """The passages of these cases."""
    # An IN, not a join: SQLite would go through all passages there are for it.
    query = select(*PASSAGE).where(ActivityInstance.instance_id.in_(_ids(cases)))
    return [Passage(*row) for row in session.execute(query)]


def passages_of(session: Session, cases: Sequence[Run]) -> list[Passage]:
    """The passages of these cases, by their ids."""
    found: list[Passage] = []
    for first in range(0, len(cases), AT_A_TIME):
        ids = [UUID(run.id) for run in cases[first : first + AT_A_TIME]]
        query = select(*PASSAGE).where(ActivityInstance.instance_id.in_(ids))
        found += (Passage(*row) for row in session.execute(query))
    return found


class Wait(NamedTuple):
    """That a case waits at an element for a person, or for a job."""

    instance_id: str
    element_id: str
    is_task: bool


def waits_of(session: Session, cases: Sequence[Run]) -> list[Wait]:
    """Where these cases wait now; an element where a case has several tasks once."""
    found: list[Wait] = []
    is_open = UserTask.status == TaskStatus.OPEN
    is_waiting = Job.status.in_(WAITING_JOBS) & Job.element_id.is_not(None)
    for first in range(0, len(cases), AT_A_TIME):
        ids = [UUID(run.id) for run in cases[first : first + AT_A_TIME]]
        for model, condition in ((UserTask, is_open), (Job, is_waiting)):
            of: Any = model
            query = select(*_told((of.instance_id, of.element_id))).distinct()
            rows = session.execute(query.where(of.instance_id.in_(ids), condition))
            found += (Wait(id_, element, model is UserTask) for id_, element in rows)
    return found


def ended(
    session: Session, since: datetime | None, limit: datetime, size: int
) -> tuple[datetime, list[Run]]:
    """Some cases that were settled from `since` on, and until when these are all: `limit` at most.

    `size` is how many are read of each status at most.
    """
    until, found = limit, list[tuple[datetime, Run]]()
    for status, settled in SETTLED.items():
        ended_at = ProcessInstance.ended_at
        query = select(*_told(RUN)).where(is_one_of(ProcessInstance.status, [status]))
        query = query.where(ended_at < limit - settled)
        if since is not None:
            query = query.where(ended_at >= since - settled)
        rows = session.execute(query.order_by(ended_at).limit(size + 1)).all()
        some = [(run.ended_at + settled, run) for row in rows if (run := Run(*row)).ended_at]
        if len(rows) > size:
            until = min(until, some[-1][0])
        found += some
    return until, [run for moment, run in found if moment < until]


def bare(column: Any) -> Any:
    """The column, but not its index: by that SQLite would go through all cases of a version."""
    return func.coalesce(column, column)


def _ids(cases: Rows) -> Rows:
    return cases.with_only_columns(cases.selected_columns["id"])


def _midnight(day: date) -> datetime:
    """The moment at which this day begins in the Netherlands."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)
