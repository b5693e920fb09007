"""The filters of the catalogue that are chosen, each with the address without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.web.search.choices import Choice
from processes.reading import characters
from processes.register.catalogue.catalogue import CatalogueQuery


@dataclass(frozen=True)
class ChosenFilter:
    """One filter, in words, and the address of the same search without it."""

    label: str
    without: str


def chosen_filters(
    path: str, words: MultiDict[str, str], query: CatalogueQuery, choices: Iterable[Choice]
) -> list[ChosenFilter]:
    """Each filter of the query, in the order of the form; what was ignored is none."""
    found = [
        (choice.name, option.value, option.label)
        for choice in choices
        for option in choice.options
        if option.is_chosen
    ]
    for name, text, limit in zip(("van", "tot"), ("Vanaf", "Tot en met"), query.hours, strict=True):
        if limit is not None:
            found.append((name, words.get(name, ""), f"{text} {words.get(name, '').strip()} uur"))
    if query.provider:
        found.append(("aanbieder", query.provider, f"Aanbieder: {query.provider}"))
    return [ChosenFilter(label, _without(path, words, name, value)) for name, value, label in found]


def _without(path: str, words: MultiDict[str, str], name: str, value: str) -> str:
    kept = [
        (key, each)
        for key, each in words.items(multi=True)
        if each and key != "pagina" and (key != name or _same(each) != _same(value))
    ]
    return f"{path}?{urlencode(kept)}" if kept else path


def _same(text: str) -> str:
    return characters.line(text).lower()
