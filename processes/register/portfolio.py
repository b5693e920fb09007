"""Teachers and their portfolio: snapshots of the activities that they followed (R34-R38, A4)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from processes.base import Record, StringSet, new_id, now
from processes.register.offers import Offer, OfferKind


class Teacher(Record):
    """A teacher who signed in; the portfolio is theirs alone."""

    __tablename__ = "teacher"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    sector: Mapped[str | None] = mapped_column(
        default=None
    )  # vo: 40 hours of subject knowledge (A4)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class PortfolioEntry(Record):
    """One activity followed on one day: a snapshot that later edits do not change (R34)."""

    __tablename__ = "portfolio_entry"
    __table_args__ = (
        UniqueConstraint("teacher_id", "offer_id", "followed_on"),  # R35
        Index("ix_portfolio_entry_offer", "offer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teacher.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    offer_version: Mapped[int]
    title: Mapped[str]
    provider_name: Mapped[str]
    kind: Mapped[OfferKind | None]
    contact_hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    self_study_hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    areas: Mapped[frozenset[str]] = mapped_column(StringSet)
    followed_on: Mapped[date]
    added_at: Mapped[datetime] = mapped_column(default_factory=now)

    offer: Mapped[Offer] = relationship(init=False, lazy="raise_on_sql")
