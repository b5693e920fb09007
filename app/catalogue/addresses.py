"""Addresses of the catalogue as others keep them: whole, on the public host."""

from flask import url_for

from processes.platform.settings import current_settings
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider


def whole(path: str) -> str:
    """A path of this site as a whole address."""
    return current_settings().public_url.rstrip("/") + path


def offer_address(offer: Offer) -> str:
    """The page of an activity."""
    return whole(url_for("catalogue.show", offer_id=offer.id))


def provider_address(provider: Provider) -> str:
    """The page of a provider."""
    return whole(url_for("catalogue.provider", kvk=provider.kvk))
