"""Differential test: FEEL as feelin (npm, 8.2.0) works it out, over generated expressions.

Left out is what the two are known to read otherwise: `x in [1..3] and y` without brackets is null
in feelin, and a substring that begins beyond its text, null by the TCK, is an empty text there.
"""

import json
import random
import shutil
import subprocess
from collections.abc import Sequence
from math import isclose
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from processes.engine.language.feel.expressions import compile_expression
from processes.engine.language.feel.json_values import from_json, to_json
from tests import patience, sizes

FEELIN = Path(__file__).parents[4] / "feelin"
NODE = shutil.which("node")
QUICK, LONG = 300, 10_000
CONTEXT: dict[str, Any] = {
    "a": 3,
    "b": -2,
    "c": 2.5,
    "s": "abc",
    "t": "",
    "yes": True,
    "no": False,
    "nothing": None,
    "items": [1, 2, 3],
    "words": ["a", "b", "abc"],
    "company": {"name": "Zorg", "size": 12},
    "rows": [{"n": 1, "w": "x"}, {"n": 5, "w": "y"}],
}
SIMPLE: dict[str, Sequence[str]] = {
    "number": ("a", "b", "c", "1", "0", "2.5", "10", "company.size", "count(items)", "rows[1].n"),
    "text": ("s", "t", '"abc"', '"b"', "company.name", "words[1]", "nothing"),
    "list": ("items", "rows.n", "[1, 2]", "[a, b, c]"),
    "truth": ("yes", "no", "true", "false", "nothing = null"),
}
Pattern: TypeAlias = tuple[str, ...]
PATTERNS: dict[str, Sequence[str]] = {
    "number": (
        *("({number} + {number})", "({number} - {number})", "({number} * {number})"),
        *("{number} / 4", "-({number})", "abs({number})", "floor({number})", "ceiling({number})"),
        *("sum({list})", "max({list})", "min({list})", "count({list})", "string length({text})"),
        *("(if {truth} then {number} else {number})", "items[2]", "rows.n[-1]"),
        *("modulo({number}, 3)", "decimal({number}, 1)"),
    ),
    "text": (
        *("({text} + {text})", "upper case({text})", "lower case({text})", "substring(s, 2)"),
        *("(if {truth} then {text} else {text})", "string({number})"),
    ),
    "list": (
        *("[{number}, {number}]", "(for x in {list} return x + {number})", "reverse({list})"),
        *("{list}[item > {number}]", "append({list}, {number})", "concatenate({list}, {list})"),
        "distinct values({list})",
    ),
    "truth": (
        *("{number} = {number}", "{number} != {number}", "{number} < {number}"),
        *(
            "{number} >= {number}",
            "{text} = {text}",
            "({truth} and {truth})",
            "({truth} or {truth})",
        ),
        *("not({truth})", "({number} in [-3..2])", "({number} between 1 and 10)"),
        *(
            "(some x in {list} satisfies x > {number})",
            "(every x in {list} satisfies x < {number})",
        ),
        *("contains({text}, {text})", "starts with({text}, {text})", "ends with({text}, {text})"),
        "list contains({list}, {number})",
    ),
}


def generated(number: int) -> list[str]:
    """So many expressions, the same ones every time."""
    chance = random.Random(13)  # noqa: S311 - which expressions is no secret

    def of(kind: str, depth: int) -> str:
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(SIMPLE[kind])
        pattern = chance.choice(PATTERNS[kind])
        for inner in SIMPLE:
            while f"{{{inner}}}" in pattern:
                pattern = pattern.replace(f"{{{inner}}}", of(inner, depth - 1), 1)
        return pattern

    return [of(chance.choice(list(SIMPLE)), chance.choice((1, 2, 3))) for _ in range(number)]


@pytest.mark.skipif(
    NODE is None or not (FEELIN / "node_modules" / "feelin").exists(),
    reason="no Node, or no feelin in tests/feelin: run npm ci there",
)
def test_feel_is_what_feelin_makes_of_it() -> None:
    expressions = generated(sizes.so_many(QUICK, when_long=LONG))
    theirs = _by_feelin(expressions)
    known = from_json(CONTEXT)

    ours = [to_json(compile_expression(each).evaluate(known)) for each in expressions]

    differences = [
        three for three in zip(expressions, ours, theirs, strict=True) if not _alike(*three[1:])
    ]
    assert differences == []


def _by_feelin(expressions: Sequence[str]) -> list[Any]:
    ran = subprocess.run(
        [NODE or "", "evaluate.mjs"],
        cwd=FEELIN,
        input=json.dumps([[each, CONTEXT] for each in expressions]),
        capture_output=True,
        text=True,
        check=True,
        timeout=patience.SECONDS,
    )
    found: list[Any] = json.loads(ran.stdout)
    return found


def _alike(ours: Any, theirs: Any) -> bool:
    """Equal; numbers but for the binary fractions of JavaScript."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_alike, ours, theirs))
    return bool(ours == theirs)
