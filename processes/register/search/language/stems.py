"""Words of Dutch text: folded, their stems, and the parts of compounds."""

import re
from functools import lru_cache

# Its own module: `snowballstemmer.stemmer()` takes PyStemmer instead where that is installed.
from snowballstemmer.dutch_stemmer import DutchStemmer

from processes.register.search.language import dutch
from processes.register.search_words import folded

MOST_LETTERS = 40  # of a word; what is longer is cut
SHORTEST_STEM = 3
LONGEST_ENDING = 7  # after the beginning of an exception
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


def words(text: str) -> list[str]:
    """Folded words: 's-Hertogenbosch is also hertogenbosch, e-learning is elearning, learning."""
    return [word for run in RUN.findall(plain(text)) for word in _words_of(run)]


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


def before_short_tail(word: str) -> str | None:
    """What stands before a short tail, when no list knows it: only to ask whether offers do."""
    tails = (tail for tail in dutch.TAILS if len(tail) < PLAIN_TAIL and word.endswith(tail))
    fronts = [word.removesuffix(tail).removesuffix("s") for tail in tails]
    return min((each for each in fronts if len(each) >= SHORTEST_FRONT), key=len, default=None)


def known_front(word: str) -> str | None:
    """The longest known front of a compound whose end is not known."""
    lengths = range(len(word) - 4, SHORTEST_STEM, -1)
    return next((word[:length] for length in lengths if word[:length] in dutch.FRONTS), None)


def plain(text: str) -> str:
    plain = folded(text if text.isascii() else text.casefold().translate(LIGATURES))
    return plain.replace("`", "'") if plain.isascii() else plain.translate(LIGATURES)
