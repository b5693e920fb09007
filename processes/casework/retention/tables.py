"""The table of what retention removed: counts alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class RetentionRun(Record):
    """One run: the terms in days, and how much was removed, by class."""

    __tablename__ = "retention_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    terms: Mapped[dict[str, Any]]
    removed: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default_factory=now, index=True)
