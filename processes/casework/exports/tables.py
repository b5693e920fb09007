"""The table of exports that somebody asked for, with the file until it expires."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, now


class ExportKind(StrEnum):
    """What an export is about; its subject is the KvK number, or the user reference."""

    PROVIDER = "provider"
    PERSON = "person"  # somebody who logs in: an employee, a teacher, staff


class DataExport(Record):
    """One export: asked, made by a job, fetched by who asked, and dropped when it expires."""

    __tablename__ = "data_export"
    __table_args__ = (
        Index("ix_data_export_asked_by", "asked_by", "asked_at"),
        Index("ix_data_export_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # of the submission: a double click is one
    kind: Mapped[ExportKind]
    subject: Mapped[str]
    asked_by: Mapped[str]  # a user reference (see UserTask): they alone may fetch it
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, default=None, deferred=True, repr=False
    )
    size: Mapped[int | None] = mapped_column(default=None)  # bytes; None: not made yet
    made_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None
