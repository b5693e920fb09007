"""What a provider's own program does with its activities: read, put, publish, delete, in bulk."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic.alias_generators import to_camel

from app.api.blueprint import LARGEST_BODY, bp, current_opening
from app.api.bodies import pointer, read
from app.api.once import Answer as Told
from app.api.once import once, text_sent
from app.api.operation import BODY, Operation, describes
from app.api.problems import FORBIDDEN, REUSED, STALE, UNCONDITIONAL, ProblemError, invalid
from app.api.queries import asked
from app.api.register.answers import BulkAnswer, ItemAnswer, OwnOfferAnswer, OwnOffersAnswer
from app.api.register.bodies import BulkBody, OfferBody
from app.api.register.queries import NumberedPageQuery, page_links
from app.web.access import public, right_for
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from processes.casework.offers.publication import Worker, take_step
from processes.casework.offers.upsert import Faults, Result, Upserted, Wanted, upsert
from processes.engine.openings.sending import actor
from processes.register.offers.offers import Offer, OfferNotFoundError, offer_of, own_offers
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider, ProviderSuspendedError, provider_of
from processes.unit_of_work import unit_of_work

TAG = "activities"
LARGEST_BULK = 1024 * 1024  # bytes
THERE = "Nothing happened; an activity with this id is there: replace it with If-Match."
TAKEN = "An activity cannot be made under this id: choose another."


@bp.get("/aanbod")
@public
@limited(Rate.OPENING)
@describes(Operation(TAG, {200: OwnOffersAnswer}, query=NumberedPageQuery))
def own_activities() -> ResponseReturnValue:
    """The activities of this provider, the oldest first, a hundred a page."""
    query = asked(NumberedPageQuery)
    found = own_offers(db.session(), _provider(), query.page)
    answer = OwnOffersAnswer(
        page=found.number,
        pages=found.pages,
        total=found.total,
        offers=[OwnOfferAnswer.of(each) for each in found],
    )
    return answer.body(), page_links(found.number, found.pages)


@bp.get("/aanbod/<uuid:offer_id>")
@public
@limited(Rate.OPENING)
@describes(Operation(TAG, {200: OwnOfferAnswer}, refuses=(404,)))
def own_activity(offer_id: UUID) -> ResponseReturnValue:
    """An activity of this provider; the ETag goes back in If-Match.

    Raises ProblemError.
    """
    response = _told(_own(offer_id))
    response.make_conditional(request)
    return response


@bp.put("/aanbod/<uuid:offer_id>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(
    Operation(
        TAG,
        {200: OwnOfferAnswer, 201: OwnOfferAnswer},
        put=OfferBody,
        refuses=(*BODY, HTTPStatus.CONFLICT, STALE, UNCONDITIONAL),
    )
)
def put_activity(offer_id: UUID) -> ResponseReturnValue:
    """Make an activity under an id of your choice, or replace one that is there.

    To replace one, If-Match holds the ETag that it was read with. Raises ProblemError.
    """
    body, errors = read(OfferBody, text_sent(LARGEST_BODY))
    if body is None:
        raise invalid(errors)
    unit_of_work(db.session()).begin_writing()
    provider = _provider()
    wanted = Wanted(offer_id, body.changes, body.publish, _version_of(offer_id))
    done = _upsert(provider, wanted)
    _refuse(done)
    unit_of_work(db.session()).commit()
    response = _told(_own(offer_id))
    response.status_code = HTTPStatus.CREATED if done.is_new else HTTPStatus.OK
    return response


@bp.delete("/aanbod/<uuid:offer_id>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation(TAG, {204: ""}, refuses=(404, STALE, UNCONDITIONAL), is_conditional=True))
def delete_activity(offer_id: UUID) -> ResponseReturnValue:
    """Delete an activity for good; an endDate in the past hides it, and can be taken back.

    Raises ProblemError.
    """
    unit_of_work(db.session()).begin_writing()
    _provider()
    offer, version = _own(offer_id), _version_of(offer_id)
    if version != offer.version:
        raise ProblemError(STALE)
    try:
        take_step(db.session(), offer, {"action": "delete"}, by=_worker())
    except ProviderSuspendedError:
        raise _suspended() from None
    unit_of_work(db.session()).commit()
    return "", HTTPStatus.NO_CONTENT


@bp.post("/aanbod/bulk")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation(TAG, {200: BulkAnswer}, body=BulkBody, refuses=(REUSED,)))
def put_activities() -> ResponseReturnValue:
    """Make or replace up to a hundred activities; what is refused leaves the others alone.

    Each item has its own result: ok, unchanged, stale, or refused with every error.
    """

    def do(body: BulkBody) -> Told:
        provider = _provider()
        done = [
            _upsert(provider, Wanted(each.id, each.changes, each.publish, each.version))
            for each in body.items
        ]
        items = [_item(each, ("items", number)) for number, each in enumerate(done)]
        return {"outcome": "done", **BulkAnswer(items=items).body()}

    _provider()
    return once("offers", BulkBody, do, largest=LARGEST_BULK)


def _provider() -> Provider:
    """The company of this opening, which manages its activities. Raises ProblemError."""
    opening = current_opening()
    provider = provider_of(db.session(), opening.tenant or "") if opening.offers else None
    if provider is None:
        raise ProblemError(FORBIDDEN, "This opening does not manage activities.")
    right = Right.READER if opening.only_reads else Right.EDITOR
    if not right.is_enough_for(right_for(request.method)):
        raise ProblemError(FORBIDDEN, "This key may read, not change.")
    if provider.is_closed and request.method not in {"GET", "HEAD"}:
        raise _suspended()
    return provider


def _suspended() -> ProblemError:
    return ProblemError(FORBIDDEN, "The provider is suspended: it may read, not change.")


def _worker() -> Worker:
    opening = current_opening()
    return Worker(opening.tenant or "", None, actor(opening))


def _own(offer_id: UUID) -> Offer:
    try:
        return offer_of(db.session(), offer_id, kvk=_provider().kvk)
    except OfferNotFoundError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such activity.") from None


def _told(offer: Offer) -> Response:
    response = jsonify(OwnOfferAnswer.of(offer).body())
    response.set_etag(str(offer.version))
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


def _version_of(offer_id: UUID) -> int | None:
    """The version that the request knows; None for a new activity. Raises ProblemError.

    With If-Match nothing tells what is of another company from what is not there (RFC 9110
    §13.1.1); without it such an id is taken, as is that of what this company deleted.
    """
    session = db.session()
    try:
        known = offer_of(session, offer_id, kvk=_provider().kvk).version
    except OfferNotFoundError:
        if request.if_match:
            raise ProblemError(STALE) from None
        if session.get(Offer, offer_id) is not None:
            raise ProblemError(HTTPStatus.CONFLICT, TAKEN) from None
        return None
    if request.if_none_match.star_tag:
        raise ProblemError(STALE, THERE)
    if not request.if_match:
        raise ProblemError(UNCONDITIONAL)
    if not request.if_match.contains(str(known)):
        raise ProblemError(STALE)
    return known


def _upsert(provider: Provider, wanted: Wanted) -> Upserted:
    return upsert(db.session(), provider, wanted, by=_worker())


def _refuse(done: Upserted) -> None:
    if done.result is Result.STALE:
        raise ProblemError(STALE)
    if done.result is Result.REFUSED:
        raise invalid(_errors(done.faults))


def _item(done: Upserted, place: tuple[str | int, ...]) -> ItemAnswer:
    return ItemAnswer(
        id=done.offer_id,
        result=done.result,
        version=done.version,
        errors=_errors(done.faults, place),
    )


def _errors(faults: Faults, place: tuple[str | int, ...] = ()) -> list[Mapping[str, Any]]:
    return [
        {"pointer": pointer((*place, *([to_camel(name)] if name else []))), "detail": text}
        for name, text in faults
    ]
