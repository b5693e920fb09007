"""Which offers are keyed anew when staff changes a list of words."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.orm import Session

from processes.register.search.analyser import Word
from processes.register.search.expressions import Expressions
from processes.register.search.restrictions import statement
from processes.register.search.word_lists import (
    EXCEPTIONS,
    SYNONYMS,
    joined,
    lists_of,
    word_lists,
    words_changed,
)
from processes.register.texts import TextVersion

AT_ONCE = 20  # words in one expression


def affected_by(session: Session, key: str, version: int) -> list[UUID]:
    """The offers with a word of the lines that this version of a list changed.

    Both lists as they were and as they are now say by which keys the word is found.
    """
    texts = {each: _text(session, each, version) for each in (SYNONYMS, EXCEPTIONS)}
    before = texts | {key: _text(session, key, version - 1)}
    lists = (word_lists(before[SYNONYMS], before[EXCEPTIONS]), lists_of(session))
    words = [
        Word(
            joined(phrase),
            tuple({tuple(each.key(part) for part in phrase.split()) for each in lists})
            + tuple({(each.key(joined(phrase)),) for each in lists}),
        )
        for phrase in sorted(words_changed(before[key], texts[key]))
    ]
    return list(dict.fromkeys(_with_any(session, words)))


def _text(session: Session, key: str, version: int) -> str:
    query = select(TextVersion.text).where(TextVersion.key == key, TextVersion.version <= version)
    return session.scalar(query.order_by(TextVersion.version.desc()).limit(1)) or ""


def _with_any(session: Session, words: Sequence[Word]) -> Iterator[UUID]:
    write = Expressions(session.get_bind().dialect.name)
    query = statement(f"SELECT e.offer_id FROM {write.source()} ORDER BY e.number")
    for first in range(0, len(words), AT_ONCE):
        match = write.any_of(words[first : first + AT_ONCE], "w")
        yield from session.scalars(query.columns(offer_id=Uuid()), {"match": match})
