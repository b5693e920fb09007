"""Analyser of Dutch text for search: folded words, stems, parts of compounds, synonyms, keys.

A key is a mark and a word: `w=` stands anywhere, `t=` in the title or subject, `n=` in the name of
the provider or the place, `x=` the very word in the title or subject, `f=` a facet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

# Its own module: `snowballstemmer.stemmer()` takes PyStemmer instead where that is installed.
from snowballstemmer.dutch_stemmer import DutchStemmer

from processes.reading import characters
from processes.register.search import dutch, facets
from processes.register.search.spelling import is_corrected
from processes.register.search_words import LONGEST_QUERY, MOST_WORDS, folded

VERSION = 7  # of the keys: an index of another version is made anew

MOST_LETTERS = 40  # of a key; what is longer is cut
MOST_SEEN = 50_000  # pieces of texts that are remembered: some 60 MB
SHORTEST_STEM = 3
LONGEST_ENDING = 7  # after the beginning of an exception
SHORTEST_BEGINNING = 3  # letters before an asterisk that asks for what begins with them
PLAIN_TAIL = 6  # letters of a tail that ends a compound whatever stands in front of it
SHORTEST_FRONT = 4  # letters of a front that no list knows
LIGATURES = str.maketrans(
    {
        **dict.fromkeys("\u2019\u2018\u02bc`\u00b4", "'"),
        **dict.fromkeys("\u2013\u2014\u2011", "-"),
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
    }
)
RUN = re.compile(r"[a-z0-9']+(?:[-/&+.][a-z0-9']+)*")
STEMMER = DutchStemmer()


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
    seen: dict[str, "Told"] = field(default_factory=dict, compare=False, repr=False)
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
        other = "" if word in self.exceptions else _key(word)
        return [key for key in dict.fromkeys((self.key(word), other, third_person(word))) if key]

    def told(self, piece: str) -> "Told":
        """What a piece of an offer's text is found by."""
        if (found := self.seen.get(piece)) is None:
            if len(self.seen) >= MOST_SEEN:
                self.seen.clear()
            found = self.seen[piece] = self._told(tuple(words(piece)))
        return found

    def _told(self, words: tuple[str, ...]) -> "Told":
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
    if facet := NAMED.get(lists.key(word)) or NAMED.get(_key(word)):
        return Word(word, ((facet,),))
    hyphened = [part for part in run.split("-") if len(part) > 1] if "-" in run else []
    apart = [part for part in split(word) or hyphened if part not in dutch.STOP_WORDS]
    parts = tuple(sorted({lists.key(part) for part in apart}))
    single = [(key,) for key in lists.keys_asked(word)]
    fronts = [each for each in (_front(word), _before_short_tail(word)) if each]
    rest = (*(lists.key(part) for part in apart), *map(lists.key, fronts))
    front = apart[0] if len(apart) > 1 else ""
    return Word(word, (*single, *([parts] if parts else [])), rest, front)


def words(text: str) -> list[str]:
    """Folded words: 's-Hertogenbosch is also hertogenbosch, e-learning is elearning, learning."""
    return [word for run in RUN.findall(_plain(text)) for word in _words_of(run)]


@lru_cache(100_000)
def _words_of(run: str) -> tuple[str, ...]:
    parts = [
        re.sub(r"('s|')$|^'|'", "", part) if part != "'s" else ""
        for part in re.split(r"[-/&+.]", run)
    ]
    found = [part for part in parts if len(part) > 1 or part.isdigit()]
    if len(parts) > 1 and "/" not in run:
        found.insert(0, re.sub(r"[-&+.']", "", run))
    return tuple(word[:MOST_LETTERS] for word in found if word)


