"""The values of an offer's facets that follow from its runs, hours and texts."""

from collections.abc import Sequence

from processes.register.offers.rules import Offer
from processes.register.offers.run_values import LANGUAGE_LABELS
from processes.register.offers.runs import Run
from processes.register.search import facets
from processes.register.search_words import folded

LANGUAGES = {folded(label): f"taal-{language}" for language, label in LANGUAGE_LABELS.items()}
"""What an offer says of its language as a whole, in a text."""


def values_of(offer: Offer, runs: Sequence[Run]) -> set[str]:
    """Place, duration, prices and languages, as these of its runs say, else the offer itself."""
    duration = facets.step("durations", facets.DURATIONS, offer.total_hours)
    return {*_where(offer, runs), duration, *_prices(offer, runs), *_languages(offer, runs)}


def _prices(offer: Offer, runs: Sequence[Run]) -> set[str]:
    known = [run.price for run in runs if run.price is not None]
    if not known and folded(offer.cost).strip(" .") in {"gratis", "kosteloos", "geen"}:
        return {facets.FREE}
    found = {facets.step("prices", facets.PRICES, price) for price in known}
    return found or {facets.UNKNOWN_PRICE}


def _languages(offer: Offer, runs: Sequence[Run]) -> set[str]:
    found = {f"taal-{run.language}" for run in runs if run.language}
    if found or not offer.language:
        return found
    return {value for label, value in LANGUAGES.items() if label in folded(offer.language)}


def _where(offer: Offer, runs: Sequence[Run]) -> set[str]:
    """Online or at a place, or both: as its runs say, else as it says itself."""
    said = {facets.ONLINE if run.online else facets.AT_A_PLACE for run in runs}
    if offer.online:
        return {facets.ONLINE, *(said if any(run.place for run in runs) else ())}
    return said or {facets.AT_A_PLACE}
