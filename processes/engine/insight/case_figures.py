"""Figures of ended cases per version and day on which they began, kept; exact whenever asked.

What ended is never changed: a worker counts it once (`fold`), some cases at a time, and keeps the
sums per day, month and in all. What is asked is these sums, the cases that ended since, which are
looked at one by one, and those that run (`running_figures`). A case that was stopped may be undone
for some time, and is kept only after that; one that was completed and is undone makes all be
counted anew.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from processes.base import local, now
from processes.engine.insight import case_rows, kept_figures, running_figures, spans
from processes.engine.insight.case_rows import Period
from processes.engine.insight.counts import EVERY
from processes.engine.insight.figures import Figures, Passage, Run, figures_of
from processes.engine.insight.running_figures import Changed
from processes.engine.insight.spans import Key
from processes.engine.store.figure_models import MARGIN, CaseFigures, KeptFigure

NAME = "case figures"
BATCH = 1_000  # cases that one fold counts, about
MOST = 10_000  # cases that run or ended lately, looked at one by one; of the newest day all are
TIMES = 3  # that figures are read, where a fold is committed meanwhile


@dataclass(frozen=True)
class Asked:
    """The figures of each version that was asked."""

    by_version: Mapping[UUID, Figures]
    period: Period
    is_part: bool  # too many run or ended lately: the period is shorter than what was asked

    def of(self, versions: Iterable[UUID]) -> Figures:
        """The figures of these together."""
        total = Figures()
        for version in versions:
            if version in self.by_version:
                total.add(self.by_version[version])
        return total


def figures(
    session: Session, versions: Collection[UUID], period: Period, term: timedelta | None = None
) -> Asked:
    """The figures of these versions, all of a process, of cases that began in the period.

    With a term, who runs longer is late. Some ten statements. Read again where a fold was committed
    meanwhile: on PostgreSQL each statement sees what was committed before it, and a case would be
    counted twice.
    """
    moments = _moments(session)
    for _ in range(TIMES):
        asked = _figures(session, versions, period, term, moments)
        former, moments = moments, _moments(session)
        if moments == former:
            break
    return asked


Moments = tuple[datetime | None, datetime | None]


def _moments(session: Session) -> Moments:
    """Of the latest fold of what ended, and of what runs."""
    return _as_of(session), running_figures.as_of(session)


def _figures(
    session: Session,
    versions: Collection[UUID],
    period: Period,
    term: timedelta | None,
    moments: Moments,
) -> Asked:
    asked, runs, changed = _unfolded(session, versions, period, moments)
    late = None if term is None else now() - term
    found: dict[UUID, Figures] = defaultdict(Figures)
    for row in session.scalars(spans.kept(CaseFigures, versions, asked)):
        found[row.definition_id].add(Figures.from_json(row.value))
    unfolded = case_rows.unfolded(versions, asked, moments[0])
    passages = case_rows.passages(session, unfolded)
    for version, of_version in _grouped(runs, passages, lambda run: run.definition_id).items():
        found[UUID(version)].add(of_version)
    kept = running_figures.kept(session, versions, asked, changed, late)
    for id_, of_version in kept.items():
        found[id_].add(of_version)
    of_each = running_figures.of_each(session, changed.runs)
    for run in changed.runs:
        found[UUID(run.definition_id)].add(of_each[run.id])
    return Asked(found, asked, asked != period)


def _unfolded(
    session: Session, versions: Collection[UUID], period: Period, moments: Moments
) -> tuple[Period, Sequence[Run], Changed]:
    """What ended and was not folded, and what changed of what runs; and the days they began on.

    Fewer days where these are many.
    """
    as_of, of_running = moments
    runs = case_rows.runs(session, case_rows.unfolded(versions, period, as_of), MOST + 1)
    changed = running_figures.changed(session, versions, period, of_running, MOST + 1)
    began = sorted((_day_of(run) for run in (*runs, *changed.runs)), reverse=True)
    if len(began) <= MOST:
        return period, runs, changed
    first = began[MOST] + timedelta(days=1)
    asked = replace(period, first=min(first, began[0]))
    runs = case_rows.runs(session, case_rows.unfolded(versions, asked, as_of))
    return asked, runs, running_figures.changed(session, versions, asked, of_running)


DUE = kept_figures.older_than(NAME, MARGIN + EVERY)
"""Whether cases may be counted that ended since the last fold."""


def fold(session: Session) -> bool:
    """Count some cases that ended since the last fold, and keep the sums; whether more wait."""
    since, limit = _as_of(session), now() - MARGIN
    if since is not None and since >= limit:
        return False
    until, runs = _next(session, since, limit)
    if not kept_figures.keep(session, NAME, former=since, as_of=until, value={}):
        return False  # another worker did
    spans.add(session, CaseFigures, _by_span(session, runs))
    session.flush()
    return until < limit


def rebuild(session: Session) -> None:
    """Count all that ended anew, whatever was kept."""
    session.execute(delete(KeptFigure).where(KeptFigure.name == NAME))  # a fold locks it first
    session.execute(delete(CaseFigures))
    while fold(session):
        session.expunge_all()


def differences(session: Session) -> Iterator[str]:
    """Which sums are kept wrong. Nothing when all is right."""
    as_of, since = _as_of(session), None
    right: dict[Key, Figures] = defaultdict(Figures)
    while as_of is not None and (since is None or since < as_of):
        since, runs = _next(session, since, as_of)
        for key, added in _by_span(session, runs).items():
            right[key].add(added)
    yield from spans.differences(session, CaseFigures, NAME, right)


def _as_of(session: Session) -> datetime | None:
    kept = kept_figures.read(session, NAME)
    return kept.as_of if kept else None


def _next(
    session: Session, since: datetime | None, limit: datetime
) -> tuple[datetime, Sequence[Run]]:
    """Some cases that ended after `since`, and until when these are all."""
    size = BATCH
    while True:
        until, runs = case_rows.ended(session, since, limit, size)
        if since is None or until > since:
            return until, runs
        size *= 2  # more than that ended at one moment


def _by_span(session: Session, runs: Sequence[Run]) -> dict[Key, Figures]:
    """The figures of each row that counts some of these cases."""
    found: dict[Key, Figures] = defaultdict(Figures)
    passages = case_rows.passages_of(session, runs)
    by_day = _grouped(runs, passages, lambda run: (run.definition_id, _day_of(run)))
    for (version, day), one in by_day.items():
        for key in spans.keys_of_day(UUID(version), day):
            found[key].add(one)
    return found


def _grouped(
    runs: Iterable[Run], passages: Iterable[Passage], key_of: Callable[[Run], Any]
) -> dict[Any, Figures]:
    """The figures of the cases that have the same key."""
    of_key: dict[Any, tuple[list[Run], list[Passage]]] = defaultdict(lambda: ([], []))
    of_case: dict[str, list[Passage]] = {}
    for run in runs:
        with_key = of_key[key_of(run)]
        with_key[0].append(run)
        of_case[run.id] = with_key[1]
    for passage in passages:
        if passage.instance_id in of_case:
            of_case[passage.instance_id].append(passage)
    return {key: figures_of(*of_one) for key, of_one in of_key.items()}


def _day_of(run: Run) -> date:
    return local(run.started_at).date()
