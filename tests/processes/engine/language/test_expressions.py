"""The expression language: what it says, what it refuses, and that no text at all can hurt."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processes.base import today
from processes.engine.language.expressions import (
    ExpressionError,
    compile_expression,
    evaluate,
    evaluate_template,
    is_expression,
)
from tests.steps import calls_of

VARIABLES: dict[str, Any] = {
    "n": 3,
    "big": 10**14,
    "huge": 10**40,
    "text": "abc",
    "yes": True,
    "nothing": None,
    "answers": {"1": "ja", "2": "nee"},
    "items": [1, 2, 3],
    "nested": {"a": [{"b": 1.5}]},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("n == 3", True),
        ("yes == 1", False),
        ("yes != 1", True),
        ("false == 0", False),
        ("yes == true", True),
        ("yes in items", False),
        ("true in [0, true]", True),
        ("[1, 2] == [true, 2]", False),
        ("n == 3.0", True),
        ("${n > 2 and not yes}", False),
        ("n > 2 or missing", True),
        ("1 < n <= 3", True),
        ("n + 2 * 4 - 1 / 2", 10.5),
        ("-n", -3),
        ("text == 'abc' and text != \"x\"", True),
        ("answers['1'] == 'ja'", True),
        ("items[0] + items[-1]", 4),
        ("nested['a'][0]['b']", 1.5),
        ("n in items", True),
        ("n not in [1, 2]", True),
        ("'b' in text", True),
        ("'2' in answers", True),
        ("len(items) == 3", True),
        ("min(1, n) + max(items)", 4),
        ("round(2.567, 2)", 2.57),
        ("round(2.5)", 2),
        ("abs(-2)", 2),
        ("sum(items)", 6),
        ("nothing == null", True),
        ("true and not false", True),
        ("n ==\n  3", True),
        ("today() > '2020-01-01'", True),
        ("'a # in text'", "a # in text"),
    ],
)
def test_an_expression_has_its_value(source: str, value: object) -> None:
    assert evaluate(source, VARIABLES) == value


@pytest.mark.parametrize(
    "source",
    [
        "",
        "${}",
        "n.real",
        "text.upper()",
        "().__class__",
        "__import__('os')",
        "open('/etc/passwd')",
        "eval('1')",
        "n ** 2",
        "9 ** 9 ** 9",
        "1 << 100",
        "n % 2",
        "'%9d' % 1",
        "n // 2",
        "~n",
        "n is 3",
        "[x for x in items]",
        "lambda: 1",
        "f'{n}'",
        "f'{n:>999999999}'",
        "n if yes else 2",
        "{'a': 1}",
        "{1, 2}",
        "(1, 2)",
        "items[0:2]",
        "(y := 3)",
        "b'x'",
        "1j",
        "...",
        "1e999",
        "10000000000000000",
        "_private",
        "__builtins__",
        "len(*items)",
        "round(number=3)",
        "n = 3",
        "n; n",
        "n # note",
        "n == 3 #",
        "'''abc'''",
        r"'\x41'",
        "await n",
        "yield n",
        "import os",
        "a\x00b",
        "(" * 31 + "1" + ")" * 31,
        "-" * 40 + "1",
        "not " * 40 + "1",
        "n" + "[0]" * 40,
        "n + " * 240 + "n",
        "n or " * 199 + "n or n",
        "'" + "a" * 1000 + "'",
        "${n} and ${n}",
        "== 3",
        "n &&  yes",
    ],
)
def test_an_expression_outside_the_language_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


@pytest.mark.parametrize(
    "source",
    [
        "missing",
        "answers['9']",
        "items[7]",
        "items['x']",
        "text[0]",
        "answers[1]",
        "n + text",
        "text * 9",
        "items + items",
        "yes + 1",
        "n < text",
        "nothing < 3",
        "n in n",
        "n / 0",
        "huge + 1",
        "big * big",
        "-text",
        "len(n)",
        "len()",
        "min()",
        "min([])",
        "max(1, 'a')",
        "sum(text)",
        "sum(['a'])",
        "round(7, -1000000000)",
        "round(7, 1000000000)",
        "round('7')",
        "round()",
        "round(1, 2, 3)",
        "round(huge)",
        "abs('x')",
        "today(1)",
    ],
)
def test_an_expression_without_a_value_says_so(source: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(source, VARIABLES)


def test_an_unknown_name_is_named_in_the_reason() -> None:
    with pytest.raises(ExpressionError, match='"missing", en die variabele bestaat niet'):
        evaluate("n == 3 and missing", VARIABLES)


def test_the_free_names_are_known_before_running() -> None:
    expression = compile_expression("${len(items) > n and answers['1'] == true}")

    assert expression.names == {"items", "n", "answers"}
    assert compile_expression("${len(items) > n and answers['1'] == true}") is expression


@pytest.mark.parametrize(
    ("source", "names", "required"),
    [
        ("= for i in offers, j in i.runs return j * n", "offers n", "offers n"),
        ("= for i in offers return for j in i.runs return i", "offers", "offers"),
        ("= some x in offers, y in x.runs satisfies y > n", "offers n", "offers n"),
        ("= for i in 1..n return i * partial[-1]", "n", "n"),
        ("= partial[-1]", "partial", "partial"),
        ("= function(a, b) a < b + n", "n", "n"),
        ("= {a: n, b: a + m}", "n m", "n m"),
        ("= offers[item.price > n]", "offers n", "offers"),
        ("= provider.offers[status = asked]", "provider status asked", "provider"),
    ],
)
def test_what_an_expression_in_feel_names_itself_is_no_variable(
    source: str, names: str, required: str
) -> None:
    """Names in a filter may be entries of what it filters (DMN 1.5 §10.3.2)."""
    expression = compile_expression(source)
    assert expression.names == set(names.split())
    assert expression.required == set(required.split())


def test_a_variable_named_as_a_function_breaks_nothing() -> None:
    assert evaluate("len(items) + len", {"items": [1], "len": 5}) == 6
    assert evaluate("n", {"n": 1, "__builtins__": {}}) == 1


def test_a_template_is_text_or_one_expression() -> None:
    assert evaluate_template("literal text", {}) == "literal text"
    assert evaluate_template(" ${n} ", VARIABLES) == 3
    assert is_expression("${n}")
    assert not is_expression("n")
    with pytest.raises(ExpressionError, match="mengt tekst"):
        evaluate_template("Beste ${text}", VARIABLES)


def test_today_is_the_date_in_amsterdam() -> None:
    assert evaluate("today()", {}) == today().isoformat()


ATOMS = st.sampled_from(
    [
        *(*VARIABLES, "missing", "__builtins__", "0", "1", "-1", "999999999", "0.5", "1e308"),
        *(
            "'a'",
            '"ja"',
            "''",
            "'2026-04-03'",
            "'P6W'",
            "true",
            "null",
            "None",
            "[]",
            "today()",
            "().__class__",
            "...",
        ),
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ["+", "-", "*", "/", "%", "**", "//", "<<", "@", "==", "!=", "<", ">=", "in"]
    operators += ["not in", "is", "and", "or", ",", ":=", " ", ".", "if", ":"]
    functions = ["len", "min", "max", "sum", "round", "abs", "today", "str", "int", "print", "n"]
    functions += ["workday", "workdays_between", "is_workday", "term_end"]
    return st.one_of(
        st.tuples(inner, st.sampled_from(operators), inner).map(" ".join),
        st.tuples(st.sampled_from(functions), st.lists(inner, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"not {text}"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"[x for x in {text}]"),
    )


GRAMMAR = st.recursive(ATOMS, _larger, max_leaves=25)


def _value_of(source: str) -> Any:
    try:
        return evaluate(source, VARIABLES)
    except ExpressionError:
        return None


@settings(max_examples=1500)
@given(source=st.one_of(GRAMMAR, st.text(max_size=60)))
def test_no_text_does_more_than_give_a_value_or_be_refused(source: str) -> None:
    before = repr(VARIABLES)
    calls, value = calls_of(lambda: _value_of(source))
    assert value is None or isinstance(value, (bool, int, float, str, list, dict))
    assert calls < 100_000
    assert len(repr(value)) < 100_000  # what one call makes, no number of calls would tell
    assert repr(VARIABLES) == before


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a && b", 'schrijf "and"'),
        ("a || b", 'schrijf "or"'),
        ("!a", 'schrijf "not"'),
        ("a eq 1", 'schrijf "=="'),
        ("a = 1", 'schrijf "=="'),
        ("empty a", "x == null"),
        ("a ? 1 : 2", "FEEL"),
        ("'a && b' )", "is niet goed geschreven."),
    ],
)
def test_what_camunda_writes_otherwise_is_told_how(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(hint)):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("${}", 'De expressie "${}" is leeg.'),
        ("${ }", 'De expressie "${}" is leeg.'),
        ("=", 'De expressie "=" is leeg.'),
        (
            "= if a then 1",
            'De expressie "= if a then 1" is niet goed geschreven: "else" verwacht aan het einde.',
        ),
        ("= foo(1)", 'De expressie "= foo(1)" is niet goed geschreven: foo is geen functie.'),
    ],
)
def test_what_is_wrong_is_a_whole_sentence(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(text)

    assert str(refused.value) == told
