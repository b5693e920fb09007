"""Normalises text for search: lower case, no accents, the same in every database."""

import re
import unicodedata

from processes.reading import characters

LONGEST_QUERY = 200
MOST_WORDS = 8


def folded(text: str) -> str:
    """The text in lower case, without accents or what nobody sees, on one line."""
    plain = unicodedata.normalize("NFKD", characters.line(text).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", plain).strip()


def words(query: str) -> list[str]:
    """The search words of a query, all of which must match; at most so many."""
    return re.findall(r"[^\s,;\"]+", folded(query[:LONGEST_QUERY]))[:MOST_WORDS]
