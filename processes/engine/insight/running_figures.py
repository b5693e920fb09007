"""Figures of cases that run, kept; exact whenever asked.

A worker counts a case that runs (`fold`) and keeps what it counted, with the row version of the
case before it did. What is asked is the sums, less what was counted of cases that have another row
version now or ended, and these cases looked at one by one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, insert, or_, select, union_all
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.insight import case_rows, kept_figures, spans
from processes.engine.insight.case_rows import Period
from processes.engine.insight.counts import EVERY, LIVE, is_one_of
from processes.engine.insight.figures import Figures, Run, figures_of
from processes.engine.insight.spans import Key
from processes.engine.store.figure_models import MARGIN, KeptFigure, RunningCase, RunningFigures
from processes.engine.store.models import InstanceStatus, ProcessInstance

NAME = "figures of running cases"
BATCH = 1_000  # cases that one fold counts at most
A_MOMENT = timedelta(microseconds=1)
ENDED = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)  # each has an index of its own
COUNTED: Any = RunningCase.__table__.c

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Changed:
    """What is not as it was counted; before the first fold that is every case that runs."""

    runs: Sequence[Run]  # that run, the newest first
    counted: Sequence[Any]  # version, begin and what was counted of these, and of what ended
    is_kept: bool


def as_of(session: Session) -> datetime | None:
    """The moment of the latest fold; None before the first."""
    found = kept_figures.read(session, NAME)
    return found.as_of if found else None


def changed(
    session: Session,
    versions: Collection[UUID],
    period: Period,
    moment: datetime | None,
    most: int | None = None,
) -> Changed:
    """What changed after the fold of this moment, of cases that began in the period.

    The versions are all of a process: a case that moved to another one counts there. Of what runs
    so many at most. Two statements.
    """
    began = case_rows.bare(ProcessInstance.started_at)
    query = _running() if moment is None else _changed()
    query = query.where(ProcessInstance.definition_id.in_(versions), *period.of(began))
    rows = session.execute(query.order_by(began.desc()).limit(most)).all()
    if moment is None:
        return Changed([_run(row) for row in rows], (), is_kept=False)
    of_versions = _ended(moment).where(COUNTED.definition_id.in_(versions))
    ended = session.execute(of_versions.where(*period.of(COUNTED.started_at))).all()
    counted = [row for row in rows if row.was_counted is not None]
    return Changed([_run(row) for row in rows], [*counted, *ended], is_kept=True)


def kept(
    session: Session,
    versions: Collection[UUID],
    period: Period,
    since: Changed,
    late: datetime | None,
) -> Mapping[UUID, Figures]:
    """What is kept of each version, less what changed since; two statements.

    `late`: who began before that moment is late.
    """
    found: dict[UUID, Figures] = defaultdict(Figures)
    if not since.is_kept:
        return found
    for row in session.scalars(spans.kept(RunningFigures, versions, period)):
        found[row.definition_id].add(Figures.from_json(row.value))
    version, began = COUNTED.definition_id, COUNTED.started_at
    before = func.count().filter(began < late) if late else func.count().filter(began.is_(None))
    number = select(version, func.count(), before).where(version.in_(versions), *period.of(began))
    for id_, running, of_them in session.execute(number.group_by(version)):
        found[id_].running += running
        found[id_].late += of_them
    for row in since.counted:
        of_version = found[row.was_of].take_away(Figures.from_json(row.was_counted))
        of_version.running -= 1
        of_version.late -= late is not None and row.was_from < late
    return found


def of_each(session: Session, runs: Sequence[Run]) -> dict[str, Figures]:
    """The figures of each of these cases, with where it waits."""
    passages, waits = defaultdict(list), case_rows.waits_of(session, runs)
    for passage in case_rows.passages_of(session, runs):
        passages[passage.instance_id].append(passage)
    found = {run.id: figures_of([run], passages[run.id]) for run in runs}
    for place in waits:
        counts = found[place.instance_id].counts
        counts["waits", place.element_id] += 1
        if place.is_task and not counts["reached", place.element_id]:
            counts["reached", place.element_id] = 1
    return found


DUE = kept_figures.older_than(NAME, MARGIN + EVERY)
"""Whether the latest fold is some minutes old."""


def fold(session: Session) -> bool:
    """Count some cases that are not as they were counted; whether more wait."""
    former, until = as_of(session), now() - MARGIN
    if former is not None:  # each fold has a moment of its own
        until = max(until, former + A_MOMENT)
    if not kept_figures.keep(session, NAME, former=former, as_of=until, value={}):
        return False  # another worker did
    if former is None:  # nobody knows how right is what is there
        session.execute(delete(RunningCase))
        session.execute(delete(RunningFigures))
    # The row versions are read before the rest: who goes on meanwhile has another one.
    rows = session.execute(_changed().order_by(ProcessInstance.started_at).limit(BATCH)).all()
    ended = session.execute(_ended(former)).all() if former else []
    were = [row for row in (*rows, *ended) if row.was_counted is not None]
    _forget(session, [row.counted_id for row in were])
    runs = [_run(row) for row in rows]
    counted = of_each(session, runs)
    if rows:
        versions = [row.row_version for row in rows]
        new = [_kept_of(run, at, counted[run.id]) for run, at in zip(runs, versions, strict=True)]
        session.execute(insert(RunningCase), new)
    spans.add(session, RunningFigures, _sums(were, runs, counted))
    session.flush()
    return len(rows) == BATCH


def _sums(
    were: Sequence[Any], runs: Sequence[Run], counted: Mapping[str, Figures]
) -> Mapping[Key, Figures]:
    """What comes to each row of sums, and what goes."""
    found: dict[Key, Figures] = defaultdict(Figures)
    for row in were:
        for key in spans.keys(row.was_of, row.was_from):
            found[key].take_away(Figures.from_json(row.was_counted))
    for run in runs:
        for key in spans.keys(UUID(run.definition_id), run.started_at):
            found[key].add(counted[run.id])
    return found


def rebuild(session: Session) -> None:
    """Count all that runs anew, whatever was kept."""
    session.execute(delete(KeptFigure).where(KeptFigure.name == NAME))
    session.expire_all()
    while fold(session):
        session.expunge_all()


def differences(session: Session) -> Iterator[str]:
    """Which cases and sums are kept wrong. Nothing when all is right."""
    if as_of(session) is None:
        return
    right: dict[Key, Figures] = defaultdict(Figures)
    case = ProcessInstance
    # A case that was stopped is no longer as it was counted, though its row version is.
    is_as_counted = and_(is_one_of(case.status, LIVE), case.row_version == COUNTED.row_version)
    query = select(*case_rows.TOLD_RUN, is_as_counted.label("is_as_counted"), *_COUNTED)
    query = query.select_from(case)
    query = query.join(RunningCase, case.id == COUNTED.instance_id)
    rows = session.execute(query).all()
    for first in range(0, len(rows), BATCH):
        some = rows[first : first + BATCH]
        counted = of_each(session, [_run(row) for row in some if row.is_as_counted])
        for row in some:
            is_kept = Figures.from_json(row.was_counted)
            for key in spans.keys(row.was_of, row.was_from):
                right[key].add(is_kept)
            if row.id in counted and not counted[row.id].counts_as(is_kept):
                yield f"{NAME}: of case {row.id} kept wrong"
    yield from spans.differences(session, RunningFigures, NAME, right)


def _running() -> Rows:
    case = ProcessInstance
    return select(*case_rows.TOLD_RUN, case.row_version).where(is_one_of(case.status, LIVE))


def _changed() -> Rows:
    """The cases that run and are not as they were counted, with what was counted."""
    case = ProcessInstance
    is_other = or_(COUNTED.instance_id.is_(None), COUNTED.row_version != case.row_version)
    query = _running().add_columns(*_COUNTED).select_from(case)
    return query.outerjoin(RunningCase, COUNTED.instance_id == case.id).where(is_other)


def _ended(since: datetime) -> Rows:
    """What was counted of cases that ended after a fold."""
    case = ProcessInstance
    lately = (
        select(case.id).where(is_one_of(case.status, [status]), case.ended_at >= since)
        for status in ENDED
    )
    ids = select(union_all(*lately).subquery())
    return select(*_COUNTED).where(COUNTED.instance_id.in_(ids))


_COUNTED = (
    COUNTED.instance_id.label("counted_id"),
    COUNTED.definition_id.label("was_of"),
    COUNTED.started_at.label("was_from"),
    COUNTED.value.label("was_counted"),
)


def _run(row: Any) -> Run:
    return Run(*row[: len(Run._fields)])


def _kept_of(run: Run, row_version: int, counted: Figures) -> dict[str, Any]:
    return {
        "instance_id": UUID(run.id),
        "definition_id": UUID(run.definition_id),
        "started_at": run.started_at,
        "row_version": row_version,
        "value": counted.to_json(),
    }


def _forget(session: Session, ids: Sequence[UUID]) -> None:
    for first in range(0, len(ids), case_rows.AT_A_TIME):
        some = ids[first : first + case_rows.AT_A_TIME]
        gone = delete(RunningCase).where(COUNTED.instance_id.in_(some))
        session.execute(gone, execution_options={"synchronize_session": False})
