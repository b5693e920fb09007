"""Parses the query string of the catalogue; invalid values are ignored."""

import re
from decimal import Decimal
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from processes.reading import characters
from processes.register.catalogue import CatalogueQuery
from processes.register.offers.terms import Area, OfferKind, Sector

PLACES = {"online": True, "plaats": False}


def query_of(words: MultiDict[str, str]) -> CatalogueQuery:
    """The search of an address such as ?zoek=rekenen&sector=po&sector=vo."""
    return CatalogueQuery(
        text=characters.line(words.get("zoek", "")),
        sectors=_known(words, "sector", Sector),
        areas=_known(words, "gebied", Area),
        kinds=_known(words, "soort", OfferKind),
        hours=(_hours(words, "van"), _hours(words, "tot")),
        online=PLACES.get(words.get("waar", "")),
        provider=characters.line(words.get("aanbieder", "")),
    )


def _known(words: MultiDict[str, str], name: str, terms: type[StrEnum]) -> frozenset[str]:
    return frozenset(words.getlist(name)) & frozenset(term.value for term in terms)


def _hours(words: MultiDict[str, str], name: str) -> Decimal | None:
    text = characters.line(words.get(name, "")).replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,2})?", text) else None
