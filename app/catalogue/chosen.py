"""The filters of the catalogue that are chosen, each with the address without it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from processes.register.catalogue import CatalogueQuery
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.providers import Provider

PLACES = {"online": "Online", "plaats": "Op een plaats"}


@dataclass(frozen=True)
class ChosenFilter:
    """One filter, in words, and the address of the same search without it."""

    label: str
    without: str


def chosen_filters(
    path: str, words: MultiDict[str, str], query: CatalogueQuery, providers: list[Provider]
) -> list[ChosenFilter]:
    """Each filter of the query, in the order of the form; what was ignored is none."""
    named = {provider.kvk: provider.display_name for provider in providers}
    hours = [
        (name, words.get(name, ""), f"{text} {words.get(name, '').strip()} uur")
        for name, text, limit in zip(
            ("van", "tot"), ("Vanaf", "Tot en met"), query.hours, strict=True
        )
        if limit is not None
    ]
    places = [words.get("waar", "")] if query.online is not None else []
    found = [
        *(("waar", place, PLACES[place]) for place in places),
        *(("sector", each, each.label) for each in Sector if each in query.sectors),
        *(("gebied", each, each.label) for each in Area if each in query.areas),
        *(("soort", each, each.label) for each in OfferKind if each in query.kinds),
        *hours,
    ]
    if query.provider:
        shown = named.get(query.provider, query.provider)
        found.append(("aanbieder", words.get("aanbieder", ""), shown))
    return [ChosenFilter(label, _without(path, words, name, value)) for name, value, label in found]


def _without(path: str, words: MultiDict[str, str], name: str, value: str) -> str:
    kept = [
        (key, each)
        for key, each in words.items(multi=True)
        if each and key != "pagina" and (key, each) != (name, str(value))
    ]
    return f"{path}?{urlencode(kept)}" if kept else path
