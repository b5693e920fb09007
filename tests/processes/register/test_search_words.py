"""Folding of text: lower case, without accents, the same in every database."""

import unicodedata

import pytest

from processes.reading import characters
from processes.register.search_words import folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Rekenen\tmet\n\nplezier ", "rekenen met plezier"),
        ("Differentiëren én Één", "differentieren en een"),
        ("e\u0301e\u0301n", "een"),
        ("STRAẞE ﬁlm", "strasse film"),
        ("\u0130stanbul", "istanbul"),
        ("a\u00a0\u00adb", "a b"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_every_character_loses_its_accents_and_nothing_else() -> None:
    for code in range(0xA0, 0x2000):
        plain = unicodedata.normalize("NFKD", characters.line(f"a{chr(code)}b").casefold())
        plain = "".join(each for each in plain if not unicodedata.combining(each))
        assert folded(f"a{chr(code)}b") == " ".join(plain.split()), hex(code)
