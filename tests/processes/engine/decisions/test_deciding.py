"""Decisions in FEEL: tables of every hit policy, expressions, and what a decision requires."""

from typing import Any

import pytest

from processes.engine.decisions.deciding import decide
from processes.engine.decisions.tables import DecisionError
from tests.processes.engine.tables import dmn, rule, table
from tests.steps import calls_of

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">'


def literal(text: str) -> str:
    return f"<literalExpression><text>{text.replace('<', '&lt;')}</text></literalExpression>"


def test_a_table_may_compare_dates() -> None:
    xml = dmn(
        table(
            rule('< date("2026-01-01")', '"oud"'),
            rule('[date("2026-01-01")..date("2026-12-31")]', '"dit jaar"'),
            hit_policy="FIRST",
            reads="date(begin)",
        )
    ).replace(b' typeRef="string"', b"")

    assert decide(xml, "colour", {"begin": "2025-12-31"}) == {"outcome": "oud"}
    assert decide(xml, "colour", {"begin": "2026-06-01"}) == {"outcome": "dit jaar"}
    assert decide(xml, "colour", {"begin": "2027-01-01"}) == {"outcome": None}


TYPED = {
    "begin": (' typeRef="string"', ' typeRef="date"'),
    "outcome": ('name="outcome"', 'name="outcome" typeRef="date"'),
}


@pytest.mark.parametrize("column", TYPED)
def test_a_value_that_is_none_of_its_column_names_the_column(column: str) -> None:
    """A date that no form declares comes in as text."""
    row = rule("-", 'string(date("2025-12-31"))')
    xml = dmn(table(row, hit_policy="FIRST", reads="begin").replace(*TYPED[column]))

    told = f'in de kolom "{column}": de waarde is niet van het type date'
    with pytest.raises(DecisionError, match=told):
        decide(xml, "colour", {"begin": "2025-12-31"})


def with_outputs(policy: str, *rules: str) -> bytes:
    values = '<outputValues><text>"rood","geel","groen"</text></outputValues>'
    drawn = table(*rules, hit_policy=policy, reads="number(string(answer))")
    drawn = drawn.replace(' typeRef="string"', "")
    return dmn(drawn.replace('name="outcome"/>', f'name="outcome">{values}</output>'))


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [("PRIORITY", "rood"), ("OUTPUT ORDER", ["rood", "groen"]), ("COLLECT", ["groen", "rood"])],
)
def test_the_order_of_the_output_values_counts(policy: str, outcome: object) -> None:
    xml = with_outputs(policy, rule("> 1", '"groen"'), rule("> 2", '"rood"'))

    assert decide(xml, "colour", {"answer": 3}) == {"outcome": outcome}


READS = {"small language": "answer", "feel": "if true then answer else null"}
"""A table of either language, by what its column reads."""


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_an_outcome_outside_the_output_values_is_refused(reads: str) -> None:
    values = '<outputValues><text>"rood","geel"</text></outputValues>'
    drawn = table(rule("-", "kleur"), hit_policy="FIRST", reads=reads)
    xml = dmn(drawn.replace('name="outcome"/>', f'name="outcome">{values}</output>'))

    assert decide(xml, "colour", {"answer": "a", "kleur": "geel"}) == {"outcome": "geel"}
    assert decide(xml, "colour", {"answer": "a", "kleur": None}) == {"outcome": None}
    with pytest.raises(DecisionError, match=r'"outcome".*de waarde'):
        decide(xml, "colour", {"answer": "a", "kleur": "paars"})


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_of_two_outputs_one_may_have_an_outcome_without_a_hit(reads: str) -> None:
    default = '<defaultOutputEntry><text>"grijs"</text></defaultOutputEntry>'
    row = rule('"a"', '"rood"').replace(
        "</rule>", "<outputEntry><text>1</text></outputEntry></rule>"
    )
    drawn = table(row, hit_policy="FIRST", reads=reads)
    two = f'name="outcome">{default}</output><output name="count"/>'
    xml = dmn(drawn.replace('name="outcome"/>', two))

    assert decide(xml, "colour", {"answer": "a"}) == {"outcome": "rood", "count": 1}
    assert decide(xml, "colour", {"answer": "b"}) == {"outcome": "grijs", "count": None}


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
@pytest.mark.parametrize("type_", ["integer", "long", "double", "number"])
def test_numbers_have_the_names_of_camunda_too(type_: str, reads: str) -> None:
    drawn = table(rule("> 3", "answer * 2"), hit_policy="FIRST", reads=reads)
    drawn = drawn.replace('typeRef="string"', f'typeRef="{type_}"')
    xml = dmn(drawn.replace('name="outcome"', f'name="outcome" typeRef="{type_}"'))

    assert decide(xml, "colour", {"answer": 4}) == {"outcome": 8}
    with pytest.raises(DecisionError):
        decide(xml, "colour", {"answer": "veel"})


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_rules_that_hit_together_are_named_by_their_numbers(reads: str) -> None:
    rows = (rule(test, '"x"').replace(' id="row"', "") for test in ('"b"', '"a"', "-"))
    xml = dmn(table(*rows, reads=reads))

    with pytest.raises(DecisionError, match="regel 2 en regel 3"):
        decide(xml, "colour", {"answer": "a"})


