"""The table of uploaded files: their bytes, and to which case they belong."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class UploadedFile(Record):
    """One file, written as soon as it arrives; sent once a case begins or a task ends with it.

    `instance_id` and `task_id` are no foreign keys: the row is written beside the transaction of
    the form, which may hold the lock of that case.
    """

    __tablename__ = "uploaded_file"
    __table_args__ = (
        Index("ix_uploaded_file_uploader", "uploader", "uploaded_at"),
        Index("ix_uploaded_file_instance", "instance_id"),
        Index("ix_uploaded_file_unsent", "sent_at", "uploaded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    uploader: Mapped[str]  # a user reference (see UserTask)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, repr=False)
    scanned_at: Mapped[datetime | None] = mapped_column(default=None)  # None: no scanner was there
    instance_id: Mapped[UUID | None] = mapped_column(default=None)
    task_id: Mapped[UUID | None] = mapped_column(default=None)  # whose form it was added to
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    uploaded_at: Mapped[datetime] = mapped_column(default_factory=now)
