"""The table of messages that came before anything waited for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class BufferedMessage(Record):
    """A message that arrived before its catcher; delivered once, dropped at expires_at."""

    __tablename__ = "buffered_message"
    __table_args__ = (Index("ix_buffered_message_name", "name", "correlation_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str]
    correlation_key: Mapped[str | None]
    variables: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
    tenant: Mapped[str | None] = mapped_column(default=None)  # the company outside that sent it
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
