"""The question behind what somebody typed: known words, corrections, and what is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from processes.register.search.analyser import Word, asked
from processes.register.search.language import spelling
from processes.register.search.language.lexicon import WordLists
from processes.register.search.language.spelling import LONGEST
from processes.register.search.tables import SearchWord
from processes.register.search.word_lists import lists_of

WORD: Any = SearchWord.__table__
LEAST_BEGINNING, LEAST_REST = 5, 3  # letters of a known word, and of what stands behind it
MOST_BEGUN = 100  # keys of other letters that are asked for what begins with some letters


@dataclass(frozen=True)
class Question:
    """Words that all are to be found, and what became of the others."""

    words: tuple[Word, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()  # what was typed, and what was asked instead
    left_out: tuple[str, ...] = ()

    def loosened(self) -> "Question":
        """With a part of each compound where the whole gave nothing: leesonderwijs, lezen."""
        words = tuple(
            replace(word, alternatives=(*word.alternatives, (word.parts[0],)))
            if word.parts
            else word
            for word in self.words
        )
        return replace(self, words=words)


def understand(session: Session, text: str) -> Question:
    """What to ask for this text; five statements at most, whatever it says."""
    lists = lists_of(session)
    wanted = _with_begun(session, asked(text, lists), lists)
    known = _known(session, wanted)
    strange = [word for word in wanted if not _is_known(word, known)]
    fronts = [word.front for word in strange if not _begins_known(word, known)]
    right = _corrected(session, [*(word.word for word in strange), *fronts])
    right = {word.word: right.get(word.word) or right.get(word.front, "") for word in strange}
    lost = [word for word in strange if not right[word.word] and not known.intersection(word.parts)]
    right |= _beginnings(session, [word.word for word in lost], lists)
    words, corrections, left = [], [], []
    for word in wanted:
        parts = tuple(part for part in word.parts if part in known)
        if word not in strange:
            front = word.front if _begins_known(word, known) else ""
            words.append(replace(word, parts=parts, front=front))
        elif right[word.word]:
            corrections.append((word.word, right[word.word]))
            words += asked(right[word.word], lists)
        elif parts:
            words.append(replace(word, alternatives=(parts[:1],)))
        else:
            left.append(word.word)
    return Question(_once(words), tuple(corrections), tuple(left))


def _with_begun(session: Session, words: Sequence[Word], lists: WordLists) -> list[Word]:
    """With the keys of known words that begin with what an asterisk is behind: lez*, lezen, lees.

    The key of a word need not begin as the word does.
    """
    begun = [word.word[:-1] for word in words if word.word.endswith("*")]
    if not begun:
        return list(words)
    # Between the two by an index, in the order of any language: words are a to z.
    ranges = (
        and_(WORD.c.word.between(each, each + "z" * LONGEST), WORD.c.word.startswith(each))
        for each in begun
    )
    query = select(WORD.c.word).where(WORD.c.cut != "", or_(*ranges)).distinct()
    found = {word: lists.key(word) for (word,) in session.connection().execute(query)}
    return [_of_begun(word, found) if word.word.endswith("*") else word for word in words]


def _of_begun(word: Word, found: Mapping[str, str]) -> Word:
    beginning = word.word[:-1]
    keys = {key for each, key in found.items() if each.startswith(beginning)}
    others = sorted(key for key in keys if not key.startswith(beginning))[:MOST_BEGUN]
    alternatives = (*word.alternatives, *((key,) for key in others))
    return replace(word, alternatives=tuple(dict.fromkeys(alternatives)))


def _once(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({word.word: word for word in words}.values())


def _is_known(word: Word, known: set[str]) -> bool:
    """Whether some offer has it; of what begins with letters the search itself tells."""
    if word.word.endswith("*"):
        return True
    return any(
        all(part.startswith("f=") or part in known for part in parts) for parts in word.alternatives
    )


def _begins_known(word: Word, known: set[str]) -> bool:
    return not word.front or word.parts[0] in known


def _known(session: Session, words: Iterable[Word]) -> set[str]:
    """Which of the words and parts some offer has, or had."""
    parts = {p for word in words for parts in (*word.alternatives, word.parts) for p in parts}
    keys = sorted(mark + part for part in parts for mark in ("w=", "n="))
    query = select(WORD.c.word).where(WORD.c.word.in_(keys)).distinct()
    return {key[2:] for (key,) in session.connection().execute(query)}


def _beginnings(session: Session, words: Iterable[str], lists: WordLists) -> dict[str, str]:
    """The longest known word that each word begins with: verhoudingstabel, verhouding."""
    begins = {
        word: [word[:length] for length in range(len(word) - LEAST_REST, LEAST_BEGINNING - 1, -1)]
        for word in words
    }
    every = {each for some in begins.values() for each in some}
    if not every:
        return {}
    keys = {each: f"w={lists.key(each)}" for each in every}
    query = select(WORD.c.word).where(WORD.c.word.in_(sorted({*every, *keys.values()})))
    known = set(session.connection().execute(query.distinct()).scalars())
    found = {word: _longest(some, keys, known) for word, some in begins.items()}
    return {word: beginning for word, beginning in found.items() if beginning}


def _longest(beginnings: Sequence[str], keys: Mapping[str, str], known: set[str]) -> str:
    """The longest that is a word itself, else the shortest with the key of the longest."""
    by_key = [each for each in beginnings if keys[each] in known]
    alike = [each for each in by_key if keys[each] == keys[by_key[0]]]
    return next((each for each in beginnings if each in known), alike[-1] if alike else "")


def _corrected(session: Session, words: Iterable[str]) -> dict[str, str]:
    """The nearest word of the vocabulary for each word that has one."""
    cuts = {word: spelling.cuts(word) for word in words if spelling.is_corrected(word)}
    if not cuts:
        return {}
    every = sorted(set().union(*cuts.values()))
    query = select(WORD.c.cut, WORD.c.word).where(WORD.c.cut.in_(every))
    rows = [(cut, word) for cut, word in session.connection().execute(query.distinct())]
    near = {
        word: spelling.nearest(word, {other for cut, other in rows if cut in own})
        for word, own in cuts.items()
    }
    return {word: other for word, other in near.items() if other}
