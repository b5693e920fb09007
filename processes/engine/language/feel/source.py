"""Reads the text of an expression sign by sign, with the names that it knows (DMN 1.5 §10.3.1.2).

A name of FEEL may hold spaces and signs ("aantal uren", "a-b"): which text is one name depends on
what is in scope, so the text is not cut into tokens beforehand.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final, NoReturn

from processes.engine.sentences.catalogue import say

MAX_LENGTH: Final = 20_000
START: Final = (
    r"[?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF]"
)
PART: Final = START.replace("[?", r"[?0-9\u00B7\u0300-\u036F\u203F-\u2040")
WORD: Final = re.compile(f"{START}{PART}*")
WORD_OR_NUMBER: Final = re.compile(f"{START}{PART}*|[0-9]+")
ONE_PART: Final = re.compile(PART)
SPACE: Final = re.compile(r"(?:[\s\u0085\u00a0\u180e\u200b\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
KEYWORDS: Final = frozenset(
    ["and", "or", "in", "between", "if", "then", "else", "for", "return", "some", "every",
     "satisfies", "instance", "of", "function", "true", "false", "null", "external", "not"]
)  # fmt: skip


class FeelSyntaxError(ValueError):
    """What is written is no FEEL; the message is Dutch and names the place.

    `at` counts the signs before that place; None where it concerns the whole text.
    """

    def __init__(self, message: str, at: int | None = None) -> None:
        self.at = at
        super().__init__(message)


class Names:
    """The names in scope while a text is read, the innermost last."""

    def __init__(self, names: Iterable[str], built_in: Iterable[str]) -> None:
        self._built_in = frozenset(built_in)
        self._scopes: list[frozenset[str]] = [frozenset(names)]
        self._long: list[str] = []
        self._sort()

    @contextmanager
    def declared(self, *names: str) -> Iterator[None]:
        """Within it these names are known."""
        size = len(self._scopes)
        self.declare(*names)
        try:
            yield
        finally:
            del self._scopes[size:]
            self._sort()

    def declare(self, *names: str) -> None:
        """From here on, until the scope around it ends, these names are known."""
        self._scopes.append(frozenset(names))
        if any(not WORD.fullmatch(name) for name in names):
            self._sort()

    def knows(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def is_bound(self, name: str) -> bool:
        """Whether the expression itself declares this name."""
        return any(name in scope for scope in self._scopes[1:])

    def long_name(self, text: str, at: int) -> tuple[str, int] | None:
        """The longest known name of more than one word that stands here, and where it ends."""
        return longest(self._long, text, at)

    def _sort(self) -> None:
        every = self._built_in.union(*self._scopes)
        self._long = sorted(
            (n for n in every if n and not WORD.fullmatch(n)), key=len, reverse=True
        )


def longest(names: Iterable[str], text: str, at: int) -> tuple[str, int] | None:
    """The first of these names, the longest first, that stands at this place."""
    for name in names:
        found = _pattern(name).match(text, at)
        if found:
            return name, found.end()
    return None


@lru_cache(maxsize=2048)
def _pattern(name: str) -> re.Pattern[str]:
    """Matches the name with any space between its words, and around its signs."""
    written = []
    for part in re.findall(r"\w+|[^\w\s]|\s+", name):
        sign = not part[0].isalnum() and not part.isspace()
        written.append(r"\s+" if part.isspace() else (r"\s*" if sign else "") + re.escape(part))
    tail = f"(?!{PART})" if ONE_PART.match(name[-1]) else ""
    return re.compile("".join(written) + tail)


class Source:
    """A text, and how far it was read."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FeelSyntaxError(say("feel.too-long", max_length=MAX_LENGTH))
        self.text = text
        self.at = 0

    def skip(self) -> None:
        """To the next sign that is no space or comment."""
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def look(self, token: str) -> bool:
        """Whether this sign or whole word comes next."""
        self.skip()
        if not self.text.startswith(token, self.at):
            return False
        end = self.at + len(token)
        return not (token[-1].isalpha() and ONE_PART.match(self.text[end : end + 1] or " "))

    def take(self, *tokens: str) -> str | None:
        """The first of these that comes next, which is then read; else None."""
        for token in tokens:
            if self.look(token):
                self.at += len(token)
                return token
        return None

    def want(self, token: str) -> None:
        """Read this sign or word. Raises FeelSyntaxError where another comes."""
        if not self.take(token):
            self.fail(say("feel.wanted", wanted=token))

    def is_done(self) -> bool:
        self.skip()
        return self.at >= len(self.text)

    def word(self) -> str | None:
        """The name of one word that comes next, not read yet."""
        self.skip()
        found = WORD.match(self.text, self.at)
        return found[0] if found else None

    def words(self) -> str:
        """A new name: words up to a sign or a keyword. Raises FeelSyntaxError."""
        self.skip()
        found = WORD.match(self.text, self.at)
        if found is None:
            self.fail(say("feel.name-wanted"))
        words = [found[0]]
        self.at = found.end()
        while True:
            self.skip()
            found = WORD_OR_NUMBER.match(self.text, self.at)
            if found is None or found[0] in KEYWORDS:
                return " ".join(words)
            words.append(found[0])
            self.at = found.end()

    def string(self) -> str:
        """A text between quotes, without its escapes. Raises FeelSyntaxError."""
        self.skip()
        found = STRING.match(self.text, self.at)
        if found is None:
            self.fail(say("feel.string-without-end"))
        self.at = found.end()
        unescaped = ESCAPE.sub(_unescaped, found[1])
        return unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def fail(self, reason: str) -> NoReturn:
        """Raise FeelSyntaxError for this reason, with the place."""
        rest = self.text[self.at : self.at + 20].strip()
        place = say("feel.at", text=rest) if rest else say("feel.at-end")
        message = f"{reason} {place}"
        raise FeelSyntaxError(message, self.at)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004 - the last of Unicode
    return ESCAPED.get(found[3], "\\" + found[3])
