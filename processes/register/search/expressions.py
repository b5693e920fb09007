"""Boolean expressions over keys, the same tree for FTS5 of SQLite and tsquery of PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, column, literal, table
from sqlalchemy.dialects.postgresql import TSQUERY

from processes.register.search.analyser import Word
from processes.register.search.tables import SearchEntry

FTS = table("search_fts", column("rowid"), column("search_fts"))
Words = Sequence[Word]


class Expressions:
    """Writes expressions for one database."""

    def __init__(self, dialect: str) -> None:
        self.is_postgresql = dialect == "postgresql"
        self.quote = "'" if self.is_postgresql else '"'
        self.both, self.either = (" & ", " | ") if self.is_postgresql else (" AND ", " OR ")

    def every(self, words: Words, marks: str) -> str:
        """All of the words, each at one of these marks."""
        return self._all(self._word(word, marks) for word in words)

    def all_but_one(self, words: Words, marks: str) -> str:
        """All of the words but any one of them."""
        return self._any(
            self.every([*words[:place], *words[place + 1 :]], marks) for place in range(len(words))
        )

    def one_in_title(self, words: Words) -> str:
        """All of the words, at least one of them in the title."""
        some = self._any(self._word(word, "t") for word in words)
        return self._all([some, self.every(words, "wn")])

    def most_in_title(self, words: Words) -> str:
        """All of the words, all but one of them in the title."""
        return self._all([self.all_but_one(words, "t"), self.every(words, "wn")])

    def narrow(self, query: Select[Any], expression: str) -> Select[Any]:
        """The query of entries, for those that match the expression."""
        if self.is_postgresql:
            return query.where(SearchEntry.keys.op("@@")(cast(literal(expression), TSQUERY)))
        query = query.join(FTS, FTS.c.rowid == SearchEntry.number)
        return query.where(FTS.c.search_fts.op("MATCH")(expression))

    def newest_first(self, *, is_broad: bool) -> ColumnElement[Any]:
        """How matching entries are ordered.

        PostgreSQL takes keys for independent: where it expects hits that are not there it walks
        the primary key backwards, which `+ 0` prevents; for a word in most offers it is right.
        """
        if not self.is_postgresql:
            return FTS.c.rowid.desc()
        return (SearchEntry.number if is_broad else SearchEntry.number + 0).desc()

    def _word(self, word: Word, marks: str) -> str:
        if word.is_facet:
            return self._quoted(word.alternatives[0][0])
        if marks == "x":
            return self._quoted(f"x={word.word}")
        return self._any(
            self._all(self._quoted(f"{mark}={part}") for part in parts)
            for mark in marks
            for parts in word.alternatives
        )

    def _quoted(self, key: str) -> str:
        return f"{self.quote}{key}{self.quote}"

    def _all(self, parts: Iterable[str]) -> str:
        return f"({self.both.join(parts)})"

    def _any(self, parts: Iterable[str]) -> str:
        return f"({self.either.join(parts)})"
