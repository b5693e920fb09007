"""Access to offers: per company or branch (R54, R60, R62)."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.web.access import current_user
from app.web.db import db
from processes.casework.offers.publication import Worker
from processes.register.offers.offers import (
    Offer,
    OfferNotFoundError,
    OfferStatus,
    readable_offer_of,
)
from processes.register.providers.providers import Provider, provider_of, refuse_when_suspended

View = Callable[..., ResponseReturnValue]


def for_provider(view: View) -> View:
    """Decorator: pass the provider to the view; an unregistered company goes to registration."""

    @wraps(view)
    def checked(**arguments: object) -> ResponseReturnValue:
        provider = provider_of(db.session(), current_user().kvk or "")
        if provider is None:
            flash("Meld uw organisatie eerst aan. Daarna kunt u uw aanbod beheren.", "info")
            return redirect("/aanmelding")
        return view(provider=provider, **arguments)

    return checked


def for_change(view: View) -> View:
    """As `for_provider`; who is suspended or has left may only look (R46, R60)."""

    @for_provider
    @wraps(view)
    def checked(provider: Provider, **arguments: object) -> ResponseReturnValue:
        refuse_when_suspended(provider)
        return view(provider=provider, **arguments)

    return checked


def worker() -> Worker:
    """On whose behalf this request takes steps."""
    user = current_user()
    return Worker(user.kvk or "", user.branch, user.label)


def offer_to_read(offer_id: UUID) -> Offer:
    """The offer: 404 when it is not theirs, 410 when they deleted it."""
    user = current_user()
    try:
        return readable_offer_of(db.session(), offer_id, kvk=user.kvk or "", branch=user.branch)
    except OfferNotFoundError:
        abort(410 if _was_deleted(offer_id) else 404)


def offer_to_change(offer_id: UUID) -> Offer:
    """As `offer_to_read`; a branch may not change an offer of the whole company."""
    offer = offer_to_read(offer_id)
    if not offer.is_editable_for(current_user().branch):
        abort(make_response(render_template("offers/read_only.html", offer=offer), 403))
    return offer


def _was_deleted(offer_id: UUID) -> bool:
    offer = db.session().get(Offer, offer_id)
    if offer is None or offer.status is not OfferStatus.DELETED:
        return False
    provider = db.session().get(Provider, offer.provider_id)
    user = current_user()
    in_branch = user.branch in (None, offer.branch)
    return provider is not None and provider.kvk == user.kvk and in_branch
