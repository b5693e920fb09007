"""A condition of the small language that is written as FEEL holds where it held."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.engine.language.to_feel import as_feel

TABLE: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "older_language.json").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("source", "feel"),
    [
        ('${next == "back"}', '= next = "back"'),
        ("amount > 3 and name != 'Noor'", '= amount > 3 and name != "Noor"'),
        ("(a == 1 or b == 2) and c < 3", "= (a = 1 or b = 2) and c < 3"),
        ("not all_yes", "= all_yes != true"),
        ("not (a == 1 and known)", "= not(a = 1 and known = true)"),
        ('company["known"] == true', "= company.known = true"),
        ('answers["1"] == "ja"', '= get value(answers, "1") = "ja"'),
        ("items[0] + items[-1] * 2", "= items[1] + items[-1] * 2"),
        ("a - (b - c) / 2", "= a - (b - c) / 2"),
        ("-(a + 1) < 1e3", "= -(a + 1) < 1000"),
        ("1 < n <= 3", "= 1 < n and n <= 3"),
        ('sector not in ["jeugd", "mbo"]', '= not(list contains(["jeugd", "mbo"], sector))'),
        ("'b' in \"abc\"", '= contains("abc", "b")'),
        ("name == 'zei \"ja\"'", '= name = "zei \\"ja\\""'),
        ("len([a, b]) == 2", "= count([a, b]) = 2"),
        ("round(n, 2) == 2.5", "= decimal(n, 2) = 2.5"),
        ('begin < "2026-12-01"', '= begin < date("2026-12-01")'),
        ("begin <= today()", "= begin <= today()"),
        ('other < "2026-12-01"', '= other < "2026-12-01"'),
        ("other <= today()", "= other <= string(today())"),
        ('begin == ""', '= string(begin) = ""'),
        ("begin > other", "= string(begin) > other"),
        ("is_workday(begin)", "= is workday(begin)"),
        ('term_end(other, "P6W") < begin', '= term end(date(other), duration("P6W")) < begin'),
    ],
)
def test_it_reads_as_feel_is_written(source: str, feel: str) -> None:
    written = as_feel(source, {"begin"})

    assert written == feel
    assert compile_expression(written).is_feel


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a == 1 and", "niet goed geschreven"),
        ("'x' in answers", "een tekst of een lijst kan zijn"),
        ("every == 1", "een woord van FEEL"),
        ("items[n] == 1", "niet vast staat"),
        ("(a or b) == 1", "zelf als FEEL"),
    ],
)
def test_what_feel_cannot_say_alike_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason):
        as_feel(source)


def test_what_held_holds_and_what_feel_cannot_tell_has_a_reason() -> None:
    rows = [(source, TABLE["variables"], found) for source, found in TABLE["generated"]]
    told = Counter(
        _compared(source, values)
        for source, values, found in [*rows, *TABLE["drawn"]]
        if isinstance(found, dict)
    )

    assert set(told) == {
        "same",
        "no truth",
        "no boolean, with a reason",
        "another kind",
        "refused",
    }
    assert told["same"] > 1400
    assert told["another kind"] < 60  # a text != a number


def _compared(source: str, values: Mapping[str, Any]) -> str:
    try:
        written = as_feel(source)
    except ExpressionError:
        return "refused"
    try:
        held = compile_expression(source).holds(values)
    except ExpressionError:
        return "no truth"
    try:
        holds, reason = compile_expression(written).judged(values)
    except ExpressionError as error:
        holds, reason = False, error.reason
    if reason:
        is_true = compile_expression(source).evaluate(values) is True
        return "another kind" if is_true else "no boolean, with a reason"
    return "same" if holds == held else f"{source} {held}, {written} {holds}"
