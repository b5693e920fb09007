"""Tells Windows-1252 from Mac OS Roman, in which Excel on a Mac writes its plain CSV.

Both read any byte, so what is read must look like Dutch: of the wrong one é is Ž, and € is Û.
charset-normalizer 3.5.2, asked to choose between the two, takes five of nine short texts in Mac OS
Roman for Windows-1252 (the tests have texts of this kind).
"""

import re

WINDOWS, MAC = "cp1252", "mac_roman"
LOWER = "\u00e9\u00e8\u00eb\u00ea\u00ef\u00ee\u00f6\u00f4\u00fc\u00fb\u00e1\u00e0"
LOWER += "\u00e2\u00e4\u00e7\u00f1\u00df"
UPPER = "\u00c9\u00c8\u00cb\u00cf\u00d6\u00dc\u00c1\u00c0\u00c4\u00c7"
ANYWHERE = "\u2019\u2013\u2014"  # an apostrophe or dash, in a word too
SIGNS = "\u20ac\u2018\u201c\u201d\u2026\u2022\u00b0\u00b1\u00a7\u00a9\u00ae\u00bd\u00bc\u00be"
SIGNS += "\u00b7\u00ab\u00bb\u00a0"
LETTER = r"[^\W\d_]"
# A letter stands in a word, a capital not behind a small letter, and a sign not inside of a word.
LIKELY = re.compile(
    rf"(?<={LETTER})[{LOWER}]|[{LOWER}](?={LETTER})"
    rf"|(?<![a-z{LOWER}])[{UPPER}](?={LETTER})|(?<=[A-Z])[{UPPER}]"
    rf"|[{ANYWHERE}]|(?<!{LETTER})[{SIGNS}]|[{SIGNS}](?!{LETTER})"
)
ANY = re.compile(r"[^\x00-\x7f]")


def character_set(content: bytes) -> str:
    """Which of the two a file is in that has no characters of UTF-8.

    By the share of its characters beyond ASCII that look right; Windows-1252 where it is the same.
    """
    return max((WINDOWS, MAC), key=lambda name: _share_that_looks_right(content, name))


def _share_that_looks_right(content: bytes, name: str) -> float:
    text = content.decode(name, errors="replace")
    return len(LIKELY.findall(text)) / max(1, len(ANY.findall(text)))
