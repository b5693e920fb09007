"""Overview of a provider's offers: filters, counters, pages (R26, R27, R58)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.offers.access import for_provider
from app.offers.blueprint import bp
from app.offers.migration import migration_of
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import page_number
from forms.offers.offers import OverviewFilterForm
from processes.base import now, today
from processes.register.offers.bulk_actions import latest_action
from processes.register.offers.offers import Offer, OfferStatus, OverviewFilter, counters, overview
from processes.register.offers.overview import OverviewOrder
from processes.register.paging import Page
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

ANSWERS: Mapping[str | None, bool] = {"ja": True, "nee": False}


@bp.get("")
@requires(Role.PROVIDER)
@limited(Rate.SEARCH)
@for_provider
def index(provider: Provider) -> ResponseReturnValue:
    return overview_page(provider)


@bp.post("/uitleg-gelezen")
@requires(Role.PROVIDER)
@for_provider
def explained(provider: Provider) -> ResponseReturnValue:
    """Dismiss the explanation of the first visit, for the whole company (R27)."""
    provider.overview_explained_at = now()
    unit_of_work(db.session()).commit()
    return redirect(url_for("offers.index"))


def overview_page(provider: Provider, *, problem: str = "") -> str:
    """The overview as the address of this request filters it, with what went wrong."""
    filters = filters_of(request.args)
    ended = OverviewFilter(validity_ended=True)

    def page_url(number: int) -> str:
        words: dict[str, Any] = request.args.to_dict(flat=False) | {"pagina": [str(number)]}
        return url_for("offers.index", **words)

    return render_template(
        "offers/index.html",
        provider=provider,
        page=offers_of(provider, filters, page=page_number()),
        page_url=page_url,
        filters=filters,
        counters=counters(db.session(), provider.kvk, on=today(), branch=current_user().branch),
        migration=migration_of(db.session(), provider.kvk),
        branches=branches_of(provider),
        latest=latest_action(db.session(), provider.id, current_user().branch),
        ended_validity=offers_of(provider, ended, per_page=1).total,
        today=today(),
        problem=problem,
    )


def filters_of(words: MultiDict[str, str]) -> OverviewFilter:
    """The filter in a query string; invalid values are ignored."""
    form = OverviewFilterForm(words)
    form.validate()
    known = {str(OfferStatus.CONCEPT), str(OfferStatus.PUBLISHED), "verlopen"}
    order = words.get("volgorde", "")
    return OverviewFilter(
        text=form.text.data or "",
        status=form.status.data if form.status.data in known else "",
        checked=ANSWERS.get(form.checked.data),
        complete=ANSWERS.get(form.complete.data),
        branch=form.branch.data or "",
        company_wide="bedrijf" in words,
        newer_source="brongegevens" in words,
        validity_ended="validatie" in words,
        order=OverviewOrder(order) if order in set(OverviewOrder) else OverviewOrder.TITLE,
    )


def offers_of(
    provider: Provider, filters: OverviewFilter, *, page: int = 1, per_page: int = 25
) -> Page[Offer]:
    """A page of the offers that this person may see."""
    branch = current_user().branch
    if branch is None:
        filters = replace(filters, company_wide=False)
    return overview(
        db.session(),
        provider.kvk,
        on=today(),
        branch=branch,
        filters=filters,
        page=page,
        per_page=per_page,
    )


def branches_of(provider: Provider) -> list[str]:
    """The branches that have offers, to filter by."""
    query = select(Offer.branch).where(Offer.provider_id == provider.id).distinct()
    return sorted(branch for branch in db.session().scalars(query) if branch)
