"""Which words of a long text changed, and what is shown of the rest."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offers.text_changes import LONG, Piece, marked_texts

TEXTS = st.lists(st.sampled_from(["een ", "twee\n\n", "drie", " ", "vier, "]), max_size=400).map(
    "".join
)


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_lost(old: str, new: str) -> None:
    begin = "begin " * LONG
    was, became = marked_texts(begin + old, begin + new)

    assert (text_of(was.whole), text_of(became.whole)) == (begin + old, begin + new)
    same_before, same_after = (
        [word for piece in text.whole if not piece.is_changed for word in piece.text.split()]
        for text in (was, became)
    )
    assert same_before == same_after
    for text in (was, became):
        assert [p for p in text.shown if p.is_changed] == [p for p in text.whole if p.is_changed]


def test_a_short_text_is_shown_as_it_is() -> None:
    was, became = marked_texts("drie dagen", "vier dagen")

    assert was.shown == [Piece("drie dagen")]
    assert not became.is_shortened


def test_of_a_long_new_text_the_begin_is_shown_without_marks() -> None:
    was, became = marked_texts("niets", "woord " * LONG)

    assert not was.is_shortened
    assert became.is_shortened
    assert text_of(became.shown).startswith("woord woord")
    assert len(text_of(became.shown)) <= LONG + 2
    assert not any(piece.is_changed for piece in became.whole)


@pytest.mark.parametrize("changed", [2, 3000])
def test_two_changes_are_told_apart_as_long_as_it_costs_little(changed: int) -> None:
    """Beyond 1,000 words all between the first change and the last is marked."""
    between = " ".join(f"woord{i}" for i in range(changed))
    old, new = (f"{word} {between} {word} {'slot ' * LONG}" for word in ("oud", "nieuw"))

    _, became = marked_texts(old, new)

    marks = [piece.text for piece in became.whole if piece.is_changed]
    assert marks == (["nieuw ", "nieuw "] if changed == 2 else [f"nieuw {between} nieuw "])
