"""What changed in a long text: its words marked, and what stayed the same shortened (R28, R50)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LONG = 300  # characters: a shorter text is shown whole, and without marks if the other is too
AROUND = 60  # characters that are shown at most of what stayed the same, on each side of a change
MOST_WORDS = 1000  # between the first change and the last: comparing more costs too much
WORDS = re.compile(r"\S+\s*|\s+")
LEFT_OUT = "\u2026"


@dataclass(frozen=True)
class Piece:
    """A part of a text, of whole words with the space behind them."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class MarkedText:
    """A text in pieces: whole, and as it is shown first, which is whole too if nothing is long."""

    whole: Sequence[Piece]
    shown: Sequence[Piece]

    @property
    def is_shortened(self) -> bool:
        return self.whole != self.shown


def marked_texts(old: str, new: str) -> tuple[MarkedText, MarkedText]:
    """Both texts, with marks at the words that the other one has not, if they share any."""
    if max(len(old), len(new)) <= LONG:
        return _unmarked(old), _unmarked(new)
    before, after = WORDS.findall(old), WORDS.findall(new)
    pairs = list(_pairs([each.strip() for each in before], [each.strip() for each in after]))
    told = {is_changed for part, other, is_changed in pairs if before[part] or after[other]}
    if len(told) == 1:  # nothing changed but space, or everything did
        return _unmarked(old), _unmarked(new)
    return (
        _marked([Piece("".join(before[part]), is_changed) for part, _, is_changed in pairs]),
        _marked([Piece("".join(after[part]), is_changed) for _, part, is_changed in pairs]),
    )


def _unmarked(text: str) -> MarkedText:
    begin = text[:LONG].rpartition(" ")[0] or text[:LONG]
    shown = text if len(text) <= LONG else f"{begin} {LEFT_OUT}"
    return MarkedText([Piece(text)], [Piece(shown)])


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[slice, slice, bool]]:
    """Which words stand for which, from the first to the last, and whether they differ."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    left = shorter - start
    same = next((i for i in range(left) if old[-1 - i] != new[-1 - i]), left)
    ends = len(old) - same, len(new) - same
    yield slice(0, start), slice(0, start), False
    if max(ends) - start > MOST_WORDS:
        yield slice(start, ends[0]), slice(start, ends[1]), True
    else:
        matcher = SequenceMatcher(None, old[start : ends[0]], new[start : ends[1]])
        for tag, a, b, c, d in matcher.get_opcodes():
            yield slice(start + a, start + b), slice(start + c, start + d), tag != "equal"
    yield slice(ends[0], None), slice(ends[1], None), False


def _marked(pieces: list[Piece]) -> MarkedText:
    whole = [piece for piece in pieces if piece.text]
    last = len(whole) - 1
    shown = [
        piece if piece.is_changed else Piece(_shortened(piece.text, follows=i > 0, leads=i < last))
        for i, piece in enumerate(whole)
    ]
    return MarkedText(whole, shown)


def _shortened(text: str, *, follows: bool, leads: bool) -> str:
    """The begin and the end of what stayed the same, as far as a change stands beside it."""
    begin = text[:AROUND].rpartition(" ")[0] if follows else ""
    end = text[-AROUND:].partition(" ")[2] if leads else ""
    kept = " ".join(part for part in (begin, LEFT_OUT, end) if part)
    return kept if len(kept) < len(text) else text
