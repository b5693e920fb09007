"""A provider's overview of offers: filters, counters and pages, computed in SQL (R26)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    not_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, joinedload

from processes.register.offers.rules import Offer, complete, ended_on, visible_on
from processes.register.offers.terms import EXPIRED, OfferStatus
from processes.register.paging import Page, page_of
from processes.register.providers.providers import Provider
from processes.register.search_words import words


class OverviewOrder(StrEnum):
    TITLE = "titel"
    CHANGED = "laatst-gewijzigd"
    END_DATE = "einddatum"


@dataclass(frozen=True)
class OverviewFilter:
    """The filters of the overview; an empty field does not filter."""

    text: str = ""
    status: str = ""  # as shown: concept, gepubliceerd, verlopen
    checked: bool | None = None
    complete: bool | None = None  # has all that publishing asks
    branch: str = ""
    company_wide: bool = False  # to a branch: the offers of the whole company, to read (R54)
    newer_source: bool = False  # R50
    validity_ended: bool = False  # R53: the old validation ended, no end date set yet
    order: OverviewOrder = OverviewOrder.TITLE


@dataclass(frozen=True)
class Counters:
    """The counters above the overview: "12 van 14 gecontroleerd, 9 gepubliceerd" (R26)."""

    total: int
    checked: int
    concept: int
    published: int
    expired: int
    visible: int
    complete: int  # concepts that can be published as they are
    incomplete: int  # concepts that cannot, yet


def overview(  # noqa: PLR0913 - each by name
    session: Session,
    kvk: str,
    *,
    on: date,
    branch: str | None = None,
    filters: OverviewFilter | None = None,
    page: int = 1,
    per_page: int = 25,
) -> Page[Offer]:
    """A page of the offers of this provider, or of one branch; deleted ones are gone (F3)."""
    query = chosen_offers(kvk, branch, filters or OverviewFilter(), on)
    return page_of(session, query.options(joinedload(Offer.provider)), page, per_page)


def chosen_offers(kvk: str, branch: str | None, filters: OverviewFilter, on: date) -> Select[Offer]:
    """The offers that the filters let through, in their order."""
    query = _offers_of(kvk, branch, company_wide=filters.company_wide)
    return query.where(*_limits(filters, on)).order_by(*_order(filters.order))


def next_unchecked(
    session: Session, kvk: str, *, branch: str | None = None, after: Offer | None = None
) -> UUID | None:
    """The first offer by title that nobody checked, behind `after`, or else from the start (R26).

    None when all others are checked.
    """
    query = _offers_of(kvk, branch).with_only_columns(Offer.id)
    query = query.where(Offer.checked_at.is_(None)).order_by(*_order(OverviewOrder.TITLE)).limit(1)
    if after is None:
        return session.scalar(query)
    here = tuple_(func.lower(literal(after.title)), literal(after.id))
    behind = tuple_(func.lower(Offer.title), Offer.id) > here
    return session.scalar(query.where(behind)) or session.scalar(query.where(Offer.id != after.id))


def _offers_of(kvk: str, branch: str | None, *, company_wide: bool = False) -> Select[Offer]:
    provider = select(Provider.id).where(Provider.kvk == kvk)
    query = select(Offer).where(
        Offer.provider_id.in_(provider), Offer.status != OfferStatus.DELETED
    )
    if branch is None:
        return query
    return query.where(Offer.branch.is_(None) if company_wide else Offer.branch == branch)


def _limits(filters: OverviewFilter, on: date) -> list[ColumnElement[bool]]:
    limits = [Offer.search_text.contains(word, autoescape=True) for word in words(filters.text)]
    if filters.status:
        limits.append(shown_as(filters.status, on))
    if filters.checked is not None:
        checked = Offer.checked_at.is_not(None)
        limits.append(checked if filters.checked else not_(checked))
    if filters.complete is not None:
        limits.append(complete() if filters.complete else not_(complete()))
    if filters.branch:
        limits.append(Offer.branch == filters.branch)
    if filters.newer_source:
        limits.append(Offer.legacy_newer.is_(True))
    if filters.validity_ended:
        limits.append(and_(Offer.legacy_valid_until < on, Offer.end_date.is_(None)))
    return limits


def shown_as(status: str, on: date) -> ColumnElement[bool]:
    """The twin of `Offer.shown_status(on) == status`."""
    if status == EXPIRED:
        return and_(Offer.status != OfferStatus.DELETED, ended_on(on))
    if status == OfferStatus.DELETED:
        return Offer.status == OfferStatus.DELETED
    return and_(Offer.status == OfferStatus(status), not_(ended_on(on)))


def _order(order: OverviewOrder) -> list[SQLColumnExpression[Any]]:
    by_title: list[SQLColumnExpression[Any]] = [func.lower(Offer.title), Offer.id]
    match order:
        case OverviewOrder.CHANGED:
            return [Offer.updated_at.desc(), *by_title]
        case OverviewOrder.END_DATE:
            return [Offer.end_date.is_(None), Offer.end_date, *by_title]
    return by_title


def counters(session: Session, kvk: str, *, on: date, branch: str | None = None) -> Counters:
    """The numbers above the overview, counted by the database in one query."""
    concept = and_(Offer.status == OfferStatus.CONCEPT, not_(ended_on(on)))
    conditions = (
        Offer.checked_at.is_not(None),
        concept,
        shown_as(OfferStatus.PUBLISHED, on),
        ended_on(on),
        visible_on(on),
        and_(concept, complete()),
        and_(concept, not_(complete())),
    )
    sums = [func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in conditions]
    query = _offers_of(kvk, branch).with_only_columns(func.count(), *sums)
    return Counters(*(int(number) for number in session.execute(query).one()))
