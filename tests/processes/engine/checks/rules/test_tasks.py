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
    "topic-exists": Example(one(node("serviceTask", "a", camunda_topic="male")), MAIL),
    "topic-outside": Example(one(job("a", "bel-de-klant")), MAIL),
    "topic-name": Example(one(job("a", "x" * 201)), one(job("a", "x" * 200))),
    "outside-only": Example(
        one(job("a", "mail").replace(">", ' camunda:taskPriority="5">', 1)),
        one(job("a", "bel-de-klant").replace(">", ' camunda:taskPriority="5">', 1)),
    ),
    "task-priority": Example(
        one(job("a", "x").replace(">", ' camunda:taskPriority="101">', 1)),
        one(job("a", "x").replace(">", ' camunda:taskPriority="${n}">', 1)),
    ),
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


def test_a_topic_that_is_almost_one_of_loket_is_told_with_that_name() -> None:
    (finding,) = found(one(job("a", "male")))

    assert finding.rule == "topic-outside"
    assert 'Of bedoelde u "mail"?' in finding.message


def test_what_is_for_a_worker_outside_is_told_where_loket_does_the_task() -> None:
    properties = extended(
        '<camunda:properties><camunda:property name="k" value="v"/></camunda:properties>'
    )
    (told,) = [f for f in found(one(job("a", "mail", properties))) if f.rule == "outside-only"]
    assert told.message.startswith("k bij")
    assert {f.rule for f in found(one(job("a", "x", properties)))} == {"topic-outside"}


def test_the_priority_of_a_process_is_a_number() -> None:
    drawn = one(job("a", "x")).replace(b"<bpmn:process", b'<bpmn:process camunda:taskPriority="z"')
    assert "task-priority" in {f.rule for f in found(drawn)}


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
