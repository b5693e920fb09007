"""Counts of cases per version and of jobs per topic, that do not scan what ended long ago.

What ended is never changed: completed cases and finished jobs up to a moment are counted once, in
the background (`fold`), and kept. A count is that figure, and what ended since, and what is still
open. It is exact whenever it is asked, also when nothing was folded yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.insight import kept_figures
from processes.engine.store.figure_models import MARGIN
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.questions import Questions

EVERY = timedelta(minutes=10)
UNFINISHED = (JobStatus.NEW, JobStatus.LEASED)
SET_ASIDE = (JobStatus.FAILED, JobStatus.CANCELLED)
LIVE = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
CANCELLED = (InstanceStatus.CANCELLED,)
OPEN_OR_CANCELLED = (LIVE, CANCELLED)  # each has an index of its own


def is_one_of(column: Any, statuses: Sequence[Any]) -> ColumnElement[bool]:
    """Condition with the statuses in its text: a partial index is used for no other."""
    texts: Any = [
        bindparam(None, status, type_=column.type, literal_execute=True) for status in statuses
    ]
    condition: ColumnElement[bool] = column == texts[0] if len(texts) == 1 else column.in_(texts)
    return condition


@dataclass(frozen=True)
class _Ended:
    """What ended and is never changed: which rows, by what they are grouped, and when they did."""

    name: str
    is_ended: ColumnElement[bool]
    group: Any
    ended_at: Any
    steps: Any = 0

    def counted(
        self, session: Session, since: datetime | None, until: datetime | None = None
    ) -> dict[str, list[int]]:
        """Number and steps per group of what ended from `since` on, and before `until`."""
        # Grouped by no bare column, which SQLite would find in an index over all there is.
        group = func.coalesce(self.group, self.group)
        query = select(group, func.count(), func.sum(self.steps)).where(self.is_ended)
        if since is not None:
            query = query.where(self.ended_at >= since)
        if until is not None:
            query = query.where(self.ended_at < until)
        rows = session.execute(query.group_by(group))
        return {str(group): [number, int(steps or 0)] for group, number, steps in rows}


COMPLETED_CASES = _Ended(
    "completed cases",
    is_one_of(ProcessInstance.status, [InstanceStatus.COMPLETED]),
    ProcessInstance.definition_id,
    ProcessInstance.ended_at,
    ProcessInstance.row_version,
)
DONE_JOBS = _Ended("done jobs", is_one_of(Job.status, [JobStatus.DONE]), Job.topic, Job.done_at)
FOLDED = (COMPLETED_CASES, DONE_JOBS)


def cases(session: Session) -> Mapping[UUID, dict[InstanceStatus, int]]:
    """How many cases there are of each status, per version that has any: by its definition's id."""
    found: dict[UUID, dict[InstanceStatus, int]] = {}
    for group, (number, _steps) in _ended(session, COMPLETED_CASES).items():
        found.setdefault(UUID(group), {})[InstanceStatus.COMPLETED] = number
    status, id_of = ProcessInstance.status, ProcessInstance.definition_id
    of = func.coalesce(id_of, id_of)  # else SQLite goes through an index of all there are
    counted = (
        select(group, status, func.count())
        .where(is_one_of(status, statuses))
        .group_by(group, status)
        for group, statuses in ((id_of, LIVE), (of, CANCELLED))  # what runs has one in this order
    )
    for id_, state, number in session.execute(union_all(*counted)):
        found.setdefault(id_, {})[state] = number
    return found


def steps(session: Session) -> Mapping[UUID, int]:
    """How many steps the cases of each version took; reads each case that is open."""
    found = {UUID(group): taken for group, (_n, taken) in _ended(session, COMPLETED_CASES).items()}
    id_of, taken = ProcessInstance.definition_id, func.sum(ProcessInstance.row_version)
    of = func.coalesce(id_of, id_of)  # else SQLite goes through an index of all there are
    for statuses in OPEN_OR_CANCELLED:
        query = select(of, taken).where(is_one_of(ProcessInstance.status, statuses)).group_by(of)
        for id_, number in session.execute(query):
            found[id_] = found.get(id_, 0) + int(number or 0)
    return found


