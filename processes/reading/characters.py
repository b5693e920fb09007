"""Characters that nobody sees, by Unicode category: read as a space, or taken out."""

import re
import unicodedata

LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")  # a vertical tab is Word's new line
DASHES = re.compile(r"[\u2010-\u2015\u2212]")
APOSTROPHES = re.compile(r"[\u2018\u2019\u02bc\u00b4`]")  # Word makes them of what is typed
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that show nothing (UAX 44, DI)
BULLET = "\uf0b7"  # how Word pastes one: a private character of the font Symbol
# Its other bullets: of Wingdings, and of lists in lists a letter or sign with a tab behind it.
OTHER_BULLETS = re.compile(
    r"^([ \t]*)(?:[\uf020-\uf0ff](?=[^\S\n])|[o\u00a7](?=\t+\S))", re.MULTILINE
)
JOINER = "\u200d"  # between two pictures it makes one of them
NOT_SHOWN = frozenset({"Cc", "Cf", "Co", "Cs"})
SPACES = frozenset({"Zs", "Zl", "Zp"})
SHOWN = frozenset("LNPS")


def seen(text: str) -> str:
    """The text with ordinary spaces and line ends, and nothing in it that nobody sees."""
    # What Python prints is no space but the ordinary one, and nothing that nobody sees but a blank.
    if text.replace("\n", " ").isprintable() and not any(blank in text for blank in BLANKS):
        return text
    text = OTHER_BULLETS.sub("\\1\u2022", LINE_ENDS.sub("\n", text)).replace(BULLET, "\u2022")
    return "".join(_shown(text, place) for place in range(len(text)))


def line(text: str) -> str:
    """One line: every run of spaces and line ends is one space."""
    return " ".join(seen(text).split())


def lines(text: str) -> str:
    """Several lines, without spaces at their ends and around the whole."""
    return "\n".join(each.rstrip() for each in seen(text).split("\n")).strip()


def hyphens(text: str) -> str:
    """The text with every dash and minus sign as a hyphen: in numbers and dates they mean one."""
    return DASHES.sub("-", text)


def apostrophes(text: str) -> str:
    """The text with every single quotation mark and accent as an apostrophe."""
    return APOSTROPHES.sub("'", text)


def unseen(text: str) -> list[str]:
    """The characters that `seen` takes out or reads as a space, but for tabs and line ends."""
    if text.isascii() and text.isprintable():
        return []
    kept = "\n\r\t"
    return [c for n, c in enumerate(text) if c not in kept and _shown(text, n) != c]


def is_visible(text: str) -> bool:
    """Whether there is a letter, digit, mark or sign to be seen."""
    return any(unicodedata.category(each)[0] in SHOWN and each not in BLANKS for each in seen(text))


def _shown(text: str, place: int) -> str:
    character = text[place]
    category = unicodedata.category(character)
    if character == "\n":
        return character
    if character == "\t" or category in SPACES or character in BLANKS:
        return " "
    if character == JOINER and _joins(text, place):
        return character
    return "" if category in NOT_SHOWN or _is_no_character(character) else character


def _joins(text: str, place: int) -> bool:
    around = [text[place - 1 : place], text[place + 1 : place + 2]]
    return all(each and unicodedata.category(each) in {"So", "Sk", "Mn"} for each in around)


def _is_no_character(character: str) -> bool:
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode 23.7
