"""Feeds (Atom, RFC 4287) and calendars (RFC 5545) of activities."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.catalogue.addresses import offer_address, whole
from app.catalogue.calendars import calendar_of
from app.catalogue.freshness import ask_again
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.base import today
from processes.register.catalogue.address import query_of
from processes.register.catalogue.catalogue import CatalogueEntry, Order, catalogue_offer, search
from processes.register.offers.offers import Offer, OfferNotFoundError

bp = Blueprint("subscriptions", __name__)
MOST = 50  # activities in one feed
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without activities changed


@bp.get("/catalogus.atom")
@public
@limited(Rate.SEARCH)
def feed() -> ResponseReturnValue:
    """The newest activities that a search finds."""
    return _feed(_found(), "Catalogus")


@bp.get("/catalogus.ics")
@public
@limited(Rate.SEARCH)
def calendar() -> ResponseReturnValue:
    """The runs of the newest activities that a search finds."""
    return _calendar(_found(), "Catalogus")


@bp.get("/catalogus/<uuid:offer_id>.atom")
@public
@limited(Rate.SEARCH)
def offer_feed(offer_id: UUID) -> ResponseReturnValue:
    """One activity: an entry that changes as it does."""
    offer = _visible(offer_id).offer
    return _feed([offer], offer.title)


@bp.get("/catalogus/<uuid:offer_id>.ics")
@public
@limited(Rate.SEARCH)
def offer_calendar(offer_id: UUID) -> ResponseReturnValue:
    """The runs of one activity."""
    offer = _visible(offer_id).offer
    return _calendar([offer], offer.title)


def _found() -> Sequence[Offer]:
    query = query_of(request.args.to_dict(flat=False), order=Order.NEWEST)
    return search(db.session(), on=today(), query=query, per_page=MOST).items


def _visible(offer_id: UUID) -> CatalogueEntry:
    entry = catalogue_offer(db.session(), offer_id, on=today())
    if entry.state != "visible":
        raise OfferNotFoundError(offer_id)
    return entry


def _feed(offers: Sequence[Offer], title: str) -> Response:
    xml = render_template(
        "catalogue/feed.xml",
        offers=offers,
        title=title,
        updated=max((offer.updated_at for offer in offers), default=NEVER),
        own=whole(request.full_path.rstrip("?")),
        address_of=offer_address,
    )
    return ask_again(_response(xml.encode(), "application/atom+xml"))


def _calendar(offers: Sequence[Offer], name: str) -> Response:
    return ask_again(
        _response(calendar_of(offers, offer_address, name=name, on=today()), "text/calendar")
    )


def _response(body: bytes, kind: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    return response
