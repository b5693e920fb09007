"""Pages of the public catalogue: search, one activity, sitemap.xml, robots.txt."""

from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.catalogue.addresses import offer_address, provider_address
from app.catalogue.freshness import ask_again, keep_until_midnight
from app.catalogue.structured import About, course_of, description_of, organization_of
from app.web.access import Role, User, public, signed_in_user
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, page_number
from app.web.search.page import search_page
from processes.base import today
from processes.platform.settings import current_settings
from processes.register.catalogue.catalogue import (
    PARTS,
    CatalogueQuery,
    catalogue_offer,
    listed_provider,
    search,
    site_map_parts,
    visible_offer_ids,
)
from processes.register.offers.evaluations import summary_of
from processes.register.offers.offers import Offer
from processes.register.providers.people import Right
from processes.register.search.restrictions import Scope

bp = Blueprint("catalogue", __name__)
add_helpers(bp)


@bp.get("/catalogus")
@public
@limited(Rate.SEARCH)
def index() -> ResponseReturnValue:
    return ask_again(make_response(search_page(Scope.CATALOGUE)))


@bp.get("/catalogus/<uuid:offer_id>")
@public
def show(offer_id: UUID) -> ResponseReturnValue:
    """An offer that is visible or was; a deleted or unpublished one has no page (F3)."""
    entry = catalogue_offer(db.session(), offer_id, on=today())
    user = signed_in_user()
    response = make_response(
        render_template(
            f"catalogue/{entry.state}.html",
            offer=entry.offer,
            provider=entry.offer.provider,
            may_add=user is None or Role.TEACHER in user.roles,
            has_to_log_in=user is None,
            is_own=_is_own(entry.offer, user),
            may_change=user is not None and user.may(Right.EDITOR),
            today=today(),
            about=_about_offer(entry.offer),
            evaluation=summary_of(db.session(), offer_id),
        )
    )
    if entry.state != "visible":
        response.headers["X-Robots-Tag"] = "noindex"
    return ask_again(response)


def _is_own(offer: Offer, user: User | None) -> bool:
    """Whether they find it among their own activities (R54)."""
    if user is None or user.kvk != offer.provider.kvk:
        return False
    return user.branch is None or offer.branch in {None, user.branch}


def _about_offer(offer: Offer) -> About:
    address, provider = offer_address(offer), provider_address(offer.provider)
    data = course_of(offer, address=address, provider_address=provider, on=today())
    return About(offer.title, description_of(offer), address, data)


@bp.get("/catalogus/aanbieder/<string(length=8):kvk>")
@public
@limited(Rate.SEARCH)
def provider(kvk: str) -> ResponseReturnValue:
    """What a provider that is not suspended has in the catalogue."""
    one = listed_provider(db.session(), kvk)
    if one.kvk != kvk:
        address = url_for("catalogue.provider", kvk=one.kvk)
        asked = urlencode(list(request.args.items(multi=True)))
        return redirect(f"{address}?{asked}" if asked else address)  # a number may move once more
    offers = search(
        db.session(),
        on=today(),
        query=CatalogueQuery(providers=frozenset({kvk})),
        page=page_number(),
    )
    address = provider_address(one)
    text = f"Het aanbod van {one.display_name} voor leraren: {offers.total} in de catalogus."
    page = render_template(
        "catalogue/provider.html",
        provider=one,
        page=offers,
        today=today(),
        about=About(one.display_name, text, address, organization_of(one, address=address)),
    )
    return ask_again(make_response(page))


@bp.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """The site map; of a large catalogue, the index of its files (sitemaps.org)."""
    parts = site_map_parts(db.session())
    return _part_of_site_map(0, 1) if parts == 1 else _site_map("sitemap_index", parts=parts)


@bp.get("/sitemap-<int:parts>-<int:part>.xml")
@public
def sitemap_part(parts: int, part: int) -> ResponseReturnValue:
    if parts not in PARTS or part >= parts:
        abort(404)
    return _part_of_site_map(part, parts)


def _part_of_site_map(part: int, parts: int) -> Response:
    ids = visible_offer_ids(db.session(), on=today(), part=part, parts=parts)
    return _site_map("sitemap", offer_ids=ids, is_first=part == 0)


def _site_map(template: str, **values: object) -> Response:
    root = current_settings().public_url.rstrip("/")
    xml = render_template(f"catalogue/{template}.xml", root=root, **values)
    return keep_until_midnight(Response(xml, mimetype="application/xml"))


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    root = current_settings().public_url.rstrip("/")
    text = render_template("catalogue/robots.txt", root=root)
    return keep_until_midnight(Response(text, mimetype="text/plain"))
