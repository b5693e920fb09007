"""FEEL: what an expression comes to, why it comes to null, and that nothing escapes its budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.engine.language.feel.evaluation import BudgetError, Evaluation
from processes.engine.language.feel.expressions import (
    FeelSyntaxError,
    compile_expression,
    compile_tests,
)
from processes.engine.language.feel.json_values import from_json
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel.values import Function


def written(text: str, **variables: object) -> str:
    """What the expression comes to, as FEEL writes it."""
    known = {name: from_json(value) for name, value in variables.items()}
    return text_of(compile_expression(text).evaluate(known))


def reasons(text: str, **variables: object) -> list[str]:
    evaluation = Evaluation()
    known = {name: from_json(value) for name, value in variables.items()}
    assert compile_expression(text).evaluate(known, evaluation) is None
    return list(evaluation.reasons)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", "true"),
        ("-2 ** 2", "4"),
        ("10 / 3", "3.333333333333333333333333333333333"),
        ('if 1 > 2 then "a" else "b"', '"b"'),
        ("for i in 3..1, j in 1..2 return i * j", "[3, 6, 2, 4, 1, 2]"),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"),
        ("some x in [1, 2] satisfies x > 1", "true"),
        ("every x in [] satisfies x", "true"),
        ("[1, 2, 3, 4][item > 2]", "[3, 4]"),
        ("[1, 2, 3][-1]", "3"),
        ('[{naam: "a", uren: 2}, {naam: "b", uren: 5}][uren > 2].naam', '["b"]'),
        ("{aantal uren: 3, dubbel: aantal uren * 2}.dubbel", "6"),
        ("(function(a, b) a - b)(b: 1, a: 3)", "2"),
        ("5 in (< 3, [5..7])", "true"),
        ("null in null", "true"),
        ("]1..5[", "(1..5)"),
        ("false and null", "false"),
        ("true and null", "null"),
        ("true or null", "true"),
        ("1 instance of number", "true"),
        ("[1, 2] instance of list<number>", "true"),
        ('@"2026-02-28" + @"P1M"', "2026-03-28"),
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        (
            '@"2026-03-29T01:30:00@Europe/Amsterdam" + @"PT1H"',
            "2026-03-29T03:30:00@Europe/Amsterdam",
        ),
        ('date("2026-12-25") - date("2026-11-28")', "P27D"),
        ('@"-2017-12-31" < @"2017-12-31"', "true"),
        ('day of week(date("2026-11-28"))', '"Saturday"'),
        ('week of year(date("2027-01-01"))', "53"),
        ('substring("foobar", -3, 2)', '"ba"'),
        ('replace("vo/mbo", "/", " en ")', '"vo en mbo"'),
        ('split("a;b;;c", ";")', '["a", "b", "", "c"]'),
        ('matches("2026-11-28", "^\\d{4}-\\d\\d")', "true"),
        ("sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]"),
        ('workday(date("2026-12-24"), 1)', "2026-12-28"),
        ('workdays between(date("2026-05-01"), date("2026-05-08"))', "4"),
        ('is workday(date("2026-05-05"))', "false"),
        ('term end(date("2026-11-14"), duration("P6W"))', "null"),
        ('term end(date("2026-11-14"), duration("P42D"))', "2026-12-28"),
        ('term end(date("2026-11-30"), duration("P1M"))', "2026-12-30"),
        ("// a remark\n1 /* and more */ + 1", "2"),
    ],
)
def test_what_an_expression_comes_to(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("uren > 3", '"uren" is niet bekend'),
        ('"3" + 1', "+ gaat niet met een tekst en een getal"),
        ('"3" >= 1', ">= gaat niet met een tekst en een getal"),
        ('date("2026-02-30")', "de datum of tijd bestaat niet"),
        ("{a: 1}.b", '"b" staat er niet in'),
        ("[1][2]", "dat nummer is er niet"),
        ("(1)(2)", "dit is geen functie, maar een getal"),
        ("count()", "count kan niet met deze waarden"),
        ("1 / 0", "/ heeft hier geen uitkomst"),
        ('workday(date("9998-12-31"), 5)', "zo ver gaat de kalender niet"),
        ('matches("a", "(a)\\\\1")', "het patroon kan niet"),
    ],
)
def test_a_null_keeps_its_reason(text: str, reason: str) -> None:
    assert reasons(text)[0] == reason


def test_a_null_that_is_written_has_no_reason() -> None:
    assert reasons("null") == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1 +", "aan het einde"),
        ("(1", '")" verwacht aan het einde'),
        ("1 2", 'hier hoort niets meer te staan bij "2"'),
        ("if 1 then 2", '"else" verwacht'),
        ('"a', "tekst zonder einde"),
    ],
)
def test_what_is_no_feel_is_told_at_its_place(text: str, place: str) -> None:
    with pytest.raises(FeelSyntaxError, match=place.replace("(", r"\(").replace(")", r"\)")):
        compile_expression(text)


@pytest.mark.parametrize(
    ("cell", "value", "holds"),
    [
        ("-", None, True),
        ("> 3", 4, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ("[1..5)", 5, False),
        ("? > 3 and ? < 10", 5, True),
        ("> 3", "x", None),
        ('date("2026-01-01")', "2026-01-01", None),
    ],
)
def test_a_cell_holds_or_not_or_cannot_be_told(cell: str, value: object, holds: object) -> None:
    assert compile_tests(cell).holds(from_json(value), {}) is holds


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..100000000 return i",
        "for i in 1..1000, j in 1..1000 return i * j",
        "{f: function(n) f(n + 1), x: f(1)}.x",
        "count([1..100000000][item > 0])",
        'string join(for i in 1..40000 return "abcdefghij")',
    ],
)
def test_what_does_too_much_is_stopped(text: str) -> None:
    with pytest.raises(BudgetError):
        compile_expression(text).evaluate({}, Evaluation(seconds=60))


def test_what_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression("(" * 300 + "1" + ")" * 300)
    with pytest.raises(FeelSyntaxError):
        compile_expression("-" * 300 + "1")


@pytest.mark.parametrize(
    "text", ["x.__class__", "x.keys", "__import__", "count.__globals__", "f.run"]
)
def test_nothing_of_python_is_within_reach(text: str) -> None:
    known = {"x": {"a": 1}, "f": Function("f", ())}

    assert compile_expression(text).evaluate(known) is None


WORDS = """a b 1 2.5 "t" @"P1D" ( ) [ ] { } , : . .. + - * / ** = != < > >= and or not in between
if then else for return some every satisfies instance of function number null true item partial ?
count( sum( date( list<number>"""
TOKENS = st.sampled_from(WORDS.split())


@given(st.lists(TOKENS, max_size=14))
def test_any_row_of_tokens_has_a_value_or_is_refused(tokens: list[str]) -> None:
    try:
        compiled = compile_expression(" ".join(tokens))
    except FeelSyntaxError:
        return
    text_of(compiled.evaluate({"a": from_json(1), "b": from_json([1, {"a": 2}])}))


def test_what_is_read_again_as_something_else_leaves_no_filter_open() -> None:
    """What was taken for a range is read again: names behind it stand in no filter."""
    assert compile_expression("]a[s=1]..b[ = q").in_filters == {"s"}
