"""Parses and writes the query string of the catalogue; invalid values are ignored."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from processes.dutch import decimal_text, month_in_words
from processes.reading import characters
from processes.register.catalogue.catalogue import CatalogueQuery, Order
from processes.register.catalogue.facet_labels import LABELS
from processes.register.search import facets
from processes.register.search.tables import first_of, month_text, month_value

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
LONGEST_NAME = 200  # of a provider

Words = Mapping[str, Sequence[str]]
"""The values of each parameter."""


def query_of(words: Words, *, order: Order | None = None) -> CatalogueQuery:
    """The search of an address such as ?zoek=rekenen&sector=po&sector=vo."""
    known: dict[str, Any] = {
        group: frozenset(words.get(name, ())) & frozenset(facets.GROUPS[group])
        for name, group in PARAMETERS.items()
    }
    providers = [characters.line(text) for text in words.get("aanbieder", ())]
    numbers = [text for text in providers if re.fullmatch(r"[0-9]{8}", text)]
    months = (month_value(text) for text in words.get("begin", ())[:MOST_VALUES])
    subjects = (characters.line(text).lower() for text in words.get("vak", ()))
    return CatalogueQuery(
        text=characters.line(_first(words, "zoek")),
        hours=(_hours(words, "van"), _hours(words, "tot")),
        months=frozenset(month for month in months if month is not None),
        subjects=_some(text for text in subjects if len(text) <= LONGEST_SUBJECT),
        providers=_some(numbers),
        provider=next((text for text in providers if _is_name(text)), ""),
        order=order or _order(_first(words, "volgorde")),
        **known,
    )


def words_of(query: CatalogueQuery) -> dict[str, list[str]]:
    """The parameters that `query_of` reads as this search, its order left out."""
    least, most = query.hours
    words = {
        "zoek": [query.text],
        **{name: sorted(getattr(query, group)) for name, group in PARAMETERS.items()},
        "van": ["" if least is None else str(least)],
        "tot": ["" if most is None else str(most)],
        "begin": [month_text(month) for month in sorted(query.months)],
        "vak": sorted(query.subjects),
        "aanbieder": [*sorted(query.providers), query.provider],
    }
    return {name: kept for name, values in words.items() if (kept := list(filter(None, values)))}


def in_words(query: CatalogueQuery, names: Mapping[str, str]) -> str:
    """What is searched, for a reader; `names` has the providers that are listed, by KvK number."""
    least, most = query.hours
    words = [
        query.text,
        *(label for value, label in LABELS.items() if value in query.facets),
        "" if least is None else f"Vanaf {decimal_text(least)} uur",
        "" if most is None else f"Tot en met {decimal_text(most)} uur",
        *(f"Begint in {month_in_words(first_of(month))}" for month in sorted(query.months)),
        *sorted(query.subjects),
        *(_provider_in_words(kvk, names) for kvk in sorted(query.providers)),
        f"Aanbieder {query.provider}" if query.provider else "",
    ]
    return ", ".join(filter(None, words)) or "Alle activiteiten"


def _provider_in_words(kvk: str, names: Mapping[str, str]) -> str:
    gone = f"Aanbieder met KvK-nummer {kvk} (nu niet in de catalogus)"
    return f"Aanbieder {names[kvk]}" if kvk in names else gone


def _first(words: Words, name: str) -> str:
    return next(iter(words.get(name, ())), "")


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and not re.fullmatch(r"[0-9]{8}", text)


def _some(values: Iterable[str]) -> frozenset[str]:
    return frozenset(list(filter(None, values))[:MOST_VALUES])


def _order(word: str) -> Order | None:
    return Order(word) if word in list(Order) else None


def _hours(words: Words, name: str) -> Decimal | None:
    text = characters.line(_first(words, name)).replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,2})?", text) else None
