"""What a word is found by: its stem, or the key that lists of synonyms and exceptions say.

The lists are those of `dutch`, with what staff adds to them (`word_lists`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from processes.register.search.language import dutch
from processes.register.search.language.spelling import is_corrected
from processes.register.search.language.stems import split, stem, third_person, words

MOST_SEEN = 50_000  # pieces of texts that are remembered: some 60 MB
SYNONYM: Mapping[str, str] = {
    stem(word): stem(line.split()[0]) for line in dutch.SYNONYMS for word in line.split()
}


def plain_key(word: str) -> str:
    """What a word is found by, without what staff adds."""
    key = stem(word)
    return SYNONYM.get(key, key)


@dataclass(frozen=True)
class Told:
    """What a piece of an offer's text is found by, by where it stands; a piece has no spaces."""

    words: tuple[str, ...]
    phrases: tuple[tuple[str, str], ...]  # that begin with one of them: `WordLists.beginnings`
    anywhere: frozenset[str]
    in_title: frozenset[str]
    in_names: frozenset[str]
    corrected: frozenset[str]  # of its words, those in the vocabulary of spelling


@dataclass(frozen=True)
class WordLists:
    """The lists of `dutch`, with what staff adds to them (`word_lists`)."""

    exceptions: Mapping[str, str] = field(default_factory=dict)  # a word, and its stem
    synonyms: Mapping[str, str] = field(default_factory=lambda: SYNONYM)  # a stem, and its key
    phrases: tuple[tuple[str, str], ...] = dutch.PHRASES  # and the word that each stands for
    seen: dict[str, Told] = field(default_factory=dict, compare=False, repr=False)
    """Pieces of the texts of offers that were met before: most come again."""

    @cached_property
    def beginnings(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """By the first word, each phrase as it stands between others, with its word."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for phrase, word in self.phrases:
            first = phrase.split()[0]
            found[first] = (*found.get(first, ()), (f" {phrase} ", word))
        return found

    def key(self, word: str) -> str:
        """What a word is found by."""
        key = self.exceptions.get(word) or stem(word)
        return self.synonyms.get(key, key)

    def keys_begun(self, beginning: str) -> list[str]:
        """What all words with this beginning are searched by: their keys begin so, or are these."""
        others = {key for each, key in self.synonyms.items() if each.startswith(beginning)}
        own = (f"{beginning}*", self.key(beginning))
        return [*dict.fromkeys((*own, *sorted(others)))]

    def keys_asked(self, word: str) -> list[str]:
        """What a word is searched by.

        Also by the key without synonyms of staff, which offers have that are not yet keyed anew.
        """
        other = "" if word in self.exceptions else plain_key(word)
        return [key for key in dict.fromkeys((self.key(word), other, third_person(word))) if key]

    def told(self, piece: str) -> Told:
        """What a piece of an offer's text is found by."""
        if (found := self.seen.get(piece)) is None:
            if len(self.seen) >= MOST_SEEN:
                self.seen.clear()
            found = self.seen[piece] = self._told(tuple(words(piece)))
        return found

    def _told(self, words: tuple[str, ...]) -> Told:
        said = [word for word in words if word not in dutch.STOP_WORDS]
        keys = {
            key
            for word in said
            for key in (self.key(word), *map(self.key, split(word)), third_person(word))
            if key
        }
        anywhere, title, names = (frozenset(f"{mark}={key}" for key in keys) for mark in "wtn")
        return Told(
            words,
            tuple(phrase for word in words for phrase in self.beginnings.get(word, ())),
            anywhere,
            title.union(f"x={word}" for word in said),
            names,
            frozenset(filter(is_corrected, said)),
        )
