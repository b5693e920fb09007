"""Reads a type of FEEL, as `list<number>` (DMN 1.5 §10.3.1.2, grammar rule 54)."""

from typing import Final

from processes.engine.language.feel.source import Source, longest
from processes.engine.language.feel.types import Type, named_type

LONG_TYPES: Final = (
    "years and months duration",
    "days and time duration",
    "date and time",
)


def type_at(source: Source) -> Type:
    """The type that comes next. Raises FeelSyntaxError."""
    for holder in ("list", "range"):
        if source.take(f"{holder}<"):
            inner = type_at(source)
            source.want(">")
            return Type(holder, inner)
    if source.take("context<"):
        return Type("context", entries=tuple(_entries(source)))
    if source.take("function<"):
        return _function(source)
    source.skip()
    found = longest(LONG_TYPES, source.text, source.at)
    if found:
        name, source.at = found
        return named_type(name)
    name = source.words()
    while source.take("."):
        name += "." + source.words()
    return named_type(name)


def _entries(source: Source) -> list[tuple[str, Type]]:
    entries = []
    while not source.take(">"):
        name = source.words()
        source.want(":")
        entries.append((name, type_at(source)))
        source.take(",")
    return entries


def _function(source: Source) -> Type:
    parameters = []
    while not source.take(">"):
        parameters.append(type_at(source))
        source.take(",")
    source.want("->")
    return Type("function", type_at(source), parameters=tuple(parameters))
