"""The values of an offer's facets that follow from its runs, hours and texts."""

from processes.register.offers.rules import Offer
from processes.register.offers.run_values import LANGUAGE_LABELS
from processes.register.search import facets
from processes.register.search_words import folded

LANGUAGES = {folded(label): f"taal-{language}" for language, label in LANGUAGE_LABELS.items()}
"""What an offer says of its language as a whole, in a text."""


def values_of(offer: Offer) -> set[str]:
    """Place, duration, prices and languages."""
    duration = facets.step("durations", facets.DURATIONS, offer.total_hours)
    return {*_where(offer), duration, *_prices(offer), *_languages(offer)}


def _prices(offer: Offer) -> set[str]:
    known = [run.price for run in offer.runs if run.price is not None]
    if not known and folded(offer.cost).strip(" .") in {"gratis", "kosteloos", "geen"}:
        return {facets.FREE}
    found = {facets.step("prices", facets.PRICES, price) for price in known}
    return found or {facets.UNKNOWN_PRICE}


def _languages(offer: Offer) -> set[str]:
    found = {f"taal-{run.language}" for run in offer.runs if run.language}
    if found or not offer.language:
        return found
    return {value for label, value in LANGUAGES.items() if label in folded(offer.language)}


def _where(offer: Offer) -> set[str]:
    """Online or at a place, or both: as its runs say, else as it says itself."""
    said = {facets.ONLINE if run.online else facets.AT_A_PLACE for run in offer.runs}
    if offer.online:
        return {facets.ONLINE, *(said if any(run.place for run in offer.runs) else ())}
    return said or {facets.AT_A_PLACE}
