"""Decision tables give what they say, and nothing that they do not say."""

import pytest

from processes.engine.decisions.cells import compile_cell, names_in
from processes.engine.decisions.deciding import decide
from processes.engine.decisions.tables import DecisionError
from processes.engine.language.expressions import ExpressionError
from tests.processes.engine.tables import dmn, rule, table


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ("-", "x", True),
        ("", None, True),
        ('"ja"', "ja", True),
        ('"ja"', "nee", False),
        ('"ja","misschien"', "misschien", True),
        ('"a,b", "c"', "a,b", True),
        ("5", 5, True),
        ("5, 7", 6, False),
        ("true", True, True),
        ("null", None, True),
        ("> 3", 4, True),
        ("> 3", 3, False),
        (">= 3", 3, True),
        ("< limit", 9, True),
        ("<= 3", 4, False),
        ("!= 3", 4, True),
        ("= 3", 3, True),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("(1..5]", 1, False),
        ("]1..5[", 3, True),
        ("]1..5[", 5, False),
        ("[1..5], 9", 9, True),
        ('["2026-01-01".."2026-12-31"]', "2026-06-01", True),
        ("not(5)", 5, False),
        ('not("a","b")', "c", True),
        ("not([1..5])", 6, True),
        ("> 3", None, False),
        ("limit", 10, True),
        ("1", True, False),
        ("true", 1, False),
        ("0", False, False),
        ("!= 1", True, True),
        ("1, 2", True, False),
        ("not(1)", True, True),
        ("1", 1.0, True),
    ],
)
def test_a_cell_matches_or_not(cell: str, value: object, matches: bool) -> None:
    assert compile_cell(cell)(value, {"limit": 10}) is matches


@pytest.mark.parametrize(
    "cell",
    ["__import__('os')", "> open('x')", "> 1 or 1 == 1 ;",
        "x.y", "date('2026-01-01')", "> > 3", "> true", "cell_value",
        "[1..__import__('os')]", "not(", "a b", "9" * 1001, '"a'],
)  # fmt: skip
def test_a_cell_outside_the_language_is_refused(cell: str) -> None:
    with pytest.raises(ExpressionError):
        compile_cell(cell)


def test_a_cell_of_another_type_than_its_input_has_no_outcome() -> None:
    with pytest.raises(ExpressionError):
        compile_cell("> 3")("text", {})


def test_the_variables_that_a_cell_reads_are_known() -> None:
    assert names_in("[low..high]") == {"low", "high"}
    assert names_in('not("a")') == names_in("-") == frozenset()


LOW_HIGH = (rule("< 10", '"low"'), rule(">= 10", '"high"'))


def test_the_one_row_that_hits_gives_the_outcome() -> None:
    xml = dmn(table(*LOW_HIGH, reads="amount * 2"))

    assert decide(xml, "colour", {"amount": 4}) == {"outcome": "low"}
    assert decide(xml, "colour", {"amount": 5}) == {"outcome": "high"}


def test_without_a_hit_the_outcome_is_nothing() -> None:
    xml = dmn(table(rule('"x"', "1")))

    assert decide(xml, "colour", {"answer": "y"}) == {"outcome": None}


def test_two_hits_in_a_unique_table_are_refused() -> None:
    xml = dmn(table(rule("> 1", "1"), rule("> 2", "2"), hit_policy="UNIQUE"))

    assert decide(xml, "colour", {"answer": 2}) == {"outcome": 1}
    with pytest.raises(DecisionError, match="meer regels"):
        decide(xml, "colour", {"answer": 3})


@pytest.mark.parametrize(
    ("policy", "aggregation", "outcome"),
    [
        ("FIRST", "", 1),
        ("COLLECT", "", [1, 2]),
        ("RULE ORDER", "", [1, 2]),
        ("COLLECT", "SUM", 3),
        ("COLLECT", "MIN", 1),
        ("COLLECT", "MAX", 2),
        ("COLLECT", "COUNT", 2),
    ],
)
def test_hit_policies_choose_or_collect(policy: str, aggregation: str, outcome: object) -> None:
    rows = rule("> 1", "1"), rule("> 2", "2"), rule("> 9", "3")
    xml = dmn(table(*rows, hit_policy=policy, aggregation=aggregation))

    assert decide(xml, "colour", {"answer": 3}) == {"outcome": outcome}


def test_the_label_of_a_column_is_its_heading_and_not_what_it_reads() -> None:
    rows = rule("null", "1"), rule("10", "2")
    xml = dmn(table(*rows, hit_policy="FIRST")).replace(b'id="in"', b'id="in" label="Answer"')
    assert b"label" in xml

    assert decide(xml, "colour", {"answer": 10}) == {"outcome": 2}
    assert decide(xml, "colour", {"answer": 10, "Answer": None}) == {"outcome": 2}


@pytest.mark.parametrize(("aggregation", "outcome"), [("", []), ("SUM", 0), ("MAX", None)])
def test_collecting_nothing_gives_nothing(aggregation: str, outcome: object) -> None:
    xml = dmn(table(rule('"x"', "1"), hit_policy="COLLECT", aggregation=aggregation))

    assert decide(xml, "colour", {"answer": "y"}) == {"outcome": outcome}


def test_texts_are_not_summed() -> None:
    xml = dmn(table(rule("-", '"x"'), hit_policy="COLLECT", aggregation="SUM"))

    with pytest.raises(DecisionError):
        decide(xml, "colour", {"answer": 1})


