"""Offers ("activiteiten"): state machine, visibility, completeness (F3, F7-6, A3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    not_,
    or_,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from processes.base import Record, StringSet, local, new_id, now
from processes.register.offers.runs import Run, RunList
from processes.register.offers.terms import (
    ALLOWED,
    EXPIRED,
    HOURS,
    SMALLEST_HOURS,
    Missing,
    OfferIncompleteError,
    OfferKind,
    OfferStatus,
    OfferTransitionError,
)
from processes.register.providers.providers import Provider, ProviderStatus


class Offer(Record):
    """One activity of a provider. Fields may be empty in a concept; publishing asks F7-6 (R24)."""

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("source", "legacy_id"),  # R49: migrating twice makes no doubles
        Index("ix_offer_provider_status", "provider_id", "status"),
        Index("ix_offer_status_end_date", "status", "end_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    branch: Mapped[str | None] = mapped_column(default=None)  # twelve digits (R54)
    title: Mapped[str] = mapped_column(default="")
    kind: Mapped[OfferKind | None] = mapped_column(default=None)
    contribution: Mapped[str] = mapped_column(Text, default="")  # to professional development; HTML
    content: Mapped[str] = mapped_column(Text, default="")  # content and set-up; sanitised HTML
    contact_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)
    self_study_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)
    self_study_account: Mapped[str] = mapped_column(Text, default="")  # what the self-study is
    closing_test: Mapped[str] = mapped_column(Text, default="")  # required when mostly self-study
    areas: Mapped[frozenset[str]] = mapped_column(StringSet, default=frozenset())
    sectors: Mapped[frozenset[str]] = mapped_column(StringSet, default=frozenset())
    subject: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    max_participants: Mapped[int | None] = mapped_column(default=None)
    evidence: Mapped[str] = mapped_column(default="")  # certificate and the like
    runs: Mapped[tuple[Run, ...]] = mapped_column(RunList, default=(), server_default="[]")
    start_date: Mapped[date | None] = mapped_column(default=None)  # of the first run
    end_date: Mapped[date | None] = mapped_column(default=None)  # its last visible day (F3)
    status: Mapped[OfferStatus] = mapped_column(default=OfferStatus.CONCEPT)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)  # R26
    checked_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    hidden_at: Mapped[datetime | None] = mapped_column(default=None)  # by staff, see `hiding`
    hidden_reason: Mapped[str | None] = mapped_column(Text, default=None)
    search_text: Mapped[str] = mapped_column(Text, default="")  # lower case, without accents
    touched: Mapped[frozenset[str]] = mapped_column(StringSet, default=frozenset())
    """The fields that the provider changed, which a new migration leaves alone (R50, R52)."""

    # What came from the older register, read-only for the provider (A3, R50-R53).
    source: Mapped[str | None] = mapped_column(default=None)
    legacy_id: Mapped[str | None] = mapped_column(default=None)
    legacy_account: Mapped[str | None] = mapped_column(default=None)  # R7
    legacy_number: Mapped[str | None] = mapped_column(default=None)  # of the old validation
    legacy_valid_until: Mapped[date | None] = mapped_column(default=None)  # R53
    legacy_hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 2), default=None)  # R52
    legacy_checksum: Mapped[str | None] = mapped_column(default=None)
    legacy_fields: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)  # as last migrated
    legacy_newer: Mapped[bool] = mapped_column(default=False)  # R50: newer source data waits
    migration_notes: Mapped[list[str]] = mapped_column(default_factory=list)  # Dutch, one a line

    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_by: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)  # R30: raised at each change

    provider: Mapped[Provider] = relationship(init=False, repr=False, lazy="raise_on_sql")

    def has_ended(self, on: date) -> bool:
        return self.end_date is not None and self.end_date < on

    def is_visible(self, on: date) -> bool:
        """Whether it is in the catalogue on this day; not while suspended (F3, R60)."""
        return (
            self.status is OfferStatus.PUBLISHED
            and not self.has_ended(on)
            and self.hidden_at is None
            and self.provider.status is ProviderStatus.ACTIVE
        )

    def is_addable(self, on: date, followed_on: date | None = None) -> bool:
        """A teacher may add it to the portfolio, as followed on that day (F3, D-a, R36)."""
        if self.status is OfferStatus.DELETED or self.is_called_off(on):
            return False
        if self.status is OfferStatus.CONCEPT and not (self.has_ended(on) and self.was_validated):
            return False
        return followed_on is None or self._could_be_followed(followed_on, on)

    @property
    def ended_before_publication(self) -> bool:
        """Whether its last day lies before the day on which it was published."""
        if self.status is not OfferStatus.PUBLISHED:
            return False
        begun, ended = self.published_at, self.end_date
        return begun is not None and ended is not None and local(begun).date() > ended

    @property
    def was_validated(self) -> bool:
        """In the older register; and it has what a portfolio entry keeps: a title, hours (D-a)."""
        validated = self.legacy_valid_until is not None or bool(self.legacy_number)
        return validated and self.title != "" and self.total_hours > 0

    def is_called_off(self, on: date) -> bool:
        """Its end date is past and lies before its begin date: it does not go ahead (R20)."""
        starts, ends = self.start_date or date.min, self.end_date or date.max
        return self.has_ended(on) and ends < starts

    def is_to_begin(self, on: date) -> bool:
        """Nobody can have followed it yet: its first run begins after this day (R36)."""
        return self.start_date is not None and self.start_date > on

    def _could_be_followed(self, day: date, on: date) -> bool:
        earliest, latest = self.start_date or date.min, self.end_date or date.max
        return earliest <= day <= min(latest, on)

    def shown_status(self, on: date) -> str:
        """What the provider reads: concept, gepubliceerd, verlopen or verwijderd."""
        if self.status is not OfferStatus.DELETED and self.has_ended(on):
            return EXPIRED
        return self.status.value

    def is_editable_for(self, branch: str | None) -> bool:
        """Someone limited to a branch changes the offers of that branch alone (R54)."""
        return self.status is not OfferStatus.DELETED and branch in (None, self.branch)

    @property
    def total_hours(self) -> Decimal:
        return (self.contact_hours or Decimal(0)) + (self.self_study_hours or Decimal(0))

    @property
    def hours_differ(self) -> bool:
        """The hours are not the total of the older register, and nobody looked at them (R52)."""
        if self.legacy_hours is None or self.touched & HOURS:
            return False
        if None in (self.contact_hours, self.self_study_hours):
            return False
        return abs(self.total_hours - self.legacy_hours) >= SMALLEST_HOURS

    def missing_fields(self) -> list[Missing]:
        """What publishing requires and this offer lacks; empty when complete (R24)."""
        return [ask.missing for ask in ASKED if not ask.is_met(self)]

    def publish(self) -> None:
        """From concept to published. Raises OfferIncompleteError, OfferTransitionError."""
        if missing := self.missing_fields():
            raise OfferIncompleteError(missing)
        self.move_to(OfferStatus.PUBLISHED)

    def move_to(self, status: OfferStatus) -> None:
        """Change the status along ALLOWED (table F3). Raises OfferTransitionError."""
        if (self.status, status) not in ALLOWED:
            raise OfferTransitionError(self.status, status)
        self.status = status


# The SQL twins of the rules above: tests hold each pair together, row by row.


def ended_on(day: date) -> ColumnElement[bool]:
    return and_(Offer.end_date.is_not(None), Offer.end_date < day)


def visible_on(day: date) -> ColumnElement[bool]:
    """SQL twin of `Offer.is_visible`."""
    return and_(
        Offer.status == OfferStatus.PUBLISHED,
        not_(ended_on(day)),
        Offer.hidden_at.is_(None),
        Offer.provider.has(Provider.status == ProviderStatus.ACTIVE),
    )


def addable_on(day: date) -> ColumnElement[bool]:
    """SQL twin of `Offer.is_addable` without a date followed."""
    ended_validated = and_(
        Offer.status == OfferStatus.CONCEPT,
        ended_on(day),
        or_(Offer.legacy_valid_until.is_not(None), func.coalesce(Offer.legacy_number, "") != ""),
        Offer.title != "",
        _total() > 0,
    )
    called_off = and_(
        ended_on(day), Offer.start_date.is_not(None), Offer.end_date < Offer.start_date
    )
    return and_(or_(Offer.status == OfferStatus.PUBLISHED, ended_validated), not_(called_off))


def holds(column: InstrumentedAttribute[frozenset[str]], word: str) -> ColumnElement[bool]:
    """Condition: the set in this column contains this word."""
    return type_coerce(column, String).contains(f",{word},", autoescape=True)


def complete() -> ColumnElement[bool]:
    """SQL twin of `not Offer.missing_fields()`."""
    return and_(*(ask.is_met_in_sql() for ask in ASKED))


@dataclass(frozen=True)
class Ask:
    """One requirement for publishing, in Python and in SQL."""

    missing: Missing
    is_met: Callable[[Offer], bool]
    is_met_in_sql: Callable[[], ColumnElement[bool]]


def _total() -> ColumnElement[Any]:
    return func.coalesce(Offer.contact_hours, 0) + func.coalesce(Offer.self_study_hours, 0)


def _hours_agree() -> ColumnElement[bool]:
    return or_(
        Offer.legacy_hours.is_(None),
        *(holds(Offer.touched, field) for field in sorted(HOURS)),
        func.abs(_total() - Offer.legacy_hours) < SMALLEST_HOURS / 2,
    )


ASKED = (
    Ask(Missing("title", "Titel"), lambda o: o.title != "", lambda: Offer.title != ""),
    Ask(
        Missing("kind", "Type activiteit"),
        lambda o: o.kind is not None,
        lambda: Offer.kind.is_not(None),
    ),
    Ask(
        Missing("contribution", "Bijdrage aan de professionele ontwikkeling"),
        lambda o: o.contribution != "",
        lambda: Offer.contribution != "",
    ),
    Ask(
        Missing("content", "Inhoud en opzet"),
        lambda o: o.content != "",
        lambda: Offer.content != "",
    ),
    Ask(
        Missing("contact_hours", "Contacturen"),
        lambda o: o.contact_hours is not None,
        lambda: Offer.contact_hours.is_not(None),
    ),
    Ask(
        Missing("self_study_hours", "Uren zelfstudie"),
        lambda o: o.self_study_hours is not None,
        lambda: Offer.self_study_hours.is_not(None),
    ),
    Ask(
        Missing("contact_hours", "Contacturen en zelfstudie: samen meer dan 0 uur"),
        lambda o: o.total_hours > 0 or None in (o.contact_hours, o.self_study_hours),
        lambda: _total() > 0,
    ),
    Ask(
        Missing("contact_hours", "Contacturen en zelfstudie: samen niet het oude totaal"),
        lambda o: not o.hours_differ,
        _hours_agree,
    ),
    Ask(
        Missing("closing_test", "Toets of opdracht: nodig als zelfstudie het grootste deel is"),
        lambda o: o.closing_test != "" or (o.self_study_hours or 0) <= (o.contact_hours or 0),
        lambda: or_(
            Offer.closing_test != "",
            func.coalesce(Offer.self_study_hours, 0) <= func.coalesce(Offer.contact_hours, 0),
        ),
    ),
    Ask(
        Missing("areas", "Bekwaamheidsgebied: kies er minstens één"),
        lambda o: bool(o.areas),
        lambda: type_coerce(Offer.areas, String) != ",",
    ),
    Ask(
        Missing("sectors", "Sector: kies er minstens één"),
        lambda o: bool(o.sectors),
        lambda: type_coerce(Offer.sectors, String) != ",",
    ),
)
