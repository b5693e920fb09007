"""Each expression in a diagram is of the safe language."""

import pytest

from tests.processes.engine.checks.rules.flow.test_loops import again, many, times
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    catch,
    found,
    xor,
)
from tests.processes.engine.diagrams import flow, inputs, job, process, straight, timer, user


def choice(condition: str) -> bytes:
    return xor(flow("g", "a", condition), flow("g", "b"), default="g_to_b")


def given(text: str) -> bytes:
    return process(straight(job("a", "mail", inputs(to=text)), ids=("a",)))


EXAMPLES = {
    "expression-syntax": Example(choice("${next."), choice("${next == 'x'}"), at="g_to_a"),
    "expression-language": Example(
        choice("x").replace(b"Expression>x", b'Expression language="js">x'),
        choice("x"),
        at="g_to_a",
    ),
    "name-unknown": Example(
        many("<bpmn:completionCondition>answr == 3</bpmn:completionCondition>",
            'camunda:collection="answers" camunda:elementVariable="answer"'),
        many("<bpmn:completionCondition>answer == 3</bpmn:completionCondition>",
            'camunda:collection="answers" camunda:elementVariable="answer"'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_expression_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_expression_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


CODE = "__import__('os').system('id')"


@pytest.mark.parametrize(
    "xml",
    [
        choice(CODE),
        choice("${" + CODE + "}"),
        given("${" + CODE + "}"),
        given("Beste ${name}"),
        many(times(CODE)),
        many(times("3") + f"<bpmn:completionCondition>{CODE}</bpmn:completionCondition>"),
        again("", CODE),
        process(straight(catch("a", timer("timeDuration", "${" + CODE + "}")), ids=("a",))),
        process(straight(user("a", camunda_dueDate="${" + CODE + "}"), ids=("a",))),
        process(straight(user("a", camunda_candidateGroups="${" + CODE + "}"), ids=("a",))),
        process(
            straight(
                catch(
                    "a",
                    "<bpmn:conditionalEventDefinition><bpmn:condition>"
                    f"{CODE}</bpmn:condition></bpmn:conditionalEventDefinition>",
                ),
                ids=("a",),
            )
        ),
    ],
)
def test_python_is_refused_wherever_an_expression_may_stand(xml: bytes) -> None:
    assert "expression-syntax" in {each.rule for each in found(xml)}


def test_the_message_names_the_expression_and_the_reason() -> None:
    (finding,) = found(choice("company.name == 'x'"))

    assert "company.name" in finding.message
    assert 'schrijf bedrijf["naam"]' in finding.message
