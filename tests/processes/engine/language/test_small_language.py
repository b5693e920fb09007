"""The small language on the values of FEEL gives what it gave when it had an evaluator of its own.

`older_language.json` holds what the evaluator of commit f42b7ee, the last with its own values, made
of generated expressions ("generated", over "variables") and of those in diagrams, tests and
documents ("drawn", each with its variables): {"value": JSON}, "error", or "refused" when compiled.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from processes.engine.language.expressions import ExpressionError, compile_expression, evaluate
from processes.engine.language.values import same
from processes.engine.sentences.catalogue import say

TABLE: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "older_language.json").read_text("utf-8")
)
NO_TRUTH = "no truth"
EXACT = {
    '(0.3 / answers["rate"])': 1.5,
    "(tenth * company['size'] * 0.3)": 0.36,
    "0.1 + company['places'][1]['beds'] - (answers[\"rate\"])": 0.4,
    "0.1 - -items[0] / company['size']": 0.18333333333333332,
    "company['places'][1]['beds'] / items[-1] + answers[\"rate\"]": 0.36666666666666664,
    'items[-1] * answers["rate"]': 0.6,
    "items[-1] / 2.5 - round(items[0], 3)": 0.2,
    'tenth + 3 * m - answers["rate"]': -21.1,
}
"""Where the older evaluator counted in binary fractions, 3 * 0.2 was 0.6000000000000001."""
TRUTHS = re.compile(r"\b(and|or|not(?! in))\b")
"""What comes to true or false, of parts that do: the older evaluator took any value for a truth."""


def test_every_expression_has_the_outcome_that_it_had() -> None:
    differences = {
        source: found
        for source, values, expected in _rows()
        if not same(found := _outcome(source, values), expected)
    }
    truths = [each for each in differences if TRUTHS.search(each)]

    assert all(differences[each] in (NO_TRUTH, {"value": False}) for each in truths)
    assert {each: differences[each] for each in differences if each not in truths} == {
        source: {"value": value} for source, value in EXACT.items()
    }


def _rows() -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    yield from ((source, TABLE["variables"], outcome) for source, outcome in TABLE["generated"])
    yield from TABLE["drawn"]


def _outcome(source: str, values: Mapping[str, Any]) -> Any:
    try:
        expression = compile_expression(source)
    except ExpressionError:
        return "refused"
    try:
        return {"value": expression.evaluate(values)}
    except ExpressionError as error:
        return NO_TRUTH if error.reason == say("language.no-truth") else "error"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("tenth + fifth == 0.3", True),
        ("round(2.675, 2)", 2.68),
        ("tenth in [0.3 - fifth]", True),
        ("[1, tenth] == [3 - 2, 0.3 - fifth]", True),
        ("amounts[3 * tenth / 0.3]", 0.2),
        ("sum(amounts) == 0.3", True),
        ("max(amounts) - tenth", 0.1),
        ("0.000000000000001 + 1 == 1.000000000000001", True),
    ],
)
def test_numbers_are_exact(source: str, value: object) -> None:
    variables = {"tenth": 0.1, "fifth": 0.2, "amounts": [0.1, 0.2]}

    assert same(evaluate(source, variables), value)


def test_lists_and_maps_come_out_as_they_are() -> None:
    variables = {"offers": [{"id": 2**62, "rate": 2.0}], "one": {"offers": [1.5]}}

    assert evaluate("offers", variables) is variables["offers"]
    assert evaluate("one['offers']", variables) == [1.5]
    assert evaluate("[offers[0]['id'], offers[0]['rate']]", variables) == [2**62, 2]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("text < 3", "< gaat niet met een tekst en een getal"),
        ("nothing >= text", ">= gaat niet met niets en een tekst"),
        ("text + 'b'", "rekent met iets dat geen getal is"),
        ("1 / (3 - 3)", "deelt door nul"),
        ("text == missing", '"missing", en die variabele bestaat niet'),
    ],
)
def test_a_clash_names_the_expression_and_the_reason(source: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, {"text": "a", "nothing": None})

    assert source in str(caught.value)
    assert reason in str(caught.value)
