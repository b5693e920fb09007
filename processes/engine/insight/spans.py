"""Sums of figures per version and span of time in which cases began: all, a month, a day."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from processes.base import local
from processes.engine.insight.case_rows import Period
from processes.engine.insight.figures import Figures
from processes.engine.store.figure_models import CaseFigures, RunningFigures, Span

Key = tuple[UUID, Span, date]  # of a row
Model = type[CaseFigures] | type[RunningFigures]


def keys(version: UUID, began: datetime) -> list[Key]:
    """The rows in which a case of this version counts that began then."""
    return keys_of_day(version, local(began).date())


def keys_of_day(version: UUID, day: date) -> list[Key]:
    """The rows in which cases of this version count that began on this day, in Amsterdam."""
    spans = ((Span.ALL, date.min), (Span.MONTH, day.replace(day=1)), (Span.DAY, day))
    return [(version, span, first_day) for span, first_day in spans]


def add(session: Session, model: Model, sums: Mapping[Key, Figures]) -> None:
    """Add these to the rows of this table; figures below zero are taken away."""
    for key, added in sums.items():
        row: Any = session.get(model, key, populate_existing=True)
        if row is not None:
            row.value = Figures.from_json(row.value).add(added).to_json()
            continue
        version, span, first_day = key
        value = added.to_json()
        session.add(model(definition_id=version, span=span, first_day=first_day, value=value))


def differences(
    session: Session, model: Model, name: str, right: Mapping[Key, Figures]
) -> Iterator[str]:
    """Which rows of this table are not these sums."""
    left = dict(right)
    rows: Iterable[Any] = session.scalars(select(model))
    for row in rows:
        of_row = left.pop((row.definition_id, row.span, row.first_day), Figures())
        if not of_row.counts_as(Figures.from_json(row.value)):
            yield f"{name} of {row.definition_id}, {row.span} {row.first_day}: kept wrong"
    for version, span, first_day in left:
        yield f"{name} of {version}, {span} {first_day}: not kept"


def kept(model: Model, versions: Collection[UUID], period: Period) -> Select[Any]:
    """The rows that are the period together: whole months, and the days around them."""
    span, day = model.span, model.first_day
    query = select(model).where(model.definition_id.in_(versions))
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
