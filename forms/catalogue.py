"""Parses the query string of the catalogue; invalid values are ignored."""

import re
from collections.abc import Iterable
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from processes.reading import characters
from processes.register.catalogue import CatalogueQuery, Order
from processes.register.search import facets
from processes.register.search.tables import month_value

PARAMETERS = {
    "waar": "places",
    "sector": "sectors",
    "gebied": "areas",
    "soort": "kinds",
    "duur": "durations",
    "prijs": "prices",
    "taal": "languages",
}
"""The parameter of each group of facets."""
MOST_VALUES = 20  # of one parameter without a list of its own
LONGEST_SUBJECT = 100


def query_of(words: MultiDict[str, str], *, order: Order | None = None) -> CatalogueQuery:
    """The search of an address such as ?zoek=rekenen&sector=po&sector=vo."""
    known = {
        group: frozenset(words.getlist(name)) & frozenset(facets.GROUPS[group])
        for name, group in PARAMETERS.items()
    }
    providers = [characters.line(text) for text in words.getlist("aanbieder")]
    numbers = [text for text in providers if re.fullmatch(r"[0-9]{8}", text)]
    months = (month_value(text) for text in words.getlist("begin")[:MOST_VALUES])
    subjects = (characters.line(text).lower() for text in words.getlist("vak"))
    return CatalogueQuery(
        text=characters.line(words.get("zoek", "")),
        hours=(_hours(words, "van"), _hours(words, "tot")),
        months=frozenset(month for month in months if month is not None),
        subjects=_some(text for text in subjects if len(text) <= LONGEST_SUBJECT),
        providers=_some(numbers),
        provider=next((text for text in providers if text and text not in numbers), ""),
        order=order or _order(words.get("volgorde", "")),
        **known,
    )


def _some(values: Iterable[str]) -> frozenset[str]:
    return frozenset(list(filter(None, values))[:MOST_VALUES])


def _order(word: str) -> Order | None:
    return Order(word) if word in list(Order) else None


def _hours(words: MultiDict[str, str], name: str) -> Decimal | None:
    text = characters.line(words.get(name, "")).replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,2})?", text) else None
