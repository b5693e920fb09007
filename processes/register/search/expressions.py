"""Boolean expressions over keys, the same tree for FTS5 of SQLite and tsquery of PostgreSQL."""

from collections.abc import Iterable, Sequence

from processes.register.search.analyser import Word

Words = Sequence[Word]


class Expressions:
    """Writes expressions for one database."""

    def __init__(self, dialect: str) -> None:
        self.is_postgresql = dialect == "postgresql"
        self.quote = "'" if self.is_postgresql else '"'
        self.both, self.either = (" & ", " | ") if self.is_postgresql else (" AND ", " OR ")
        self.beginning = ":*" if self.is_postgresql else " *"  # behind that of a key

    def every(self, words: Words, marks: str) -> str:
        """All of the words, each at one of these marks."""
        return self._all(self._word(word, marks) for word in words)

    def any_of(self, words: Words, marks: str) -> str:
        """One of the words at least, at one of these marks."""
        return self._any(self._word(word, marks) for word in words)

    def all_but_one(self, words: Words, marks: str) -> str:
        """All of the words but any one of them."""
        return self._any(
            self.every([*words[:place], *words[place + 1 :]], marks) for place in range(len(words))
        )

    def one_in_title(self, words: Words) -> str:
        """All of the words, at least one of them in the title."""
        some = self._any(self._word(word, "t") for word in words)
        return self._all([some, self.every(words, "w")])

    def front_in_title(self, words: Words) -> str:
        """All of the words, the front of a compound in the title: buitenonderwijs, buitenles."""
        fronts = (self._quoted(f"t={word.parts[0]}") for word in words if word.front and word.parts)
        return self._all([self._any(fronts), self.every(words, "w")])

    def most_in_title(self, words: Words) -> str:
        """All of the words, all but one of them in the title."""
        return self._all([self.all_but_one(words, "t"), self.every(words, "w")])

    def strict(self, words: Words) -> list[str]:
        """Tiers of what has all of the words, from strict to loose; the last holds all others."""
        tiers = [self.every(words, marks) for marks in ("x", "t", "tn")]
        if len(words) > 2:  # noqa: PLR2004 - of two words, all but one is one
            tiers.append(self.most_in_title(words))
        if len(words) > 1:
            tiers.append(self.one_in_title(words))
        if any(word.front and word.parts for word in words):
            tiers.append(self.front_in_title(words))
        return [*tiers, self.every(words, "w")]

    def loose(self, words: Words, rare: Words) -> list[str]:
        """The same of what lacks at most one of the words: first what has the rare ones."""
        tiers = [self.every(rare, marks) for marks in ("x", "t", "tn", "w")]
        return tiers + [self.all_but_one(words, marks) for marks in ("x", "t", "tn", "w")]

    def facets(self, groups: Iterable[Iterable[str]]) -> str:
        """One of the values of each of these groups of facets; empty for no group."""
        wanted = [self._any(self._quoted(f"f={value}") for value in group) for group in groups]
        return self._all(wanted) if wanted else ""

    @property
    def hits(self) -> str:
        """The entries as far as they are counted: narrow rows on SQLite."""
        return "search_entry" if self.is_postgresql else "search_hit"

    def source(self, entries: str = "search_entry") -> str:
        """The entries `e` that match `:match`, as the FROM and the beginning of the WHERE."""
        if self.is_postgresql:
            return f"{entries} e WHERE e.keys @@ CAST(:match AS tsquery)"
        return (
            f"search_fts JOIN {entries} e ON e.number = search_fts.rowid"
            " WHERE search_fts MATCH :match"
        )

    @property
    def newest_first(self) -> str:
        """How matching entries are ordered.

        PostgreSQL takes keys for independent: where it expects hits that are not there it walks
        the primary key backwards, which `+ 0` prevents.
        """
        return "e.number + 0 DESC" if self.is_postgresql else "search_fts.rowid DESC"

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
        if key.endswith("*"):
            return f"{self.quote}{key[:-1]}{self.quote}{self.beginning}"
        return f"{self.quote}{key}{self.quote}"

    def _all(self, parts: Iterable[str]) -> str:
        return f"({self.both.join(parts)})"

    def _any(self, parts: Iterable[str]) -> str:
        return f"({self.either.join(parts)})"