@lru_cache(100_000)
def stem(word: str) -> str:
    """What forms of one word have in common: scholen and school, bewijzen and bewijs."""
    if (key := _exception(word)) is not None:
        return key
    if len(word) <= SHORTEST_STEM or not word.isalpha():
        return word
    if re.search(r"[bdfgklmnpr]de$|[ckfg]te$", word):
        word = word[:-1]  # begaafde: begaafd
    if word.endswith(("ieen", "eeen")):
        word = word[:-2]  # theorieen: theorie
    key = str(STEMMER.stemWord(word))
    if key.endswith("e"):
        key = str(STEMMER.stemWord(key[:-1]))  # moeilijke: moeilijk; functies: functie
    return _evened(key)


def _evened(key: str) -> str:
    """One spelling for stems of one word: drukk and druk, motiver and motiveer."""
    key = re.sub(r"([bcdfgklmnprstvz])\1$", r"\1", key)
    key = re.sub(r"(?<=.{3}[^aeiou])eer$", "er", key)
    key = re.sub(r"if$", "ief", key)  # creativiteit: creatief
    return re.sub(r"(?<=.{3}ct)(i|ief)$", "er", key)  # reflectie: reflecteren


def _exception(word: str) -> str | None:
    if word in dutch.EXCEPTIONS:
        return dutch.EXCEPTIONS[word]
    for beginning, key in dutch.BEGINNINGS.items():
        if word.startswith(beginning) and len(word) <= len(beginning) + LONGEST_ENDING:
            return key or beginning
    return None


@lru_cache(100_000)
def third_person(word: str) -> str | None:
    """The stem of what may be a third person: bewijst, bewijs. Beside `stem`: kaart is none."""
    if len(word) <= SHORTEST_STEM + 1 or word in dutch.EXCEPTIONS:
        return None
    if not re.search(r"[aeiouyj][bdfgklmnprsw]t$", word):
        return None
    return word[:-1] if word.endswith("ent") else stem(word[:-1])


@lru_cache(100_000)
def split(word: str) -> tuple[str, ...]:
    """The parts of a compound, muziekles is muziek and les; else nothing.

    Both are known, or what ends it is long enough to tell: actieonderzoek.
    """
    for cut in range(len(word) - SHORTEST_STEM, SHORTEST_STEM - 1, -1):
        front, tail = word[:cut], word[cut:]
        if tail in dutch.TAILS:
            for known in (front, front.removesuffix("s")):
                if known in dutch.FRONTS or _is_front_of(known, tail):
                    return known, tail
    return ()


def _is_front_of(front: str, tail: str) -> bool:
    is_long = len(front) >= SHORTEST_FRONT and len(tail) >= PLAIN_TAIL
    return is_long and front.isalpha() and front not in dutch.PREFIXES


def _before_short_tail(word: str) -> str | None:
    """What stands before a short tail, when no list knows it: only to ask whether offers do."""
    tails = (tail for tail in dutch.TAILS if len(tail) < PLAIN_TAIL and word.endswith(tail))
    fronts = [word.removesuffix(tail).removesuffix("s") for tail in tails]
    return min((each for each in fronts if len(each) >= SHORTEST_FRONT), key=len, default=None)


def _front(word: str) -> str | None:
    """The longest known front of a compound whose end is not known."""
    lengths = range(len(word) - 4, SHORTEST_STEM, -1)
    return next((word[:length] for length in lengths if word[:length] in dutch.FRONTS), None)


def _key(word: str) -> str:
    """As `WordLists.key`, without what staff adds."""
    key = stem(word)
    return SYNONYM.get(key, key)


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
    text = re.sub(r"[^a-z0-9\-' *]", " ", _plain(query[:LONGEST_QUERY]))
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


def _plain(text: str) -> str:
    plain = folded(text if text.isascii() else text.casefold().translate(LIGATURES))
    return plain.replace("`", "'") if plain.isascii() else plain.translate(LIGATURES)


SYNONYM: Mapping[str, str] = {
    stem(word): stem(line.split()[0]) for line in dutch.SYNONYMS for word in line.split()
}
NAMED = {
    **{_key(facet): f"f={facet}" for facet in facets.ASKED_BY_NAME},
    _key("online"): f"f={facets.ONLINE}",
}
"""Words that name a facet ask for it: "po" in a sentence of the text is not the sector."""
