"""The public catalogue for programs: the same search as its page, without a key."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.api.answers import Answer
from app.api.blueprint import entrance as bp
from app.api.operation import Operation, describes
from app.api.queries import asked
from app.api.register.answers import (
    CatalogueAnswer,
    CatalogueOfferAnswer,
    CorrectionAnswer,
    EvaluationAnswer,
    NamedAnswer,
    OfferAnswer,
    ProviderAnswer,
    ProvidersAnswer,
)
from app.api.register.queries import NumberedPageQuery, OffersQuery, page_links
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.base import today
from processes.register.catalogue.catalogue import (
    catalogue_offer,
    listed_provider,
    providers_page,
    search,
)
from processes.register.offers.evaluations import summary_of
from processes.register.offers.offers import OfferNotFoundError
from processes.register.search.tables import month_text

TAG = "catalogue"


@bp.get("/catalogus")
@public
@limited(Rate.SEARCH)
@describes(Operation(TAG, {200: CatalogueAnswer}, query=OffersQuery, is_open=True))
def catalogue() -> ResponseReturnValue:
    """Search the activities that teachers can choose from now."""
    query = asked(OffersQuery)
    found = search(db.session(), on=today(), query=query.search, page=query.page)
    answer = CatalogueAnswer(
        page=found.number,
        pages=found.pages,
        total=found.total,
        offers=[OfferAnswer.of(offer) for offer in found],
        counts=dict(found.counts),
        months={month_text(each): found.months[each] for each in sorted(found.months)},
        providers=NamedAnswer.all_of(found.providers),
        subjects=NamedAnswer.all_of(found.subjects),
        corrections=[CorrectionAnswer(typed=a, searched=b) for a, b in found.corrections],
        left_out=list(found.left_out),
    )
    return answered(answer, page_links(found.number, found.pages))


@bp.get("/catalogus/<uuid:offer_id>")
@public
@limited(Rate.SEARCH)
@describes(Operation(TAG, {200: CatalogueOfferAnswer}, refuses=(404, 410), is_open=True))
def catalogue_activity(offer_id: UUID) -> ResponseReturnValue:
    """An activity that is in the catalogue or was; 410 once its provider deleted it.

    Raises OfferNotFoundError, also for one that the staff took out of the catalogue.
    """
    entry = catalogue_offer(db.session(), offer_id, on=today())
    if entry.state == "hidden":
        raise OfferNotFoundError(offer_id)
    evaluation = EvaluationAnswer.of(summary_of(db.session(), offer_id))
    return answered(CatalogueOfferAnswer.of(entry.offer, state=entry.state, evaluation=evaluation))


@bp.get("/aanbieders")
@public
@limited(Rate.SEARCH)
@describes(Operation(TAG, {200: ProvidersAnswer}, query=NumberedPageQuery, is_open=True))
def providers() -> ResponseReturnValue:
    """The providers that have activities in the catalogue now."""
    query = asked(NumberedPageQuery)
    found = providers_page(db.session(), on=today(), page=query.page)
    answer = ProvidersAnswer(
        page=found.number,
        pages=found.pages,
        total=found.total,
        providers=[ProviderAnswer.of(each) for each in found],
    )
    return answered(answer, page_links(found.number, found.pages))


@bp.get("/aanbieders/<kvk>")
@public
@limited(Rate.SEARCH)
@describes(Operation(TAG, {200: ProviderAnswer}, refuses=(404,), is_open=True))
def provider(kvk: str) -> ResponseReturnValue:
    """A provider, by KvK number."""
    return answered(ProviderAnswer.of(listed_provider(db.session(), kvk)))


def answered(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """The answer with its ETag, readable from every site; 304 where the asker has it already."""
    response = jsonify(answer.body())
    response.headers.update(headers or {})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.cache_control.no_cache = True  # a provider may hide it at any moment (R20)
    response.add_etag()
    response.make_conditional(request)
    return response
