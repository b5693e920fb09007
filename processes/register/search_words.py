"""Normalises text for search: lower case, no accents, the same in every database."""

import re
import unicodedata

from processes.reading import characters

LONGEST_QUERY = 200
MOST_WORDS = 8


class _WithoutAccents(dict[int, int | None]):
    """For `str.translate`: each character that was met, and None for an accent."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


WITHOUT_ACCENTS = _WithoutAccents()
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def folded(text: str) -> str:
    """The text in lower case, without accents or what nobody sees, on one line."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    plain = characters.line(text).casefold()
    if plain.isascii():
        return plain
    plain = _NOT_ASCII.sub(_without_accents, plain)
    return " ".join(plain.split())


def _without_accents(found: re.Match[str]) -> str:
    """No accent stands apart from these signs: a sign of ASCII before them is a letter."""
    return unicodedata.normalize("NFKD", found[0]).translate(WITHOUT_ACCENTS)


def words(query: str) -> list[str]:
    """The search words of a query, all of which must match; at most so many.

    Each is looked for anywhere in a text, so that an asterisk at its end says nothing more.
    """
    found = re.findall(r"[^\s,;\"]+", folded(query[:LONGEST_QUERY]))
    return [word for each in found if (word := each.strip("*"))][:MOST_WORDS]
