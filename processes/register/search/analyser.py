"""Analyser of text for search: the keys of an offer, and those that a question asks for.

A key is a mark and a word: `w=` stands anywhere, `t=` in the title or subject, `n=` in the name of
the provider or the place, `x=` the very word in the title or subject, `f=` a facet.
"""

import re
from dataclasses import dataclass

from processes.reading import characters
from processes.register.search import facets
from processes.register.search.language import dutch
from processes.register.search.language.lexicon import Told, WordLists, plain_key
from processes.register.search.language.stems import (
    MOST_LETTERS,
    before_short_tail,
    known_front,
    plain,
    split,
)
from processes.register.search_words import LONGEST_QUERY, MOST_WORDS

VERSION = 7  # of the keys: an index of another version is made anew

SHORTEST_BEGINNING = 3  # letters before an asterisk that asks for what begins with them
NAMED = {
    **{plain_key(facet): f"f={facet}" for facet in facets.ASKED_BY_NAME},
    plain_key("online"): f"f={facets.ONLINE}",
}
"""Words that name a facet ask for it: "po" in a sentence of the text is not the sector."""


@dataclass(frozen=True)
class Text:
    """What an offer says, by where it says it."""

    head: str  # title and subject
    body: str
    names: str  # of the provider and the place
    facets: frozenset[str]


@dataclass(frozen=True)
class Word:
    """A word that was asked for: one of the alternatives holds, each a set of words or facets.

    A word with an asterisk behind it is whatever begins so.
    """

    word: str
    alternatives: tuple[tuple[str, ...], ...]
    parts: tuple[str, ...] = ()  # what it is made of, for when nothing has it whole
    front: str = ""  # of a compound, as it was typed; its key is the first of the parts

    @property
    def is_facet(self) -> bool:
        return self.alternatives[0][0].startswith("f=")


def keys_of(text: Text, lists: WordLists) -> tuple[frozenset[str], frozenset[str]]:
    """The keys of an offer, and its words for the vocabulary of spelling."""
    head, body, names = (_said(each, lists) for each in (text.head, text.body, text.names))
    every = (head | body | names).values()
    keys = frozenset().union(
        *[told.anywhere for told in every],
        *[told.in_title for told in head.values()],
        *[told.in_names for told in names.values()],
        [f"f={facet}" for facet in text.facets],
    )
    return keys, frozenset().union(*[told.corrected for told in every])


def asked(query: str, lists: WordLists) -> list[Word]:
    """The words of a question, each with what it is found by; at most so many."""
    found: dict[str, Word] = {}
    for run, asterisk in re.findall(r"([a-z0-9]+(?:-[a-z0-9]+)*)(\*?)", typed(query, lists)):
        word = run.replace("-", "")[:MOST_LETTERS]
        if asterisk and len(word) >= SHORTEST_BEGINNING:
            keys = ((key,) for key in lists.keys_begun(word))
            found[f"{word}*"] = Word(f"{word}*", tuple(keys))
        elif word not in dutch.STOP_WORDS and word not in found:
            found[word] = _word(word, run, lists)
    return list(found.values())[:MOST_WORDS]


def _word(word: str, run: str, lists: WordLists) -> Word:
    if facet := NAMED.get(lists.key(word)) or NAMED.get(plain_key(word)):
        return Word(word, ((facet,),))
    hyphened = [part for part in run.split("-") if len(part) > 1] if "-" in run else []
    apart = [part for part in split(word) or hyphened if part not in dutch.STOP_WORDS]
    parts = tuple(sorted({lists.key(part) for part in apart}))
    single = [(key,) for key in lists.keys_asked(word)]
    fronts = [each for each in (known_front(word), before_short_tail(word)) if each]
    rest = (*(lists.key(part) for part in apart), *map(lists.key, fronts))
    front = apart[0] if len(apart) > 1 else ""
    return Word(word, (*single, *([parts] if parts else [])), rest, front)


def _said(text: str, lists: WordLists) -> dict[str, Told]:
    """Each piece of a text between spaces, and each phrase, with what it is found by."""
    pieces = (text if text.isprintable() else characters.line(text)).split()
    seen = lists.seen  # asked here too, as most are there: a call costs more
    said = {piece: seen.get(piece) or lists.told(piece) for piece in pieces}
    begun = {each for told in said.values() if told.phrases for each in told.phrases}
    if begun:
        whole = f" {' '.join([word for piece in pieces for word in said[piece].words])} "
        said |= {word: lists.told(word) for phrase, word in begun if phrase in whole}
    return said


def typed(query: str, lists: WordLists) -> str:
    """As in `words`, but a hyphen stays: nep-nieuws is asked as one word or as both.

    So does an asterisk behind a word.
    """
    text = re.sub(r"[^a-z0-9\-' *]", " ", plain(query[:LONGEST_QUERY]))
    text = re.sub(r"\*(?! |$)|(?<![a-z0-9])\*", " ", re.sub(r"\*+", "*", text))
    text = " ".join(_without_apostrophes(word).strip("-") for word in text.split())
    text = f" {text} "
    for phrase, word in lists.phrases:
        text = text.replace(f" {phrase} ", f" {word} ")
    return text.strip()


def _without_apostrophes(word: str) -> str:
    if word.startswith("'s-"):
        return f"s{word[3:]}"
    return re.sub(r"'s$|'", "", word)
