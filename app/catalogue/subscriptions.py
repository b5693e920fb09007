"""Feeds (Atom, RFC 4287) and calendars (RFC 5545) of activities."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.addresses import offer_address, whole
from app.catalogue.freshness import ask_again
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.base import today
from processes.register.catalogue.address import in_words, query_of, words_of
from processes.register.catalogue.catalogue import (
    CatalogueEntry,
    CatalogueQuery,
    Order,
    catalogue_offer,
    provider_names,
    search,
)
from processes.register.offers.offers import Offer, OfferNotFoundError

bp = Blueprint("subscriptions", __name__)
MOST = 50  # activities in one feed
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without activities changed


@bp.get("/catalogus.atom")
@public
@limited(Rate.SEARCH)
def feed() -> ResponseReturnValue:
    """The newest activities that a search finds."""
    query = _query()
    words = urlencode(words_of(query), doseq=True)
    page = whole(f"{url_for('catalogue.index')}?{words}".rstrip("?"))
    return _feed(_found(query), _name_of(query), page)


@bp.get("/catalogus.ics")
@public
@limited(Rate.SEARCH)
def calendar() -> ResponseReturnValue:
    """The runs of the newest activities that a search finds."""
    query = _query()
    return _calendar(_found(query), _name_of(query))


@bp.get("/catalogus/<uuid:offer_id>.atom")
@public
@limited(Rate.SEARCH)
def offer_feed(offer_id: UUID) -> ResponseReturnValue:
    """One activity: an entry that changes as it does."""
    offer = _visible(offer_id).offer
    return _feed([offer], offer.title, offer_address(offer))


@bp.get("/catalogus/<uuid:offer_id>.ics")
@public
@limited(Rate.SEARCH)
def offer_calendar(offer_id: UUID) -> ResponseReturnValue:
    """The runs of one activity."""
    offer = _visible(offer_id).offer
    return _calendar([offer], offer.title)


def _query() -> CatalogueQuery:
    return query_of(request.args.to_dict(flat=False), order=Order.NEWEST)


def _name_of(query: CatalogueQuery) -> str:
    """What tells one subscription from another: the search in words."""
    if not words_of(query):
        return "Catalogus"
    return f"Catalogus: {in_words(query, provider_names(db.session(), query.providers))}"


def _found(query: CatalogueQuery) -> Sequence[Offer]:
    return search(db.session(), on=today(), query=query, per_page=MOST).items


def _visible(offer_id: UUID) -> CatalogueEntry:
    entry = catalogue_offer(db.session(), offer_id, on=today())
    if entry.state != "visible":
        raise OfferNotFoundError(offer_id)
    return entry


def _feed(offers: Sequence[Offer], title: str, page: str) -> Response:
    xml = render_template(
        "catalogue/feed.xml",
        offers=offers,
        title=title,
        updated=max((offer.updated_at for offer in offers), default=NEVER),
        own=whole(request.full_path.rstrip("?")),
        page=page,
        address_of=offer_address,
    )
    return ask_again(_response(xml.encode(), "application/atom+xml"))


def _calendar(offers: Sequence[Offer], name: str) -> Response:
    from app.catalogue.calendars import calendar_of  # with the first calendar: its library is large

    return ask_again(
        _response(calendar_of(offers, offer_address, name=name, on=today()), "text/calendar")
    )


def _response(body: bytes, kind: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    return response
