"""The tables of what people begin: who may begin which version, and which case a form began."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, now


class ProcessStartRight(Record):
    """A group that may begin a version; only the rights of the newest version count."""

    __tablename__ = "process_start_right"

    definition_id: Mapped[UUID] = mapped_column(
        ForeignKey("process_definition.id"), primary_key=True
    )
    group: Mapped[str] = mapped_column(primary_key=True)  # provider, teacher, registrar, public …


class BegunCase(Record):
    """A case that somebody began with a start form: one for each submission of that form."""

    __tablename__ = "begun_case"
    __table_args__ = (Index("ix_begun_case_starter", "starter_id", "begun_at"),)

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)  # a double click is one case
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    reference: Mapped[str] = mapped_column(unique=True)  # to print and read aloud
    starter_id: Mapped[UUID]  # the user who began it
    mailed_to: Mapped[str | None] = mapped_column(default=None)  # who gets the receipt
    answers: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)  # as sent (D5)
    begun_at: Mapped[datetime] = mapped_column(default_factory=now)


class PublicStart(Record):
    """A process that an operator opened to everybody; without a row it is closed."""

    __tablename__ = "public_start"

    process_key: Mapped[str] = mapped_column(primary_key=True)
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)


class PendingStart(Record):
    """A start form of a visitor whose e-mail address is not confirmed yet."""

    __tablename__ = "pending_start"
    __table_args__ = (
        Index("ix_pending_start_email", "email", "sent_at"),
        Index("ix_pending_start_process", "process_key", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # of the submission: a double click is one
    process_key: Mapped[str]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    email: Mapped[str]
    answers: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime] = mapped_column(default_factory=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
