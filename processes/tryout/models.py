"""Tables of try-out runs (one per person and diagram) and stored scenarios."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class TryOut(Record):
    """The actions of a try-out of a draft or version; replaying them gives its state."""

    __tablename__ = "tryout"
    __table_args__ = (Index("ix_tryout_by_subject", "by", "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    subject_id: Mapped[UUID]  # of the draft or the definition; that may be gone
    by: Mapped[str]
    xml: Mapped[str] = mapped_column(Text, deferred=True, repr=False)  # as it was when last played
    actions: Mapped[list[Any]] = mapped_column(default_factory=list)
    saved_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)


class KeptScenario(Record):
    """A run with its expected end, as YAML; the gate runs it before a deployment."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("process_key", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    process_key: Mapped[str]
    name: Mapped[str]
    yaml: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=now)
    reason: Mapped[str] = mapped_column(Text, default="")  # of the last change
    from_file: Mapped[bool] = mapped_column(default=False)  # as it ships; nobody changed it here
    is_dropped: Mapped[bool] = mapped_column(default=False)  # gates nothing any more
