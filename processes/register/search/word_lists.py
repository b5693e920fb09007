"""Synonyms and exceptions to stemming that staff keeps in texts, a group of words on each line."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, aliased

from processes.register.search.analyser import typed
from processes.register.search.language import dutch
from processes.register.search.language.lexicon import SYNONYM, WordLists
from processes.register.search.language.stems import MOST_LETTERS, stem
from processes.register.texts import TextVersion
from processes.statements import Statement

SYNONYMS, EXCEPTIONS = "search:synonyms", "search:exceptions"  # keys of texts
KINDS = (SYNONYMS, EXCEPTIONS)
MOST_WORDS = 20  # on a line
FEWEST_LETTERS = 2
NOTHING, NO_PHRASES = WordLists(), WordLists(phrases=())


_OTHER = aliased(TextVersion)
_LATEST = select(func.max(_OTHER.version)).where(_OTHER.key == TextVersion.key)
CURRENT = Statement(
    select(TextVersion.key, TextVersion.text)
    .where(TextVersion.key.in_([literal(kind) for kind in KINDS]))
    .where(TextVersion.version == _LATEST.scalar_subquery())
)
"""The kind and the lines of each list: each search and each publication asks it."""


def lists_of(session: Session) -> WordLists:
    """The lists as they are now."""
    return lists_among(CURRENT.all(session.connection(), {}))


def lists_among(rows: Iterable[tuple[str, str | None]]) -> WordLists:
    """The lists of these rows of CURRENT."""
    found = {kind: lines or "" for kind, lines in rows}
    return word_lists(found.get(SYNONYMS, ""), found.get(EXCEPTIONS, "")) if found else NOTHING


@lru_cache(8)
def word_lists(synonyms: str, exceptions: str) -> WordLists:
    """The lists that these texts make of those in the code."""
    stems = {
        word: stem(group[0]) for group in groups_of(exceptions) for word in group if " " not in word
    }
    known, phrases = dict(SYNONYM), list(dutch.PHRASES)
    for group in groups_of(synonyms):
        phrases += [(each, joined(each)) for each in group if " " in each]
        keys = [stems.get(word) or stem(word) for word in map(joined, group)]
        together = {known.get(key, key) for key in keys}
        stands_for_all = next((known[key] for key in keys if key in known), keys[0])
        known |= dict.fromkeys((*keys, *together), stands_for_all)
        known |= {key: stands_for_all for key, other in known.items() if other in together}
    return WordLists(stems, known, tuple(phrases))


def groups_of(text: str) -> Iterator[list[str]]:
    """The words and phrases of each line, folded as a question is."""
    for line in text.splitlines():
        each_typed = (typed(each, NO_PHRASES) for each in re.split("[,;=:]", line))
        group = [" ".join(re.sub("[-*]", "", each).split()) for each in each_typed]
        if words := [each for each in dict.fromkeys(group) if each]:
            yield words


def joined(phrase: str) -> str:
    """The one word that stands for a phrase."""
    return phrase.replace(" ", "")[:MOST_LETTERS]


def problems_of(text: str) -> list[str]:
    """What is wrong with the lines of a list, in Dutch; none when all is well."""
    return [
        f"Regel {number}: {problem}"
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
        for problem in _problems(next(groups_of(line), []))
    ]


def _problems(words: list[str]) -> Iterable[str]:
    if len(words) < 2:  # noqa: PLR2004 - a group
        yield "zet hier twee of meer woorden, met een komma ertussen."
    elif len(words) > MOST_WORDS:
        yield f"zet hier hoogstens {MOST_WORDS} woorden."
    elif short := [word for word in words if len(word) < FEWEST_LETTERS]:
        yield f"“{short[0]}” is te kort."
    elif stop := [word for word in words if word in dutch.STOP_WORDS]:
        yield f"op “{stop[0]}” wordt niet gezocht, want dat staat in bijna elke tekst."


def words_changed(before: str, after: str) -> set[str]:
    """The words and phrases of the lines that only one of two texts has."""
    old, new = ({tuple(group) for group in groups_of(text)} for text in (before, after))
    return {word for group in old ^ new for word in group}
