"""The sentences that the engine says to people, by key; the text of each stands in `nl/*.toml`.

A key is `room.name`: the sentence `name` in the file `room.toml`. A sentence in another language
is the same key in a folder beside `nl`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import TypeAlias

LANGUAGE = "nl"
FOLDER = Path(__file__).parent

Room: TypeAlias = Mapping[str, str | dict[str, str]]
"""What one file holds: sentences by name, and lists of words by the name of the list."""


class UnknownSentenceError(LookupError):
    """No sentence, or list of words, stands under this key."""


class SentenceVariablesError(TypeError):
    """The variables that were given are not those that the sentence takes."""


def say(key: str, /, **variables: object) -> str:
    """The sentence under this key, with its variables filled in.

    Raises UnknownSentenceError and SentenceVariablesError.
    """
    text, wanted = _sentence(key)
    if wanted != variables.keys():
        message = f"{key} takes {sorted(wanted)}, and was given {sorted(variables)}"
        raise SentenceVariablesError(message)
    return text.format_map(variables)


@cache
def word_list(key: str) -> Mapping[str, str]:
    """The list of words under this key: what is meant → how it is called.

    Raises UnknownSentenceError.
    """
    found = _found(key)
    if isinstance(found, str):
        raise UnknownSentenceError(key)
    return MappingProxyType(found)


def variables_of(text: str) -> frozenset[str]:
    """The names between braces in a sentence."""
    return frozenset(name for _text, name, _format, _conversion in Formatter().parse(text) if name)


@cache
def room(name: str) -> Room:
    """All sentences and lists of words of one room; raises UnknownSentenceError."""
    try:
        return tomllib.loads((FOLDER / LANGUAGE / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnknownSentenceError(name) from None


@cache
def _sentence(key: str) -> tuple[str, frozenset[str]]:
    found = _found(key)
    if not isinstance(found, str):
        raise UnknownSentenceError(key)
    return found, variables_of(found)


def _found(key: str) -> str | dict[str, str]:
    place, _, name = key.partition(".")
    try:
        return room(place)[name]
    except KeyError:
        raise UnknownSentenceError(key) from None
