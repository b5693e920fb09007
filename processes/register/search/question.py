"""The question behind what somebody typed: known words, corrections, and what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.search import spelling
from processes.register.search.analyser import Word, asked
from processes.register.search.tables import SearchWord
from processes.register.search.word_lists import lists_of


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
    """What to ask for this text; three statements, whatever it says."""
    lists = lists_of(session)
    wanted = asked(text, lists)
    known = _known(session, wanted)
    strange = [word for word in wanted if not _is_known(word, known)]
    right = _corrected(session, [word.word for word in strange])
    words, corrections, left = [], [], []
    for word in wanted:
        part = next((part for part in word.parts if part in known), None)
        if word not in strange:
            words.append(replace(word, parts=tuple(p for p in word.parts if p in known)))
        elif word.word in right:
            corrections.append((word.word, right[word.word]))
            words += asked(right[word.word], lists)
        elif part:
            words.append(replace(word, alternatives=((part,),)))
        else:
            left.append(word.word)
    return Question(_once(words), tuple(corrections), tuple(left))


def _once(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({word.word: word for word in words}.values())


def _is_known(word: Word, known: set[str]) -> bool:
    return any(
        all(part.startswith("f=") or part in known for part in parts) for parts in word.alternatives
    )


def _known(session: Session, words: Iterable[Word]) -> set[str]:
    """Which of the words and parts some offer has, or had."""
    parts = {p for word in words for parts in (*word.alternatives, word.parts) for p in parts}
    keys = sorted(mark + part for part in parts for mark in ("w=", "n="))
    query = select(SearchWord.word).where(SearchWord.word.in_(keys)).distinct()
    return {key[2:] for key in session.scalars(query)}


def _corrected(session: Session, words: Iterable[str]) -> dict[str, str]:
    """The nearest word of the vocabulary for each word that has one."""
    cuts = {word: spelling.cuts(word) for word in words if spelling.is_corrected(word)}
    if not cuts:
        return {}
    every = sorted(set().union(*cuts.values()))
    query = select(SearchWord.cut, SearchWord.word).where(SearchWord.cut.in_(every))
    rows = [(cut, word) for cut, word in session.execute(query.distinct())]
    near = {
        word: spelling.nearest(word, {other for cut, other in rows if cut in own})
        for word, own in cuts.items()
    }
    return {word: other for word, other in near.items() if other}
