"""The tables of openings: which programs outside may send what, and what they sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class Opening(Record):
    """A client of the API: what it may send, for which company; of its secrets only the hashes."""

    __tablename__ = "opening"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]  # SHA-256, hexadecimal, of 32 random bytes
    previous_hash: Mapped[str | None] = mapped_column(default=None)  # valid too during a rotation
    messages: Mapped[list[str]] = mapped_column(default_factory=list)  # names
    signals: Mapped[list[str]] = mapped_column(default_factory=list)  # names
    processes: Mapped[list[str]] = mapped_column(default_factory=list)  # keys that it may start
    groups: Mapped[list[str]] = mapped_column(default_factory=list, server_default="[]")
    """Whose user tasks it may do."""
    topics: Mapped[list[str]] = mapped_column(default_factory=list, server_default="[]")
    """Whose jobs it may fetch, as a worker outside."""
    offers: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it manages the activities of its company."""
    only_reads: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of the activities: it looks, and changes nothing."""
    tenant: Mapped[str | None] = mapped_column(default=None)  # the only company that it speaks for
    per_minute: Mapped[int] = mapped_column(default=60)  # requests
    enabled: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    signing_key: Mapped[str | None] = mapped_column(default=None, repr=False)  # encrypted
    previous_signing_key: Mapped[str | None] = mapped_column(default=None, repr=False)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)  # to some minutes


class AccessToken(Record):
    """A bearer token that an opening asked for (RFC 6749 §4.4): its hash, for some minutes."""

    __tablename__ = "access_token"

    hash: Mapped[str] = mapped_column(primary_key=True)  # SHA-256, hexadecimal
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("opening.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TopicFetch(Record):
    """When a worker outside last asked for the jobs of a topic, and who."""

    __tablename__ = "topic_fetch"

    topic: Mapped[str] = mapped_column(primary_key=True)
    worker: Mapped[str]  # the name that it gives itself
    opening: Mapped[str]  # the name of its opening
    at: Mapped[datetime] = mapped_column(default_factory=now)


class ReceivedMessage(Record):
    """What an opening sent and had an effect: sent again, it gets the same answer."""

    __tablename__ = "received_message"
    __table_args__ = (Index("ix_received_message_at", "at"),)

    opening_id: Mapped[UUID] = mapped_column(ForeignKey("opening.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)  # the sender's own
    body_sha: Mapped[str]  # SHA-256, hexadecimal, of what was asked with which body
    answer: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)  # outcome and ids
    at: Mapped[datetime] = mapped_column(default_factory=now)
