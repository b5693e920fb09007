"""The table of cases that ended and had a legal term; its rows stay after the cases."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record


class CaseTerm(Record):
    """One case that ended. It refers to no other row, so that it outlives what is cleaned up."""

    __tablename__ = "case_term"
    __table_args__ = (Index("ix_case_term_process", "process_key", "ended_on"),)

    instance_id: Mapped[UUID] = mapped_column(primary_key=True)
    process_key: Mapped[str]
    due_on: Mapped[date]  # the last day of the term
    ended_on: Mapped[date]  # in Amsterdam
    is_completed: Mapped[bool]  # or it was stopped
