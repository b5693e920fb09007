"""Spelling: words that sound alike or differ by one letter."""

import re

SHORTEST, LONGEST = 4, 24  # letters of a word that is corrected
SHORT = 7  # letters below which a correction stays close to what was typed
SOUNDS = (
    *(("sch", "sg"), ("ch", "g"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t")),
    *(("x", "ks"), ("qu", "kw"), ("c", "k"), ("ij", "y"), ("ei", "y"), ("ie", "i")),
    *(("ou", "au"), ("z", "s"), ("v", "f")),
)
ENDINGS = ("e", "en", "s")
LEAST_STEM = 5


def is_corrected(word: str) -> bool:
    """Whether the vocabulary has words like this one: letters alone, not too short or long."""
    return word.isalpha() and SHORTEST <= len(word) <= LONGEST


def sound(word: str) -> str:
    """Roughly how a Dutch word sounds: what people confuse when they spell is the same here."""
    for letters, heard in SOUNDS:
        word = word.replace(letters, heard)
    word = re.sub(r"(?<![aeo])y", "i", word)
    word = re.sub(r"(.)\1+", r"\1", word)
    return f"{word[:-1]}t" if word.endswith("d") else word


def cuts(word: str) -> set[str]:
    """What two words have in common that sound alike but for a letter: forms with one less."""
    return {
        cut
        for base in _bases(word)
        for heard in [sound(base)]
        for cut in (heard, *(heard[:i] + heard[i + 1 :] for i in range(len(heard))))
    }


def nearest(word: str, candidates: set[str]) -> str | None:
    """The candidate that was meant, if one is near enough."""
    ranked = sorted(
        (_sounds_apart(word, other), distance(word, other), other[0] != word[0], other)
        for other in candidates
    )
    if not ranked or ranked[0][0] > 1:
        return None
    return ranked[0][-1] if ranked[0][1] <= (2 if len(word) < SHORT else 4) else None


def _sounds_apart(word: str, other: str) -> int:
    return min(distance(sound(a), sound(b)) for a in _bases(word) for b in _bases(other))


def _bases(word: str) -> set[str]:
    """A word, and what it is without an ending: a typing error in one with another's ending."""
    shorter = (word[: -len(e)] for e in ENDINGS if word.endswith(e))
    return {word, *(base for base in shorter if len(base) >= LEAST_STEM)}


def distance(one: str, other: str) -> int:
    """Damerau and Levenshtein's distance: letters to add, drop, replace, or swap with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        new = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(row[j] + 1, new[-1] + 1, row[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
    return row[-1]
