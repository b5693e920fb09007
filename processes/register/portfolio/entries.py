"""Entries of portfolios: snapshots of followed activities, adding, removing (R34-R38)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from processes.base import Record, StringSet, new_id, now
from processes.register.offers.offers import OfferDeletedError, OfferNotFoundError
from processes.register.offers.rules import Offer
from processes.register.offers.terms import PRIMARY_PROCESS, OfferKind, OfferStatus
from processes.register.portfolio.teachers import Teacher


class PortfolioEntry(Record):
    """One activity followed on one day: a snapshot, unaffected by later edits (R34).

    Without an offer it is what the teacher wrote, with files as evidence.
    """

    __tablename__ = "portfolio_entry"
    __table_args__ = (
        UniqueConstraint("teacher_id", "offer_id", "followed_on"),  # R35
        Index("ix_portfolio_entry_offer", "offer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teacher.id"))
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"))
    offer_version: Mapped[int | None]
    title: Mapped[str]
    provider_name: Mapped[str]
    kind: Mapped[OfferKind | None]
    contact_hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    self_study_hours: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    areas: Mapped[frozenset[str]] = mapped_column(StringSet)
    followed_on: Mapped[date]
    contribution: Mapped[str] = mapped_column(default="", server_default="")
    evidence: Mapped[list[Any]] = mapped_column(default_factory=list, server_default="[]")
    added_at: Mapped[datetime] = mapped_column(default_factory=now)

    offer: Mapped[Offer | None] = relationship(init=False, repr=False, lazy="raise_on_sql")

    @property
    def hours(self) -> Decimal:
        return self.contact_hours + self.self_study_hours

    @property
    def is_own(self) -> bool:
        """The teacher wrote it: it is of no offer."""
        return self.offer_id is None

    @property
    def is_of_deleted_offer(self) -> bool:
        """The provider deleted the offer since (R32)."""
        return self.offer is not None and self.offer.status is OfferStatus.DELETED

    @property
    def is_primary(self) -> bool:
        """It counts for the primary process: the subject, didactics or pedagogy (A4)."""
        return bool(self.areas & PRIMARY_PROCESS)


class FollowedDateProblem(StrEnum):
    """Why the activity cannot have been followed on that day (R36)."""

    FUTURE = "De datum ligt in de toekomst. Vul de dag in waarop u de activiteit hebt gevolgd."
    AFTER_END = "De activiteit is toen al gestopt. Vul een eerdere datum in."
    TO_BEGIN = "De activiteit is nog niet begonnen. Daarna kunt u haar toevoegen."
    BEFORE_START = "De activiteit was toen nog niet begonnen. Vul een latere datum in."


class FollowedDateError(ValueError):
    """The activity could not be followed on that day: `problem`."""

    def __init__(self, problem: FollowedDateProblem, latest: date, earliest: date | None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.message = problem.value
        self.earliest = earliest
        self.latest = latest


def addable_offer(session: Session, offer_id: UUID, *, on: date, lock: bool = False) -> Offer:
    """The offer that a teacher wants to add.

    Raises OfferDeletedError, OfferNotFoundError.
    """
    query = select(Offer).where(Offer.id == offer_id).options(joinedload(Offer.provider))
    if lock:  # a deletion at the same moment comes before or after it (R38)
        query = query.with_for_update(of=Offer).execution_options(populate_existing=True)
    offer = session.scalar(query)
    if offer is not None and offer.status is OfferStatus.DELETED:
        raise OfferDeletedError(offer_id)
    if offer is None or not offer.is_addable(on):
        raise OfferNotFoundError(offer_id)
    return offer


def likely_day(offer: Offer, *, on: date) -> date | None:
    """The day that most will have followed it: its last, or today if it has begun."""
    day = min(offer.end_date or on, on)
    return day if offer.is_addable(on, day) else None


def add_entry(
    session: Session, teacher: Teacher, offer_id: UUID, followed_on: date, *, on: date
) -> PortfolioEntry:
    """Add a snapshot of the offer; the same offer on the same day is one entry (R34, R35).

    The offer is locked, so a deletion at the same moment comes before or after it (R38). Raises
    FollowedDateError, OfferDeletedError, OfferNotFoundError.
    """
    offer = addable_offer(session, offer_id, on=on, lock=True)
    if not offer.is_addable(on, followed_on):
        raise _followed_date_error(offer, followed_on, on)
    key = {"teacher_id": teacher.id, "offer_id": offer.id, "followed_on": followed_on}
    entry = session.scalar(select(PortfolioEntry).filter_by(**key))
    if entry is None:
        entry = add_to(session, _snapshot(teacher, offer, followed_on))
    return entry


def add_to(session: Session, entry: PortfolioEntry) -> PortfolioEntry:
    """Write a new entry."""
    session.add(entry)
    session.flush()
    return entry


def _followed_date_error(offer: Offer, followed_on: date, on: date) -> FollowedDateError:
    latest = min(offer.end_date or on, on)
    if offer.is_to_begin(on):
        problem = FollowedDateProblem.TO_BEGIN
    elif followed_on > on:
        problem = FollowedDateProblem.FUTURE
    elif followed_on > latest:
        problem = FollowedDateProblem.AFTER_END
    else:
        problem = FollowedDateProblem.BEFORE_START
    return FollowedDateError(problem, latest, offer.start_date)


def _snapshot(teacher: Teacher, offer: Offer, followed_on: date) -> PortfolioEntry:
    return PortfolioEntry(
        teacher_id=teacher.id,
        offer_id=offer.id,
        offer_version=offer.version,
        title=offer.title,
        provider_name=offer.provider.display_name,
        kind=offer.kind,
        contact_hours=offer.contact_hours or Decimal(0),
        self_study_hours=offer.self_study_hours or Decimal(0),
        areas=offer.areas,
        followed_on=followed_on,
    )


def remove_entry(session: Session, teacher: Teacher, entry_id: UUID) -> PortfolioEntry:
    """Delete an entry of this teacher; gives what it was.

    Raises EntryNotFoundError, also for another's.
    """
    entry = session.scalar(
        select(PortfolioEntry).where(
            PortfolioEntry.id == entry_id, PortfolioEntry.teacher_id == teacher.id
        )
    )
    if entry is None:
        raise EntryNotFoundError(entry_id)
    session.delete(entry)
    session.flush()
    return entry


class EntryNotFoundError(LookupError):
    """There is no such entry in this portfolio."""


def entries_of(session: Session, teacher: Teacher) -> list[PortfolioEntry]:
    """The portfolio, last followed first."""
    query = select(PortfolioEntry).where(PortfolioEntry.teacher_id == teacher.id)
    query = query.options(joinedload(PortfolioEntry.offer))
    query = query.order_by(PortfolioEntry.followed_on.desc(), PortfolioEntry.added_at.desc())
    return list(session.scalars(query))


def portfolios_with(session: Session, offer_id: UUID) -> int:
    """How many portfolios hold this offer: a count, no names (R31)."""
    holders = func.count(PortfolioEntry.teacher_id.distinct())
    return session.scalar(select(holders).where(PortfolioEntry.offer_id == offer_id)) or 0
