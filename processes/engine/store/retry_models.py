"""The tables of bulk retries of incidents: the run, and the outcome per incident."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class RetryMode(StrEnum):
    ONE_FIRST = "one-first"  # the others only when the first has truly succeeded
    ALL = "all"


class RetryOutcome(StrEnum):
    WAITING = "waiting"  # its turn has not come
    TRYING = "trying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNPROVEN = "unproven"  # closed, but nothing runs by itself that could show it
    LEFT = "left"  # the first did not succeed: this one was not touched


class RetryRun(Record):
    """One order of an operator to retry incidents."""

    __tablename__ = "retry_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    cause: Mapped[str] = mapped_column(index=True)
    mode: Mapped[RetryMode]
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None, index=True)


class RetryItem(Record):
    """The outcome of one incident in a retry run."""

    __tablename__ = "retry_item"
    __table_args__ = (
        UniqueConstraint("run_id", "incident_id"),
        Index("ix_retry_item_turn", "run_id", "outcome", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("retry_run.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    position: Mapped[int]
    outcome: Mapped[RetryOutcome] = mapped_column(default=RetryOutcome.WAITING)
    remark: Mapped[str] = mapped_column(default="")  # Dutch, for the operator
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
