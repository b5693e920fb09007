"""Decision tables have a hit policy that runs, and cells of the language."""

import pytest

from processes.engine.decisions.deciding import decide
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.tables import dmn, rule, table

GOOD = dmn(table(rule('"ja"', '"groen"'), rule("-", '"rood"'), hit_policy="FIRST"))


def decides(**attributes: str) -> bytes:
    return process(straight(node("businessRuleTask", "a", **attributes), ids=("a",)))


def needs(reads: str, *, arrow: bool = True) -> bytes:
    """A decision with an arrow from the input `most`, that is this expression."""
    drawn = '<informationRequirement><requiredInput href="#most"/></informationRequirement>'
    logic = f"<literalExpression><text>{reads}</text></literalExpression>"
    whole = dmn((drawn if arrow else "") + logic)
    return whole.replace(b"</definitions>", b'<inputData id="most" name="most"/></definitions>')


def loop(name: str) -> bytes:
    return needs(f"for hour in most return hour * {name}")


COLOUR = {"colour": GOOD}
BOUND = decides(camunda_decisionRef="colour")
EXAMPLES = {
    "decision-exists": Example(decides(camunda_decisionRef="gone"), BOUND, beside=COLOUR),
    "decision-binding": Example(
        decides(camunda_decisionRef="colour", camunda_decisionRefBinding="version"),
        BOUND,
        beside=COLOUR,
    ),
    "decision-missing": Example(dmn(""), GOOD, at=None),
    "decision-id": Example(GOOD.replace(b'decision id="colour"', b"decision"), GOOD, at=None),
    "decision-table": Example(
        dmn("<description/>"), dmn("<literalExpression><text>1 + 1</text></literalExpression>"),
        at="colour"),
    "decision-circle": Example(
        dmn('<informationRequirement><requiredDecision href="#colour"/></informationRequirement>'
            + table(rule("-", "1"))), GOOD, at="colour"),
    "decision-feel": Example(
        dmn("<literalExpression><text>1 +</text></literalExpression>"),
        dmn('<literalExpression><text>date("2026-01-01") + @"P1M"</text></literalExpression>'),
        at="colour"),
    "decision-requires": Example(
        dmn('<informationRequirement><requiredDecision href="#x"/></informationRequirement>'
            + table(rule("-", "1"))), GOOD, at="colour"),
    "decision-name": Example(loop("limit"), loop("most"), at="colour"),
    "hit-policy": Example(dmn(table(rule("-", "1"), hit_policy="LAST")), GOOD, at="colour"),
    "decision-shape": Example(
        dmn(table(rule("-", "1").replace("inputEntry", "outputEntry"))), GOOD, at="row"
    ),
    "decision-empty": Example(dmn(table()), GOOD, at="colour"),
    "decision-language": Example(
        dmn(table(rule("-", "1")).replace("<rule", '<rule expressionLanguage="javascript"')),
        GOOD, at="colour"),
    "cell-comma": Example(dmn(table(rule("< 3,5", "1"))), dmn(table(rule("< 3.5", "1"))), at="row"),
    "cell-type": Example(
        dmn(table(rule('> "veel"', "1")).replace('"string"', '"number"')),
        dmn(table(rule('> 3, "4", [1..limit]', "1")).replace('"string"', '"number"')),
        at="row",
    ),
    "decision-order": Example(
        dmn(table(rule("-", "1"), hit_policy="PRIORITY")),
        dmn(table(rule("-", "1"), hit_policy="PRIORITY").replace('name="outcome"/>',
            'name="outcome"><outputValues><text>2, 1</text></outputValues></output>')),
        at="colour"),
    "outcome-allowed": Example(
        dmn(table(rule("-", '"paars"')).replace('name="outcome"/>',
            'name="outcome"><outputValues><text>"rood"</text></outputValues></output>')),
        dmn(table(rule('"a"', '"rood"'), rule('"b"', "kleur")).replace('name="outcome"/>',
            'name="outcome"><outputValues><text>"rood"</text></outputValues></output>')),
        at="row"),
    "decision-type": Example(
        dmn(table(rule("< now()", "1")).replace('"string"', '"tMoment"')),
        dmn(table(rule("< now()", "1")).replace('"string"', '"dateTime"')),
        at="colour"),
    "column-type": Example(
        dmn(table(rule('"ja"', '"groen"')).replace('"string"', '"datum"')),
        GOOD, at="colour"),
    "feel-never": Example(
        dmn(table(rule('< date("2026-13-01")', "1"))),
        dmn(table(rule('< date("2026-12-01")', "count([])"), rule("> now()", "null"))),
        at="row"),
    "cell-syntax": Example(
        dmn(table(rule("open('x')", "1"))), dmn(table(rule('< date("2026-01-01")', "1"))), at="row"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_wrong_decision_is_found(name: str) -> None:
    assert_bad_is_found(name, EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_right_decision_is_clean(name: str) -> None:
    assert_good_is_clean(name, EXAMPLES[name])


@pytest.mark.parametrize(
    "type_", ["number", "integer", "long", "double", "feel:number", "date and time", "tNiveau"]
)
def test_a_type_of_dmn_of_camunda_or_of_the_file_exists(type_: str) -> None:
    drawn = dmn(table(rule("< now()", "1")).replace('"string"', f'"{type_}"')).decode()
    own = '<itemDefinition name="tNiveau"><typeRef>number</typeRef></itemDefinition>'
    xml = drawn.replace("<decision ", f"{own}<decision ", 1).encode()

    assert "decision-type" not in _rules(xml)


@pytest.mark.parametrize("type_", ["datum", "getal", "Number", "bool", "java.util.Date", "x:ja"])
@pytest.mark.parametrize("place", ['typeRef="string"', 'name="outcome"'])
def test_a_type_that_is_not_known_is_told_of_every_column(place: str, type_: str) -> None:
    typed = 'name="outcome" ' * ("name" in place) + f'typeRef="{type_}"'
    xml = dmn(table(rule('"ja"', '"groen"')).replace(place, typed))

    assert _rules(xml) == {"column-type"}


def test_an_outcome_without_a_hit_is_among_the_values_too() -> None:
    drawn = table(rule('"a"', '"rood"')).replace(
        'name="outcome"/>',
        'name="outcome"><outputValues><text>"rood"</text></outputValues>'
        '<defaultOutputEntry><text>"paars"</text></defaultOutputEntry></output>',
    )

    assert "outcome-allowed" in _rules(dmn(drawn))
    assert "outcome-allowed" not in _rules(dmn(drawn.replace("paars", "rood")))


@pytest.mark.parametrize(
    ("cell", "value", "hits"),
    [
        ('contains(?, "BV")', "Zaak BV", True),
        ('contains(?, "BV")', "Zaak", False),
        ("string length(?) > 3", "Zaak", True),
        ('? < "b" and ? > "A"', "a", True),
        ('matches(?, "^[0-9]{8}$"), "onbekend"', "onbekend", True),
        ('not(starts with(?, "St"))', "Stichting", False),
    ],
)
def test_a_cell_may_ask_for_its_own_value(cell: str, value: str, hits: bool) -> None:
    """DMN 1.5 §7.3.3: `?` is the value of the column, and has one when the table is asked."""
    xml = dmn(table(rule(cell, '"ja"')))

    assert "feel-never" not in _rules(xml)
    assert decide(xml, "colour", {"answer": value}) == {"outcome": "ja" if hits else None}


@pytest.mark.parametrize("result", ["?", "? + 1"])
def test_an_outcome_has_no_value_of_a_column_to_ask_for(result: str) -> None:
    assert "feel-never" in _rules(dmn(table(rule("-", result))))


def _rules(xml: bytes) -> set[str]:
    return {each.rule for each in found(xml)}


KNOWLEDGE = '<knowledgeRequirement><requiredKnowledge href="#m"/></knowledgeRequirement>'


def test_a_decision_that_needs_a_knowledge_model_is_refused() -> None:
    assert "decision-requires" in _rules(dmn(KNOWLEDGE + table(rule("-", "1"))))


def test_a_name_that_no_arrow_brings_is_told_with_all_others_of_its_decision() -> None:
    """As an editor leaves it that gives an input another name, and not all that reads it."""
    (told,) = found(needs("limit + sum(most) - rest"))
    assert (told.rule, told.element) == ("decision-name", "colour")
    assert '"colour" leest limit, rest, ' in told.message


@pytest.mark.parametrize(
    "reads",
    [
        "Most + 1",  # as Camunda Modeler lets an input be called
        "most[item &gt; 3 and status = limit]",
        "for hour in most return hour * partial[-1]",
        "some hour in most satisfies hour &gt; 3",
        "{low: 1, high: low + most}.high",
        "function(a) a + most",
    ],
)
def test_what_an_expression_names_itself_needs_no_arrow(reads: str) -> None:
    assert not found(needs(reads))


def test_a_decision_without_arrows_reads_the_case() -> None:
    assert not found(needs("limit + 1", arrow=False))


def test_a_cell_of_a_table_reads_what_an_arrow_brings() -> None:
    xml = needs("1").replace(
        b"<literalExpression><text>1</text></literalExpression>",
        table(rule("[most..limit]", "uren"), reads="most").encode(),
    )
    assert ["leest limit, uren," in each.message for each in found(xml)] == [True]


@pytest.mark.parametrize("language", ["javascript", "groovy", "python", "juel", "FEEL2"])
@pytest.mark.parametrize("cell", ["inputEntry", "decisionTable", "outputEntry"])
def test_a_cell_in_another_language_is_refused(cell: str, language: str) -> None:
    xml = dmn(
        table(rule("-", "1")).replace(f"<{cell} ", f'<{cell} expressionLanguage="{language}" ')
    )
    reads_alike = language == "juel" and cell == "outputEntry"
    assert ("decision-language" in _rules(xml)) != reads_alike


@pytest.mark.parametrize(
    "language",
    [
        "feel",
        "FEEL",
        "http://www.omg.org/spec/FEEL/20140401",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
        "https://www.omg.org/spec/DMN/20240513/FEEL/",
    ],
)
def test_feel_is_read(language: str) -> None:
    xml = dmn(table(rule("-", "1"))).replace(
        b"<definitions ", f'<definitions expressionLanguage="{language}" '.encode()
    )
    assert not _rules(xml)


def test_the_lenient_feel_of_dmn_16_is_refused() -> None:
    """In B-FEEL what is an error or null in FEEL has a value (DMN 1.6)."""
    language = b'expressionLanguage="https://www.omg.org/spec/DMN/20240513/B-FEEL/"'
    xml = dmn(table(rule("-", "1"))).replace(b"<definitions ", b"<definitions " + language + b" ")

    assert _rules(xml) == {"decision-language"}


@pytest.mark.parametrize("cell", ["< 3,5", ">= 3,5", "[1,5..2]", "3,5", "not(3,5)", "< 1,5, > 9"])
def test_a_comma_that_may_be_a_decimal_point_is_told(cell: str) -> None:
    assert _rules(dmn(table(rule(cell, "1")))) & {"cell-comma", "cell-syntax"}


@pytest.mark.parametrize("cell", ["1,2,3", "3, 5", '"1,5"', "< 3.5", "[1..5]", "min(1, 2)"])
def test_a_list_of_numbers_is_no_decimal(cell: str) -> None:
    assert "cell-comma" not in _rules(dmn(table(rule(cell, "1"))))


def _column(part: str, text: str) -> bytes:
    tag, parent = part, "input" if part.startswith("input") else "output"
    inner = f"<{tag}><text>{text}</text></{tag}>"
    drawn = table(rule("-", "1"))
    if parent == "input":
        return dmn(drawn.replace("</input>", f"{inner}</input>"))
    return dmn(drawn.replace('name="outcome"/>', f'name="outcome">{inner}</output>'))


@pytest.mark.parametrize("part", ["inputValues", "outputValues", "defaultOutputEntry"])
def test_what_a_column_allows_and_gives_is_of_the_language(part: str) -> None:
    assert "cell-syntax" in _rules(_column(part, "open(x)"))
    assert not _rules(_column(part, "1"))


@pytest.mark.parametrize("policy", ["ORDER", "x"])
def test_a_hit_policy_that_does_not_run_is_refused(policy: str) -> None:
    findings = found(dmn(table(rule("-", "1"), hit_policy=policy)))

    assert "hit-policy" in {each.rule for each in findings}


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER"])
def test_the_hit_policies_that_run_are_fine(policy: str) -> None:
    assert not found(dmn(table(rule('"ja"', "1"), hit_policy=policy)))


def test_a_decision_inside_a_process_file_is_no_decision() -> None:
    assert found(GOOD.replace(b"<decision ", b"<process ").replace(b"</decision>", b"</process>"))
