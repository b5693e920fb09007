"""Decision tables have a hit policy that runs, and cells of the language."""

import pytest

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
    "decision-table": Example(dmn("<literalExpression/>"), GOOD, at="colour"),
    "decision-requires": Example(
        dmn('<informationRequirement><requiredDecision href="#x"/></informationRequirement>'
            + table(rule("-", "1"))), GOOD, at="colour"),
    "hit-policy": Example(dmn(table(rule("-", "1"), hit_policy="PRIORITY")), GOOD, at="colour"),
    "decision-shape": Example(
        dmn(table(rule("-", "1").replace("inputEntry", "outputEntry"))), GOOD, at="row"
    ),
    "decision-empty": Example(dmn(table()), GOOD, at="colour"),
    "cell-syntax": Example(dmn(table(rule("open('x')", "1"))), GOOD, at="row"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_wrong_decision_is_found(name: str) -> None:
    assert_bad_is_found(name, EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_right_decision_is_clean(name: str) -> None:
    assert_good_is_clean(name, EXAMPLES[name])


@pytest.mark.parametrize("policy", ["ANY", "PRIORITY", "OUTPUT ORDER", "ORDER", "x"])
def test_a_hit_policy_that_does_not_run_is_refused(policy: str) -> None:
    findings = found(dmn(table(rule("-", "1"), hit_policy=policy)))

    assert "hit-policy" in {each.rule for each in findings}


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "COLLECT", "RULE ORDER"])
def test_the_hit_policies_that_run_are_fine(policy: str) -> None:
    assert not found(dmn(table(rule("> 3", "1"), hit_policy=policy)))


def test_a_decision_inside_a_process_file_is_no_decision() -> None:
    assert found(GOOD.replace(b"<decision ", b"<process ").replace(b"</decision>", b"</process>"))