def test_any_takes_what_all_rules_agree_on() -> None:
    xml = with_outputs("ANY", rule("> 1", '"groen"'), rule("> 2", '"groen"'), rule("> 3", '"geel"'))

    assert decide(xml, "colour", {"answer": 3}) == {"outcome": "groen"}
    with pytest.raises(DecisionError, match="verschillende uitkomsten"):
        decide(xml, "colour", {"answer": 4})


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("uren * 1.5", {"colour": 4.5}),
        ('if uren > 2 then "veel" else "weinig"', {"colour": "veel"}),
        ('{soort: "kort", dubbel: uren * 2}', {"soort": "kort", "dubbel": 6}),
    ],
)
def test_a_decision_may_be_an_expression(text: str, outcome: dict[str, Any]) -> None:
    assert decide(dmn(literal(text)), "colour", {"uren": 3}) == outcome


def test_what_cannot_be_worked_out_says_why() -> None:
    with pytest.raises(DecisionError, match='"colour": "uren" is niet bekend'):
        decide(dmn(literal("uren * 2")), "colour", {})


MODEL = (
    f'{HEAD}<inputData id="in" name="aantal uren"/>'
    '<decision id="korting" name="korting per uur"><variable name="korting per uur"/>'
    '<informationRequirement id="r1"><requiredInput href="#in"/></informationRequirement>'
    f"{literal('if aantal uren > 10 then 2 else 0')}</decision>"
    '<businessKnowledgeModel id="afronden" name="afronden"><variable name="afronden"/>'
    '<encapsulatedLogic><formalParameter name="bedrag"/>'
    f"{literal('decimal(bedrag, 2)')}</encapsulatedLogic></businessKnowledgeModel>"
    '<decision id="prijs" name="prijs"><variable name="prijs" typeRef="number"/>'
    '<informationRequirement id="r2"><requiredInput href="#in"/></informationRequirement>'
    '<informationRequirement id="r3"><requiredDecision href="#korting"/></informationRequirement>'
    '<knowledgeRequirement id="r4"><requiredKnowledge href="#afronden"/></knowledgeRequirement>'
    f"{literal('afronden(aantal uren * (12.345 - korting per uur))')}</decision></definitions>"
).encode()


def test_a_decision_uses_what_it_requires() -> None:
    assert decide(MODEL, "prijs", {"aantal uren": 12}) == {"prijs": 124.14}
    assert decide(MODEL, "prijs", {"aantal uren": 2}) == {"prijs": 24.69}


def test_a_variable_with_the_name_of_a_decision_does_not_replace_it() -> None:
    assert decide(MODEL, "prijs", {"aantal uren": 2, "korting per uur": 99}) == {"prijs": 24.69}


def test_a_file_is_read_and_compiled_once() -> None:
    """Each decision would otherwise parse its file, and keep what it compiled for ever."""
    fresh = MODEL.replace(b'id="d"', b'id="fresh"')
    first, _ = calls_of(lambda: decide(fresh, "prijs", {"aantal uren": 3}))
    again, outcome = calls_of(lambda: decide(fresh, "prijs", {"aantal uren": 3}))

    assert outcome == {"prijs": 37.04}
    assert again < first / 2


def test_a_variable_with_the_name_of_a_function_does_not_hide_it() -> None:
    xml = dmn(literal('if date(begin) < date("2026-01-01") then date else count([1, 2])'))

    assert decide(xml, "colour", {"begin": "2025-12-31", "date": "x"}) == {"colour": "x"}
    assert decide(xml, "colour", {"begin": "2026-12-31", "date": "x", "count": 5}) == {"colour": 2}
