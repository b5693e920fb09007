"""Public catalogue: full-text search and page of visible offers, decided per request (F3, R64)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from processes.register.offers.offers import OfferDeletedError, OfferNotFoundError
from processes.register.offers.rules import Offer, holds, visible_on
from processes.register.offers.terms import OfferKind, OfferStatus
from processes.register.paging import Page, page_of
from processes.register.providers import Provider
from processes.register.search_words import words

PER_PAGE = 20


@dataclass(frozen=True)
class CatalogueQuery:
    """A search; an empty field does not filter, several values of one field are an or."""

    text: str = ""
    sectors: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hours: tuple[Decimal | None, Decimal | None] = (None, None)  # from, up to and including
    online: bool | None = None
    provider: str = ""  # a KvK number


@dataclass(frozen=True)
class CatalogueEntry:
    """An offer with a page in the catalogue; an expired one says so."""

    offer: Offer
    state: Literal["visible", "expired"]


def search(session: Session, *, on: date, query: CatalogueQuery, page: int = 1) -> Page[Offer]:
    """A page of visible offers that match, the best title match first."""
    found = select(Offer).join(Provider).where(visible_on(on), *_limits(query))
    found = found.options(joinedload(Offer.provider))
    return page_of(session, found.order_by(*_order(query)), page, PER_PAGE)


def _limits(query: CatalogueQuery) -> list[ColumnElement[bool]]:
    limits = [matches(word) for word in words(query.text)]
    for column, chosen in ((Offer.sectors, query.sectors), (Offer.areas, query.areas)):
        if chosen:
            limits.append(or_(*(holds(column, word) for word in sorted(chosen))))
    if query.kinds:
        limits.append(Offer.kind.in_([OfferKind(kind) for kind in sorted(query.kinds)]))
    limits.extend(_hours_within(*query.hours))
    if query.online is not None:
        limits.append(Offer.online.is_(query.online))
    if query.provider:
        limits.append(Provider.kvk == query.provider)
    return limits


def matches(word: str) -> ColumnElement[bool]:
    """The word stands in the offer, or in the name of its provider."""
    return or_(
        Offer.search_text.contains(word, autoescape=True),
        Provider.search_name.contains(word, autoescape=True),
    )


def _hours_within(least: Decimal | None, most: Decimal | None) -> list[ColumnElement[bool]]:
    total = func.coalesce(Offer.contact_hours, 0) + func.coalesce(Offer.self_study_hours, 0)
    limits = [] if least is None else [total >= least]
    return limits if most is None else [*limits, total <= most]


def _order(query: CatalogueQuery) -> list[SQLColumnExpression[Any]]:
    title = func.lower(Offer.title)
    in_title = [case((title.contains(w, autoescape=True), 0), else_=1) for w in words(query.text)]
    return [*in_title, title, Offer.id]


def catalogue_offer(session: Session, offer_id: UUID, *, on: date) -> CatalogueEntry:
    """One visible or expired offer. Raises OfferNotFoundError, OfferDeletedError."""
    query = select(Offer).where(Offer.id == offer_id).options(joinedload(Offer.provider))
    offer = session.scalar(query)
    if offer is None:
        raise OfferNotFoundError(offer_id)
    if offer.status is OfferStatus.DELETED:
        raise OfferDeletedError(offer_id)
    if offer.status is OfferStatus.CONCEPT or offer.provider.is_suspended:
        raise OfferNotFoundError(offer_id)
    return CatalogueEntry(offer, "visible" if offer.is_visible(on) else "expired")


def visible_offer_ids(session: Session, *, on: date) -> list[UUID]:
    """The ids for the site map (R64)."""
    return list(session.scalars(select(Offer.id).where(visible_on(on)).order_by(Offer.id)))


def providers_with_offers(session: Session, *, on: date) -> list[Provider]:
    """The providers that a visitor can choose from."""
    having = select(Offer.provider_id).where(visible_on(on))
    query = select(Provider).where(Provider.id.in_(having))
    return list(session.scalars(query.order_by(func.lower(Provider.display_name))))