def latest_steps(session: Session) -> Mapping[UUID, int]:
    """The same as the latest scan in the background found; counted where none was made lately."""
    kept = STEPS.latest(session)
    return steps(session) if kept is None else {UUID(id_): taken for id_, taken in kept.items()}


def _steps(session: Session) -> dict[str, int]:
    return {str(id_): taken for id_, taken in steps(session).items()}


STEPS = kept_figures.Scan("steps of cases", _steps)


def running(session: Session) -> dict[UUID, int]:
    """How many cases run, per version; suspended ones do too."""
    of = ProcessInstance.definition_id
    query = select(of, func.count()).where(is_one_of(ProcessInstance.status, LIVE)).group_by(of)
    return dict(session.execute(query).all())


def jobs(session: Session) -> Mapping[tuple[str, JobStatus], int]:
    """How many jobs there are of each topic and status, of which there are any."""
    found = {
        (topic, JobStatus.DONE): number
        for topic, (number, _steps) in _ended(session, DONE_JOBS).items()
    }
    columns = (Job.topic, Job.status)
    counted = (
        select(*columns, func.count()).where(is_one_of(Job.status, statuses)).group_by(*columns)
        for statuses in (UNFINISHED, SET_ASIDE)  # each has an index of its own
    )
    for topic, status, number in session.execute(union_all(*counted)):
        found[topic, status] = number
    return found


DUE = {each.name: kept_figures.older_than(each.name, MARGIN + EVERY) for each in FOLDED}
"""By the name of a figure, whether it is old enough to be folded again."""
_DUE = Questions([*DUE.values()])


def due(session: Session) -> list[str]:
    """The names of those that are."""
    found = _DUE.ask(session, now())
    return [name for name, question in DUE.items() if question in found]


def fold(session: Session, name: str) -> None:
    """Count what ended since the last fold, and keep the sum."""
    of, until = _named(name), now() - MARGIN
    kept = kept_figures.read(session, name)
    since = kept.as_of if kept else None
    value = _added(kept.value if kept else {}, of.counted(session, since, until))
    kept_figures.keep(session, name, former=since, as_of=until, value=value)


def rebuild(session: Session) -> None:
    """Count all that ended anew, whatever was kept."""
    for each in FOLDED:
        if kept := kept_figures.read(session, each.name):
            session.delete(kept)
            session.flush()
        fold(session, each.name)
    STEPS.keep(session)


def differences(session: Session) -> Iterator[str]:
    """What is kept wrong: the figure, the group, and both numbers. Nothing when all is right."""
    for each in FOLDED:
        if (kept := kept_figures.read(session, each.name)) is None:
            continue
        right = each.counted(session, None, kept.as_of)
        for group in sorted({*right, *kept.value}):
            is_kept, is_right = kept.value.get(group, [0, 0]), right.get(group, [0, 0])
            if is_kept != is_right:
                yield f"{each.name} of {group}: kept {is_kept[0]}, counted {is_right[0]}"


def _ended(session: Session, of: _Ended) -> dict[str, list[int]]:
    kept = kept_figures.read(session, of.name)
    if kept is None:
        return of.counted(session, None)
    return _added(kept.value, of.counted(session, kept.as_of))


def _added(one: Mapping[str, list[int]], other: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The sums of both, group by group."""
    sums = {group: list(figures) for group, figures in one.items()}
    for group, (number, steps) in other.items():
        former = sums.get(group, [0, 0])
        sums[group] = [former[0] + number, former[1] + steps]
    return sums


def _named(name: str) -> _Ended:
    return next(each for each in FOLDED if each.name == name)
