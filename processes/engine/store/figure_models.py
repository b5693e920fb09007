"""Tables of figures that are worked out in the background and kept."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record


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


def forget_figures(session: Session) -> None:
    """Drop all that is kept, to be counted anew: a case that had ended is open again."""
    for model in (CaseFigures, KeptFigure):
        session.execute(delete(model), execution_options={"synchronize_session": False})
