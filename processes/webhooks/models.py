"""The tables of webhooks: addresses, the events they asked for, and what is sent to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, new_id, now


class Trouble(StrEnum):
    """Why there was no answer."""

    NAME_UNKNOWN = "name-unknown"
    PRIVATE = "private-network"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    NO_ANSWER = "no-answer"
    UNCONFIRMED = "unconfirmed"  # an answer, but not the challenge


class Disabled(StrEnum):
    """Why nothing is sent to an address."""

    OPERATOR = "operator"
    GONE = "gone"  # the receiver says so (410)
    ASKED = "asked"  # a company's own: an operator has not allowed it yet
    UNCONFIRMED = "unconfirmed"  # allowed; its receiver has not answered the challenge yet
    PAUSED = "paused"  # by the company
    FAILING = "failing"  # a message was given up, and nothing arrived meanwhile
    ENDED = "ended"  # by the company, for good


class WebhookAddress(Record):
    """Where webhooks may go; only an operator makes one, or allows the one of a company.

    Diagrams know an operator's by its name, and those of companies not at all.
    """

    __tablename__ = "webhook_address"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(Text, repr=False)  # encrypted: it signs every message
    previous_secret: Mapped[str | None] = mapped_column(Text, default=None, repr=False)
    """Signs too during a rotation; encrypted."""
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_because: Mapped[str | None] = mapped_column(default=None)  # a Disabled
    created_by: Mapped[str]
    tenant: Mapped[str | None] = mapped_column(default=None, index=True)
    """The KvK number of the company that made it, and gets its own events alone."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class WebhookSubscription(Record):
    """An event that an address asked for."""

    __tablename__ = "webhook_subscription"

    address_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_address.id"), primary_key=True)
    event_type: Mapped[str] = mapped_column(primary_key=True)


class WebhookDelivery(Record):
    """One message for one address: the outbox of events, and the log of all that was sent.

    It waits while it has no job. The `data` of a service task stands in its job, not here.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "address_id"),
        Index("ix_webhook_delivery_subject", "address_id", "subject", "number"),
        Index("ix_webhook_delivery_job", "job_id"),
        Index("ix_webhook_delivery_at", "at"),
        Index(
            "ix_webhook_delivery_undelivered",
            "address_id",
            "job_id",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
        Index(
            "ix_webhook_delivery_delivered",
            "address_id",
            "number",
            sqlite_where=text("delivered_at IS NOT NULL"),
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        Index(
            "ix_webhook_delivery_waiting",
            "number",
            sqlite_where=text("job_id IS NULL"),
            postgresql_where=text("job_id IS NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, init=False
    )
    """Rises in the order of the events of one subject, whose row was locked when each was told."""
    event_id: Mapped[UUID]
    address_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_address.id"))
    event_type: Mapped[str]
    subject: Mapped[str]  # case/<id>, offer/<id>, provider/<id>, incident/<id>
    data: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    at: Mapped[datetime] = mapped_column(default_factory=now)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"), default=None)
    status: Mapped[int | None] = mapped_column(default=None)  # of the last answer, as HTTP has it
    answer: Mapped[str | None] = mapped_column(default=None)  # a Trouble, or kind and size
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
