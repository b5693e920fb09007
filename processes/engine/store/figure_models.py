"""Tables of figures that are worked out in the background and kept."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, now

MARGIN = timedelta(hours=1)
"""No transaction is open for so long: what ended before was committed, and is seen by a fold."""


class KeptFigure(Record):
    """One figure about all cases or jobs, as it was at a moment."""

    __tablename__ = "kept_figure"

    name: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    value: Mapped[dict[str, Any]]


class Span(StrEnum):
    """How long the time is in which cases began that are counted together."""

    ALL = "all"
    MONTH = "month"
    DAY = "day"


class CaseFigures(Record):
    """Figures of the cases of one version that began in a span of time and ended (`Figures`)."""

    __tablename__ = "case_figures"

    definition_id: Mapped[UUID] = mapped_column(
        ForeignKey("process_definition.id"), primary_key=True
    )
    span: Mapped[Span] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)  # in Amsterdam; date.min for ALL
    value: Mapped[dict[str, Any]]


class RunningFigures(Record):
    """Figures of the cases of one version that began in a span and run: sums of `RunningCase`."""

    __tablename__ = "running_figures"

    definition_id: Mapped[UUID] = mapped_column(
        ForeignKey("process_definition.id"), primary_key=True
    )
    span: Mapped[Span] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)  # in Amsterdam; date.min for ALL
    value: Mapped[dict[str, Any]]


class RunningCase(Record):
    """What was counted of a case that runs, when it had this row version."""

    __tablename__ = "running_case"
    __table_args__ = (Index("ix_running_case_begun", "definition_id", "started_at"),)

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    started_at: Mapped[datetime]
    row_version: Mapped[int]
    value: Mapped[dict[str, Any]]


def forget_figures(session: Session, ended_at: datetime) -> None:
    """Drop all that is kept, to be counted anew: a case that ended then is open again.

    Where it ended too short ago to be counted in any of it, all stays. What a fold counts that is
    being made is dropped too: it finds no `KeptFigure`, which goes first, as a fold locks it first.
    """
    if ended_at >= now() - MARGIN / 2:  # the other half is for folds that begin before the commit
        return
    for model in (KeptFigure, CaseFigures):
        session.execute(delete(model), execution_options={"synchronize_session": False})
