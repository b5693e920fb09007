"""Figures of ended cases per version and day on which they began, kept; exact whenever asked.

What ended is never changed: a worker counts it once (`fold`), some cases at a time, and keeps the
sums per day, month and in all. What is asked is these sums, and the cases that run or ended since,
which are looked at one by one. A case that was stopped may be undone for some time, and is kept
only after that; one that was completed and is undone makes all be counted anew.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from processes.base import local, now
from processes.engine.insight import case_rows, kept_figures
from processes.engine.insight.case_rows import Period
from processes.engine.insight.counts import EVERY
from processes.engine.insight.figures import Figures, Passage, Run, figures_of
from processes.engine.store.figure_models import MARGIN, CaseFigures, KeptFigure, Span

NAME = "case figures"
BATCH = 1_000  # cases that one fold counts, about
MOST = 10_000  # cases that run or ended lately, looked at one by one; of the newest day all are
TIMES = 3  # that figures are read, where a fold is committed meanwhile

Key = tuple[UUID, Span, date]  # of a row


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


def figures(session: Session, versions: Collection[UUID], period: Period) -> Asked:
    """The figures of these versions, of cases that began in the period; six statements.

    Read again where a fold was committed meanwhile: on PostgreSQL each statement sees what was
    committed before it, and a case would be counted twice.
    """
    as_of = _as_of(session)
    for _ in range(TIMES):
        asked = _figures(session, versions, period, as_of)
        former, as_of = as_of, _as_of(session)
        if as_of == former:
            break
    return asked


def _figures(
    session: Session, versions: Collection[UUID], period: Period, as_of: datetime | None
) -> Asked:
    asked, runs = _unfolded(session, versions, period, as_of)
    found: dict[UUID, Figures] = defaultdict(Figures)
    for row in session.scalars(_kept(versions, asked)):
        found[row.definition_id].add(Figures.from_json(row.value))
    unfolded = case_rows.unfolded(versions, asked, as_of)
    passages = case_rows.passages(session, unfolded)
    for version, of_version in _grouped(runs, passages, lambda run: run.definition_id).items():
        found[UUID(version)].add(of_version)
    for version, element_id, number in case_rows.first_open_tasks(session, unfolded):
        found[version].counts["reached", element_id] += number
    return Asked(found, asked, asked != period)


def _unfolded(
    session: Session, versions: Collection[UUID], period: Period, as_of: datetime | None
) -> tuple[Period, Sequence[Run]]:
    """The cases that were not folded, and the days they began on: fewer where these are many."""
    runs = case_rows.runs(session, case_rows.unfolded(versions, period, as_of), MOST + 1)
    if len(runs) <= MOST:
        return period, runs
    newest, first = _day_of(runs[0]), _day_of(runs[MOST]) + timedelta(days=1)
    if first <= newest:
        return replace(period, first=first), [run for run in runs if _day_of(run) >= first]
    asked = replace(period, first=newest)
    return asked, case_rows.runs(session, case_rows.unfolded(versions, asked, as_of))


def is_due(session: Session) -> bool:
    """Whether cases may be counted that ended since the last fold."""
    as_of = _as_of(session)
    return as_of is None or as_of < now() - MARGIN - EVERY


def fold(session: Session) -> bool:
    """Count some cases that ended since the last fold, and keep the sums; whether more wait."""
    since, limit = _as_of(session), now() - MARGIN
    if since is not None and since >= limit:
        return False
    until, runs = _next(session, since, limit)
    if not kept_figures.keep(session, NAME, former=since, as_of=until, value={}):
        return False  # another worker did
    for key, added in _by_span(session, runs).items():
        _add(session, key, added)
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
    for row in session.scalars(select(CaseFigures)):
        of_row = right.pop((row.definition_id, row.span, row.first_day), Figures())
        if Figures.from_json(row.value) != of_row:
            yield f"{NAME} of {row.definition_id}, {row.span} {row.first_day}: kept wrong"
    for definition_id, span, first_day in right:
        yield f"{NAME} of {definition_id}, {span} {first_day}: not kept"


def _as_of(session: Session) -> datetime | None:
    kept = kept_figures.read(session, NAME)
    return kept.as_of if kept else None


def _add(session: Session, key: Key, added: Figures) -> None:
    row = session.get(CaseFigures, key, populate_existing=True)
    if row is not None:
        row.value = Figures.from_json(row.value).add(added).to_json()
        return
    definition_id, span, first_day = key
    value = added.to_json()
    session.add(
        CaseFigures(definition_id=definition_id, span=span, first_day=first_day, value=value)
    )


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
        spans = ((Span.ALL, date.min), (Span.MONTH, day.replace(day=1)), (Span.DAY, day))
        for span, first_day in spans:
            found[UUID(version), span, first_day].add(one)
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


def _kept(versions: Collection[UUID], period: Period) -> Select[CaseFigures]:
    """The rows that are the period together: whole months, and the days around them."""
    span, day = CaseFigures.span, CaseFigures.first_day
    query = select(CaseFigures).where(CaseFigures.definition_id.in_(versions))
    query = query.execution_options(populate_existing=True)  # as they are now
    if period == Period():
        return query.where(span == Span.ALL)
    months, days = [span == Span.MONTH], list[ColumnElement[bool]]()
    if period.first:
        months.append(day > period.first)
        days.append(day < _next_month(period.first))
    if period.last:
        months.append(day < period.last.replace(day=1))
        days.append(day >= period.last.replace(day=1))
    within = day.between(period.first or date.min, period.last or date.max)
    return query.where(or_(and_(*months), and_(span == Span.DAY, within, or_(*days))))


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _day_of(run: Run) -> date:
    return local(run.started_at).date()
