"""What tasks name exists, with the parameters that it takes."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import (
    delegate,
    inputs,
    job,
    node,
    process,
    straight,
    user,
)


def one(drawn: str) -> bytes:
    return process(straight(drawn, ids=("a",)))


def extended(text: str) -> str:
    return f"<bpmn:extensionElements>{text}</bpmn:extensionElements>"


def retried(text: str) -> bytes:
    cycle = f"<camunda:failedJobRetryTimeCycle>{text}</camunda:failedJobRetryTimeCycle>"
    return one(job("a", "mail", extended(cycle)))


MAIL = one(job("a", "mail", inputs(to="${email}")))


def grouped(groups: str) -> bytes:
    return one(user("a", camunda_candidateGroups=groups))


EXAMPLES = {
    "group-exists": Example(grouped("registar"), grouped("registrar")),
    "service-missing": Example(one(node("serviceTask", "a")), MAIL),
    "service-single": Example(
        one(job("a", "mail").replace(">", ' camunda:delegateExpression="${d}">', 1)), MAIL
    ),
    "service-type": Example(
        one(node("serviceTask", "a", camunda_type="mail", camunda_topic="mail")), MAIL
    ),
    "topic-exists": Example(one(job("a", "male")), MAIL),
    "delegate-exists": Example(one(delegate("a", "publissh")), one(delegate("a", "publish"))),
    "form-exists": Example(one(node("userTask", "a", camunda_formKey="formm"))),
    "form-missing": Example(one(node("userTask", "a"))),
    "form-reference": Example(one(user("a", camunda_formRef="x"))),
    "assignee-ignored": Example(one(user("a", "<bpmn:humanPerformer/>"))),
    "retry-syntax": Example(retried("five times"), retried("R5/PT1M")),
    "group-empty": Example(
        one(user("a", camunda_candidateGroups=" ")),
        one(user("a", camunda_candidateGroups="registrar")),
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_task_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_task_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_without_parameters_the_variables_of_the_process_count() -> None:
    assert not found(one(job("a", "mail")))
    assert not found(one(delegate("a", "publish")))


def test_a_performer_as_a_person_is_a_warning() -> None:
    assert "assignee-ignored" in {f.rule for f in found(one(user("a", "<bpmn:potentialOwner/>")))}


@pytest.mark.parametrize("kind", ["sendTask", "businessRuleTask"])
def test_other_tasks_may_name_a_service_too(kind: str) -> None:
    drawn = node(kind, "a", camunda_type="external", camunda_topic="mail")

    assert {"service-missing", "topic-exists"}.isdisjoint({f.rule for f in found(one(drawn))})


@pytest.mark.parametrize("groups", ["${afdeling}", "provider,registrar"])
def test_several_groups_and_an_expression_are_clean(groups: str) -> None:
    assert not found(grouped(groups))


def test_each_of_several_groups_has_to_exist() -> None:
    assert "group-exists" in {each.rule for each in found(grouped("registrar, directie"))}


def test_an_unknown_group_is_told_with_those_that_exist() -> None:
    (finding,) = [each for each in found(grouped("Registrar")) if each.rule == "group-exists"]

    assert '"Registrar"' in finding.message
    assert "provider, registrar" in finding.message


def test_each_of_several_groups_is_looked_up() -> None:
    told = [each for each in found(grouped("provider,x,y")) if each.rule == "group-exists"]

    assert len(told) == 2