def test_an_unknown_decision_or_policy_is_refused() -> None:
    with pytest.raises(DecisionError, match="bestaat niet"):
        decide(dmn(table()), "other", {})
    with pytest.raises(DecisionError, match="LAST"):
        decide(dmn(table(hit_policy="LAST")), "colour", {})
    with pytest.raises(DecisionError, match="geen tabel"):
        decide(dmn("<description/>"), "colour", {})


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ExpressionError, match='"answer"'):
        decide(dmn(table(rule("-", "1"))), "colour", {})


def columns(
    *rules: str, policy: str = "", default: str = "", inputs: str = "", outputs: str = ""
) -> bytes:
    """A table whose columns allow these values, and whose outcome without a hit is the default."""
    drawn = table(*rules, hit_policy=policy, reads="answer")
    allowed = f"<inputValues><text>{inputs}</text></inputValues>" if inputs else ""
    inside = f"<outputValues><text>{outputs}</text></outputValues>" if outputs else ""
    entry = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>"
    inside += entry if default else ""
    drawn = drawn.replace("</input>", f"{allowed}</input>")
    return dmn(drawn.replace('name="outcome"/>', f'name="outcome">{inside}</output>'))


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [("UNIQUE", "geel"), ("FIRST", "geel"), ("COLLECT", ["geel"]), ("RULE ORDER", ["geel"])],
)
def test_the_default_output_is_the_outcome_without_a_hit(policy: str, outcome: object) -> None:
    xml = columns(rule('"ja"', '"groen"'), policy=policy, default='"geel"')

    assert decide(xml, "colour", {"answer": "nee"}) == {"outcome": outcome}


@pytest.mark.parametrize(("policy", "outcome"), [("FIRST", "groen"), ("COLLECT", ["groen"])])
def test_the_default_output_stays_away_where_a_row_hits(policy: str, outcome: object) -> None:
    xml = columns(rule('"ja"', '"groen"'), policy=policy, default='"geel"')

    assert decide(xml, "colour", {"answer": "ja"}) == {"outcome": outcome}


def test_a_default_output_may_be_an_expression() -> None:
    xml = columns(rule('"ja"', "1"), default="bedrag * 2")

    assert decide(xml, "colour", {"answer": "nee", "bedrag": 4}) == {"outcome": 8}


def test_an_input_outside_the_values_of_its_column_is_told() -> None:
    xml = columns(rule("-", '"groen"'), inputs='"ja","nee"')

    assert decide(xml, "colour", {"answer": "nee"}) == {"outcome": "groen"}
    with pytest.raises(DecisionError, match='"answer" een waarde die niet bij') as refused:
        decide(xml, "colour", {"answer": "misschien"})
    assert "misschien" not in str(refused.value)


def test_no_answer_is_allowed_in_any_column() -> None:
    xml = columns(rule("-", '"groen"'), inputs='"ja","nee"')

    assert decide(xml, "colour", {"answer": None}) == {"outcome": "groen"}


def test_an_input_may_be_held_to_a_range() -> None:
    xml = columns(rule("-", '"groen"'), inputs="[1..5]")

    assert decide(xml, "colour", {"answer": 5}) == {"outcome": "groen"}
    with pytest.raises(DecisionError):
        decide(xml, "colour", {"answer": 6})


@pytest.mark.parametrize("default", ["", '"paars"'])
def test_an_outcome_outside_the_values_of_its_column_is_told(default: str) -> None:
    xml = columns(rule('"ja"', '"paars"'), default=default, outputs='"groen","rood"')

    with pytest.raises(DecisionError, match='"outcome" een waarde die niet bij'):
        decide(xml, "colour", {"answer": "nee" if default else "ja"})


def typed_table(type_: str, *rules: str) -> bytes:
    drawn = table(*rules).replace('typeRef="string"', f'typeRef="{type_}"')
    return dmn(drawn.replace('name="outcome"', f'name="outcome" typeRef="{type_}"'))


@pytest.mark.parametrize(
    ("type_", "cell", "value", "hits"),
    [
        ("string", "1", True, False),
        ("string", "true", 1, False),
        ("string", "[1..3]", 2, True),
        ("number", "1", True, None),
        ("number", "1", "1", True),
        ("number", '"1"', 1, True),
        ("number", "> 1", "1.5", True),
        ("integer", "1, 2", "2", True),
        ("number", "1", "een", None),
        ("number", "1", "nan", None),
        ("number", "1", "1_000", None),
        ("number", "1", None, False),
        ("boolean", "true", "true", True),
        ("boolean", "true", 1, None),
        ("boolean", '"false"', False, True),
        ("boolean", "true", True, True),
        ("feel:number", "1", "1", True),
    ],
)
def test_a_column_converts_or_refuses(type_: str, cell: str, value: object, hits: object) -> None:
    xml = typed_table(type_, rule(cell, "answer"))
    if hits is None:
        with pytest.raises(DecisionError, match="answer"):
            decide(xml, "colour", {"answer": value})
    else:
        found = decide(xml, "colour", {"answer": value})["outcome"]
        assert (found is not None) is hits


@pytest.mark.parametrize(
    ("type_", "result", "outcome"),
    [
        ("number", '"5"', 5),
        ("number", '"5.5"', 5.5),
        ("boolean", '"true"', True),
        ("string", "5", 5),
    ],
)
def test_an_outcome_is_what_its_column_says(type_: str, result: str, outcome: object) -> None:
    found = decide(typed_table(type_, rule("-", result)), "colour", {"answer": None})
    assert found == {"outcome": outcome}
    assert type(found["outcome"]) is type(outcome)
