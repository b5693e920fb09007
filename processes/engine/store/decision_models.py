"""The tables of decisions that cases took, and of how often each rule of a table was hit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record


class TakenDecision(Record):
    """One decision of a case, written in the step that took it."""

    __tablename__ = "taken_decision"
    __table_args__ = (
        Index("ix_taken_decision_instance", "instance_id"),
        Index(
            "ix_taken_decision_uncounted",
            "key",
            "version",
            postgresql_where=text("not is_counted"),
            sqlite_where=text("not is_counted"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    element_id: Mapped[str]  # the business rule task
    key: Mapped[str]  # of the decision, as a diagram names it
    version: Mapped[int]
    taken_at: Mapped[datetime]
    place: Mapped[int]  # of several in one step: those that others required come first
    inputs: Mapped[dict[str, Any]]  # by the expression of the column; long values are left out
    hits: Mapped[list[Any]]  # the numbers of the rules, from 1
    outputs: Mapped[dict[str, Any]]
    is_counted: Mapped[bool]  # its hits stand in `rule_hits`


class RuleHits(Record):
    """How many decisions that were counted so far hit a rule; rule 0 is all decisions."""

    __tablename__ = "rule_hits"

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
