"""Public catalogue: full-text search and page of visible offers, decided per request (F3, R64)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from processes.register.offers.offers import OfferDeletedError, OfferNotFoundError
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.paging import Page, page_of
from processes.register.providers.former_numbers import FormerNumber, numbers_now, provider_now
from processes.register.providers.providers import Provider, ProviderStatus, provider_of
from processes.register.search import facets, finding, kept_summary
from processes.register.search.restrictions import Scope, Search
from processes.register.search.summary import Named
from processes.register.search.tables import SearchEntry

PER_PAGE = 20
NOT_SHOWN = (Offer.search_text, Offer.touched, Offer.legacy_fields, Offer.migration_notes)
"""What no list of offers tells: reading it would cost as much as all that it tells."""
VISIBLE_PER_PAGE = 100
PROVIDERS_PER_PAGE = 100
NEW_AT_ONCE = 100  # read of a saved search
MOST_IN_FILE = 50_000  # addresses in one file of a site map (sitemaps.org)
MOST_IN_ONLY_FILE = 1_000  # the more, the longer it takes: an index of files is small
PARTS = (1, 16, 256)


class Order(StrEnum):
    """Other orders than the best match first."""

    BEGIN = "begin"
    HOURS = "uren"
    PRICE = "prijs"
    NEWEST = "nieuw"


@dataclass(frozen=True)
class CatalogueQuery:
    """A search; an empty field does not filter, several values of one field are an or."""

    text: str = ""
    sectors: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hours: tuple[Decimal | None, Decimal | None] = (None, None)  # from, up to and including
    places: frozenset[str] = frozenset()  # facets.ONLINE, facets.AT_A_PLACE
    durations: frozenset[str] = frozenset()
    prices: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    months: frozenset[int] = frozenset()  # `month_of` a day on which it begins
    subjects: frozenset[str] = frozenset()  # in lower case, whole
    providers: frozenset[str] = frozenset()  # KvK numbers
    provider: str = ""  # a KvK number, or words of a name
    scope: Scope = Scope.CATALOGUE  # not part of an address
    order: Order | None = None  # None: the best match first; without words, by title

    @property
    def facets(self) -> frozenset[str]:
        """The chosen values of all facets together."""
        return frozenset().union(*(getattr(self, group) for group in facets.GROUPS))


@dataclass(frozen=True)
class Results(Page[Offer]):
    """A page of offers, with what is said about the whole search."""

    counts: Mapping[str, int] = field(default_factory=dict)  # by facet: what a click would give
    months: Mapping[int, int] = field(default_factory=dict)
    providers: Sequence[Named] = ()
    subjects: Sequence[Named] = ()
    corrections: tuple[tuple[str, str], ...] = ()  # typed, and searched instead
    left_out: tuple[str, ...] = ()  # words that no offer has


@dataclass(frozen=True)
class CatalogueEntry:
    """An offer with a page in the catalogue; an expired one, or one that staff hid, says so."""

    offer: Offer
    state: Literal["visible", "expired", "hidden"]


def search(
    session: Session,
    *,
    on: date,
    query: CatalogueQuery,
    page: int = 1,
    per_page: int | None = None,
) -> Results:
    """A page of offers that match, in the order of the query; `per_page`: else PER_PAGE.

    In the catalogue those that are visible; for a portfolio those that can be added (D-a, D-b).
    """
    per_page = per_page or PER_PAGE
    query = replace(query, providers=numbers_now(session, query.providers))
    found = finding.find(session, asked(query, on=on), page=page, per_page=per_page)
    offers = select(Offer).where(Offer.id.in_(found.offer_ids))
    offers = offers.options(joinedload(Offer.provider), *map(defer, NOT_SHOWN))
    by_id = {offer.id: offer for offer in session.scalars(offers)}
    return Results(
        [by_id[offer_id] for offer_id in found.offer_ids],
        found.number,
        per_page,
        found.total,
        counts=found.counts,
        months=found.months,
        providers=found.providers,
        subjects=found.subjects,
        corrections=found.question.corrections,
        left_out=found.question.left_out,
    )


def asked(query: CatalogueQuery, *, on: date) -> Search:
    """What a query asks of the index on this day."""
    return Search(
        on=on,
        text=query.text,
        facets=query.facets,
        hours=query.hours,
        provider=query.provider,
        providers=query.providers,
        subjects=query.subjects,
        months=query.months,
        order=query.order or "",
        scope=query.scope,
    )


def published_between(
    session: Session, after: datetime, until: datetime, *, on: date, query: CatalogueQuery
) -> list[Offer]:
    """The visible offers that match and were published in between, the newest first.

    What was published before and came back stands among the newest too: pages are read until one
    holds nothing new.
    """
    newest, new, page = replace(query, order=Order.NEWEST), list[Offer](), 1
    while True:
        found = search(session, on=on, query=newest, page=page, per_page=NEW_AT_ONCE)
        fresh = [each for each in found if each.published_at and after < each.published_at <= until]
        new += fresh
        if not fresh or page >= found.pages:
            return new
        page += 1


def matches(word: str) -> ColumnElement[bool]:
    """The word stands in the offer, or in the name of its provider."""
    return or_(
        Offer.search_text.contains(word, autoescape=True),
        Provider.search_name.contains(word, autoescape=True),
    )


def catalogue_offer(session: Session, offer_id: UUID, *, on: date) -> CatalogueEntry:
    """One offer that is visible, or was. Raises OfferNotFoundError, OfferDeletedError."""
    query = select(Offer).where(Offer.id == offer_id).options(joinedload(Offer.provider))
    offer = session.scalar(query)
    if offer is None:
        raise OfferNotFoundError(offer_id)
    if offer.status is OfferStatus.DELETED:
        raise OfferDeletedError(offer_id)
    if offer.status is OfferStatus.CONCEPT or offer.provider.is_suspended:
        raise OfferNotFoundError(offer_id)
    if offer.hidden_at is not None:
        return CatalogueEntry(offer, "hidden")
    return CatalogueEntry(offer, "visible" if offer.is_visible(on) else "expired")


def site_map_parts(session: Session) -> int:
    """In how many files the site map is cut: 1, 16 or 256; each has 50,000 addresses at most.

    Ids are random, so that their first digits cut them evenly; half of the room is left free.
    """
    most = session.scalar(select(func.max(SearchEntry.number))) or 0
    if most <= MOST_IN_ONLY_FILE:
        return 1
    return next((parts for parts in PARTS[1:] if most <= parts * MOST_IN_FILE // 2), PARTS[-1])


def visible_offer_ids(session: Session, *, on: date, part: int = 0, parts: int = 1) -> list[UUID]:
    """The ids for one file of the site map, by number from 0 (R64)."""
    size = 2**128 // parts
    first, last = UUID(int=part * size), UUID(int=(part + 1) * size - 1)
    query = _visible_ids(on).where(SearchEntry.offer_id.between(first, last))
    return list(session.scalars(query))


def listed_provider(session: Session, kvk: str) -> Provider:
    """A provider that is not suspended (R60); a number that it had leads to it (R59).

    Raises OfferNotFoundError.
    """
    found = provider_of(session, kvk) or provider_now(session, kvk)
    if found is None or found.is_closed:
        raise OfferNotFoundError(kvk)
    return found


def providers_page(session: Session, *, on: date, page: int) -> Page[Provider]:
    """The providers with activities in the catalogue, page by page, by name."""
    has_any = select(1).where(SearchEntry.provider_id == Provider.id, SearchEntry.last_day >= on)
    query = select(Provider).where(
        Provider.status == ProviderStatus.ACTIVE,
        # As EXISTS it might be asked of all at once, and so with "= 1" on PostgreSQL, which expects
        # that of few: then all are read and sorted, and not one page in the order of the index.
        has_any.limit(1).scalar_subquery().is_not(None),
    )
    known = kept_summary.totals(session.connection(), on)
    total = known.providers if known else None
    query = query.order_by(Provider.search_name, Provider.kvk)
    return page_of(session, query, page, PROVIDERS_PER_PAGE, total=total)


def visible_page(session: Session, *, on: date, page: int) -> Page[Offer]:
    """All that is in the catalogue with its providers, page by page, by id."""
    known = kept_summary.totals(session.connection(), on)
    total = known.offers if known else None
    found = page_of(session, _visible_ids(on), page, VISIBLE_PER_PAGE, total=total)
    offers = select(Offer).where(Offer.id.in_(found.items)).order_by(Offer.id)
    items = session.scalars(offers.options(joinedload(Offer.provider))).all()
    return replace(found, items=items)


def _visible_ids(on: date) -> Select[UUID]:
    """Of the visible offers, by the index of search, in whose order they are read.

    By the table of offers all would be looked at and sorted.
    """
    closed = select(Provider.id).where(Provider.status != ProviderStatus.ACTIVE)
    ids = select(SearchEntry.offer_id).where(
        SearchEntry.last_day >= on, SearchEntry.provider_id.not_in(closed)
    )
    return ids.order_by(SearchEntry.offer_id)


def provider_names(session: Session, kvks: Collection[str]) -> dict[str, str]:
    """The names of these providers by their KvK numbers; of those that exist and are listed."""
    if not kvks:
        return {}
    own = select(Provider.kvk, Provider.display_name).where(Provider.kvk.in_(sorted(kvks)))
    query = _listed(own)
    moved = select(FormerNumber.kvk, Provider.display_name).join(
        Provider, FormerNumber.provider_id == Provider.id
    )
    found = query.union_all(_listed(moved.where(FormerNumber.kvk.in_(sorted(kvks)))))
    return {row.kvk: row.display_name for row in session.execute(found)}


def _listed(query: Select[str, str]) -> Select[str, str]:
    return query.where(Provider.status == ProviderStatus.ACTIVE)
