"""The DMN Technology Compatibility Kit: every case but those known to differ comes out right."""

import json
from pathlib import Path

from tests.processes.engine.decisions.dmn.tck import cases, is_right, outcome

FIGURES = Path(__file__).parents[5] / "bench/dmn.json"
KNOWN = Path(__file__).with_name("known_differences.txt")


def _wrong(level: int) -> set[str]:
    return {str(c) for c in cases(level) if not is_right(outcome(c, level), c.expected)}


def test_level_2_is_right_as_a_whole() -> None:
    assert len(list(cases(2))) == 126
    assert not _wrong(2)


def test_level_3_is_right_but_for_the_known_differences() -> None:
    """A case that comes out right must leave the list: it only becomes shorter."""
    known = {line.partition(" #")[0] for line in KNOWN.read_text().splitlines()}

    assert len(list(cases(3))) == 3351
    assert _wrong(3) == known


def test_the_figures_are_told_as_they_are() -> None:
    known = len(KNOWN.read_text().splitlines())

    assert json.loads(FIGURES.read_text()) == {
        "level_2": [126, 126],
        "level_3": [3351 - known, 3351],
    }
