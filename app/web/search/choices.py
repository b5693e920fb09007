"""The facets of the catalogue in words: each choice with its number, and whether it is chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from processes.dutch import month_in_words
from processes.register.catalogue.address import PARAMETERS
from processes.register.catalogue.catalogue import CatalogueQuery, Results
from processes.register.catalogue.facet_labels import LABELS
from processes.register.search import facets
from processes.register.search.summary import Named
from processes.register.search.tables import first_of, month_text

TITLES = {
    "sector": "Sector",
    "gebied": "Bekwaamheidsgebied",
    "soort": "Type activiteit",
    "waar": "Waar",
    "duur": "Aantal uren",
    "prijs": "Prijs",
    "taal": "Taal",
}


@dataclass(frozen=True)
class Option:
    """One value of a facet."""

    value: str
    label: str
    number: int | None  # of activities that choosing it would give; None: not counted
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A facet: several of its values widen the search."""

    name: str  # of the parameter
    title: str
    options: list[Option]

    @property
    def is_useful(self) -> bool:
        """Whether a value is chosen, or could find something: a list of noughts leads nowhere."""
        return any(option.is_chosen or option.number != 0 for option in self.options)


def choices_of(query: CatalogueQuery, results: Results, names: Mapping[str, str]) -> list[Choice]:
    """Every facet; `names` has the providers chosen by their KvK numbers."""
    fixed = [
        Choice(name, TITLES[name], _fixed(getattr(query, group), group, results))
        for name, group in PARAMETERS.items()
    ]
    months = [
        Named(month_text(month), month_in_words(first_of(month)), results.months.get(month, 0))
        for month in sorted({*results.months, *query.months})
    ]
    begin = {month_text(month) for month in query.months}
    return [
        *fixed,
        Choice("begin", "Begint in", _named(months, begin, {})),
        Choice("vak", "Vak of onderwerp", _named(results.subjects, query.subjects, {})),
        Choice("aanbieder", "Aanbieder", _named(results.providers, query.providers, names)),
    ]


def _fixed(chosen: Iterable[str], group: str, results: Results) -> list[Option]:
    return [
        Option(value, LABELS[value], results.counts[value], value in chosen)
        for value in facets.GROUPS[group]
    ]


def _named(
    listed: Iterable[Named], chosen: Iterable[str], names: Mapping[str, Any]
) -> list[Option]:
    """Those listed, and those chosen that are not among them."""
    options = [Option(each.value, each.label, each.number, each.value in chosen) for each in listed]
    known = {option.value for option in options}
    return options + [
        Option(value, names.get(value, value), None, is_chosen=True)
        for value in sorted(chosen)
        if value not in known
    ]
