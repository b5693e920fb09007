"""Text that a spreadsheet would calculate: recognised, and kept from that by an apostrophe."""

import unicodedata

from processes.reading import characters

SIGNS = ("=", "+", "-", "@")
ENDS = ("\t", "\r", "\n")
APOSTROPHE = "'"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may calculate this cell.

    Spaces and characters that nobody sees do not hide the sign; a full-width sign counts too.
    """
    seen = unicodedata.normalize("NFKC", characters.seen(text)).strip()
    return seen.startswith(SIGNS) or text.lstrip(" ").startswith(ENDS)


def guarded(text: str) -> str:
    """The text for a cell, so that `unguarded` gives it back exactly."""
    return APOSTROPHE + text if is_formula(text.lstrip(APOSTROPHE)) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    is_guarded = text.startswith(APOSTROPHE) and is_formula(text.lstrip(APOSTROPHE))
    return text[1:] if is_guarded else text
