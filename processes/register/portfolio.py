"""Teachers' portfolios: snapshots of followed activities, hours, search (R34-R38, A4)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from processes.base import Record, StringSet, new_id, now
from processes.register.catalogue import matches
from processes.register.offers.offers import OfferDeletedError, OfferNotFoundError
from processes.register.offers.rules import Offer, addable_on
from processes.register.offers.terms import PRIMARY_PROCESS, Area, OfferKind, OfferStatus, Sector
from processes.register.paging import Page, page_of
from processes.register.providers import Provider
from processes.register.search_words import words

GOAL_TOTAL, GOAL_PRIMARY, GOAL_SUBJECT = Decimal(160), Decimal(100), Decimal(40)
PERIOD = 4  # years in which the hours are to be reached (A4)


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
    """One activity followed on one day: a snapshot, unaffected by later edits (R34)."""

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

    offer: Mapped[Offer] = relationship(init=False, repr=False, lazy="raise_on_sql")

    @property
    def hours(self) -> Decimal:
        return self.contact_hours + self.self_study_hours

    def counts(self, on: date) -> bool:
        """Whether it was followed in the four years up to this day (A4)."""
        return self.followed_on > years_before(on, PERIOD)

    @property
    def is_primary(self) -> bool:
        """It counts for the primary process: the subject, didactics or pedagogy (A4)."""
        return bool(self.areas & PRIMARY_PROCESS)


class FollowedDateProblem(StrEnum):
    """Why the activity cannot have been followed on that day (R36)."""

    FUTURE = "De datum ligt in de toekomst. Vul de dag in waarop u de activiteit hebt gevolgd."
    AFTER_END = "De activiteit is toen al gestopt. Vul een eerdere datum in."
    BEFORE_START = "De activiteit was toen nog niet begonnen. Vul een latere datum in."


class FollowedDateError(ValueError):
    """The activity could not be followed on that day: `problem`."""

    def __init__(self, problem: FollowedDateProblem, latest: date, earliest: date | None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.message = problem.value
        self.earliest = earliest
        self.latest = latest


@dataclass(frozen=True)
class Hours:
    """The hours of a portfolio against what four years ask (A4)."""

    total: Decimal
    primary: Decimal
    subject: Decimal
    counted: Decimal  # other areas fill up to 160, and to 60 at most
    goal_total: Decimal = GOAL_TOTAL
    goal_primary: Decimal = GOAL_PRIMARY
    goal_subject: Decimal = GOAL_SUBJECT

    @property
    def other(self) -> Decimal:
        return self.total - self.primary


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of 29 February the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def hours(entries: Iterable[PortfolioEntry], *, on: date) -> Hours:
    """Add up the snapshots of four years; other areas get less room as primary hours grow (A4)."""
    entries = [entry for entry in entries if entry.counts(on)]
    total = sum((entry.hours for entry in entries), Decimal(0))
    primary = sum((entry.hours for entry in entries if entry.is_primary), Decimal(0))
    subject = sum((entry.hours for entry in entries if Area.SUBJECT in entry.areas), Decimal(0))
    room = max(Decimal(0), GOAL_TOTAL - max(primary, GOAL_PRIMARY))
    return Hours(total, primary, subject, primary + min(total - primary, room))


def known_teacher(session: Session, *, issuer: str, subject: str, name: str) -> Teacher:
    """The teacher who signed in, made at the first time."""
    query = select(Teacher).filter_by(issuer=issuer, subject=subject)
    if session.scalar(query) is None:
        new = Teacher(issuer=issuer, subject=subject, name=name)
        with suppress(IntegrityError), session.begin_nested():  # another tab may be first
            session.add(new)
    teacher = session.scalars(query).one()
    teacher.name = name or teacher.name
    return teacher


def choose_sector(session: Session, teacher: Teacher, sector: Sector | None) -> None:
    """In secondary education 40 hours must be subject knowledge (A4)."""
    teacher.sector = sector
    session.flush()


def addable_offers(session: Session, text: str, *, on: date, page: int = 1) -> Page[Offer]:
    """The portfolio's own search: also what expired and left the catalogue (D-a, D-b)."""
    query = select(Offer).join(Provider).where(addable_on(on), *map(matches, words(text)))
    query = query.options(joinedload(Offer.provider))
    return page_of(session, query.order_by(func.lower(Offer.title), Offer.id), page)


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
        entry = _snapshot(teacher, offer, followed_on)
        session.add(entry)
        session.flush()
    return entry


def _followed_date_error(offer: Offer, followed_on: date, on: date) -> FollowedDateError:
    latest = min(offer.end_date or on, on)
    if followed_on > on:
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


def remove_entry(session: Session, teacher: Teacher, entry_id: UUID) -> None:
    """Delete an entry of this teacher. Raises EntryNotFoundError, also for another's."""
    entry = session.scalar(
        select(PortfolioEntry).where(
            PortfolioEntry.id == entry_id, PortfolioEntry.teacher_id == teacher.id
        )
    )
    if entry is None:
        raise EntryNotFoundError(entry_id)
    session.delete(entry)
    session.flush()


class EntryNotFoundError(LookupError):
    """There is no such entry in this portfolio."""


def entries_of(session: Session, teacher: Teacher) -> list[PortfolioEntry]:
    """The portfolio, last followed first; `entry.offer.status` tells of a deletion (R32)."""
    query = select(PortfolioEntry).where(PortfolioEntry.teacher_id == teacher.id)
    query = query.options(joinedload(PortfolioEntry.offer))
    query = query.order_by(PortfolioEntry.followed_on.desc(), PortfolioEntry.added_at.desc())
    return list(session.scalars(query))


def portfolios_with(session: Session, offer_id: UUID) -> int:
    """How many portfolios hold this offer: a count, no names (R31)."""
    holders = func.count(PortfolioEntry.teacher_id.distinct())
    return session.scalar(select(holders).where(PortfolioEntry.offer_id == offer_id)) or 0
