"""Diagrams of Zeebe, Flowable and Activiti in our words, and what is left as a to-do."""

import pytest

from processes.engine.checks.checker import check
from processes.engine.checks.findings import HARMLESS, Vocabulary
from processes.engine.deployment.takeover import take_over
from processes.engine.deployment.zeebe import feel
from processes.engine.diagram.elements import Element, read
from tests.processes.engine.diagrams import flow, node, process, straight

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
ENGINES = {
    "zeebe": ZEEBE,
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
}
KNOWN = Vocabulary(
    forms=frozenset({"aanvraag"}),
    topics={"betaal": {"bedrag": True}},
    groups=frozenset({"registrar"}),
)


def drawn(
    tag: str, inside: str = "", attributes: str = "", messages: tuple[str, ...] = ()
) -> bytes:
    """A process with one element a, in which this stands, with the prefix of each engine."""
    task = f'<bpmn:{tag} id="a" name="A" {attributes}>{inside}</bpmn:{tag}>'
    xml = process(straight(task, ids=("a",)), messages=messages)
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in ENGINES.items())
    return xml.replace(b"<bpmn:definitions ", f"<bpmn:definitions {names} ".encode())


def extension(part: str) -> str:
    return f"<bpmn:extensionElements>{part}</bpmn:extensionElements>"


def element(xml: bytes) -> Element:
    """Element a after the take-over."""
    return read(take_over(xml).xml).elements["a"]


def todo(xml: bytes) -> list[str]:
    """What the checks still ask after the take-over."""
    findings = check(take_over(xml).xml, KNOWN)
    return [each.message for each in findings if each.severity not in HARMLESS]


def test_a_job_of_zeebe_is_a_topic_with_its_retries_and_inputs() -> None:
    parts = (
        '<zeebe:taskDefinition type="betaal" retries="3"/>'
        '<zeebe:ioMapping><zeebe:input source="=prijs * 2" target="bedrag"/></zeebe:ioMapping>'
    )
    xml = drawn("serviceTask", extension(parts))

    found = element(xml)

    assert (found.topic, found.max_attempts, found.retry_every) == ("betaal", 3, "PT1M")
    assert found.inputs == {"bedrag": "${prijs * 2}"}
    assert not todo(xml)


def test_a_user_task_of_zeebe_keeps_its_group_form_and_date() -> None:
    parts = (
        '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="registrar"/>'
        '<zeebe:formDefinition formKey="aanvraag"/><zeebe:taskSchedule dueDate="P14D"/>'
    )
    xml = drawn("userTask", extension(parts))

    found = element(xml)

    assert (found.candidate_group, found.form_key, found.due_date) == (
        "registrar",
        "aanvraag",
        "P14D",
    )
    assert not todo(xml)


def test_the_correlation_key_of_a_message_of_zeebe_goes_to_who_waits_for_it() -> None:
    xml = drawn("receiveTask", "", 'messageRef="message_m"', messages=("m",))
    subscription = extension('<zeebe:subscription correlationKey="=kvk"/>').encode()
    whole = xml.replace(b'id="message_m" name="m"/>', b'id="message_m" name="m">@</bpmn:message>')
    assert whole != xml

    found = element(whole.replace(b"@", subscription))

    assert found.correlation_key == "${kvk}"


def test_a_call_of_zeebe_keeps_its_key_and_mappings() -> None:
    parts = (
        '<zeebe:calledElement processId="kind" propagateAllChildVariables="false"/>'
        '<zeebe:ioMapping><zeebe:input source="=a" target="b"/>'
        '<zeebe:output source="=c + 1" target="d"/></zeebe:ioMapping>'
    )
    text = take_over(drawn("callActivity", extension(parts))).xml.decode()

    assert 'calledElement="kind"' in text
    assert '<camunda:in source="a" target="b"/>' in text
    assert '<camunda:out sourceExpression="${c + 1}" target="d"/>' in text


def test_a_decision_of_zeebe_is_a_decision_table() -> None:
    part = '<zeebe:calledDecision decisionId="kleur" resultVariable="uitkomst"/>'

    found = element(drawn("businessRuleTask", extension(part)))

    assert (found.decision, found.result_variable) == ("kleur", "uitkomst")


def test_rounds_of_zeebe_go_over_the_same_list() -> None:
    loop = extension('<zeebe:loopCharacteristics inputCollection="=lijst" inputElement="deel"/>')
    marker = (
        f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    )

    text = take_over(drawn("userTask", marker)).xml.decode()

    assert 'camunda:collection="${lijst}"' in text
    assert 'camunda:elementVariable="deel"' in text


@pytest.mark.parametrize("prefix", ["flowable", "activiti"])
def test_the_attributes_of_flowable_and_activiti_are_camundas(prefix: str) -> None:
    said = f'{prefix}:candidateGroups="registrar" {prefix}:formKey="aanvraag"'
    xml = drawn("userTask", "", said)

    found = element(xml)

    assert (found.candidate_group, found.form_key) == ("registrar", "aanvraag")
    assert not todo(xml)


def test_an_external_worker_of_flowable_is_a_job() -> None:
    xml = drawn("serviceTask", "", 'flowable:type="external-worker" flowable:topic="betaal"')

    assert element(xml).topic == "betaal"
    assert not todo(xml)


@pytest.mark.parametrize("prefix", ["flowable", "activiti"])
def test_mappings_of_flowable_and_activiti_are_camundas(prefix: str) -> None:
    part = f'<{prefix}:in source="a" target="b"/>'

    text = take_over(drawn("callActivity", extension(part))).xml.decode()

    assert '<camunda:in source="a" target="b"/>' in text


@pytest.mark.parametrize(
    ("xml", "name"),
    [
        (
            drawn("serviceTask", extension('<zeebe:taskHeaders k="v"/>')),
            "zeebe:taskHeaders",
        ),
        (drawn("serviceTask", "", 'flowable:class="org.example.Pay"'), "flowable:class"),
        (drawn("userTask", "", 'activiti:skipExpression="${x}"'), "activiti:skipExpression"),
        (
            drawn("serviceTask", extension('<zeebe:taskDefinition type="=job"/>')),
            "zeebe:taskDefinition.type",
        ),
    ],
)
def test_what_has_no_counterpart_is_a_to_do_that_goes_with_its_property(
    xml: bytes, name: str
) -> None:
    done = take_over(xml)

    assert ("a", name) in done.left
    told = [each for each in check(done.xml, KNOWN) if each.rule == "taken-over"]
    assert any(name in each.message and each.element == "a" for each in told)
    assert not [each for each in check(done.xml, KNOWN) if each.rule == "namespace-engine"]


def test_nothing_of_another_engine_is_left_under_its_name() -> None:
    xml = drawn("userTask", extension("<zeebe:userTask/>"), 'flowable:x="1" activiti:formKey="f"')
    assert "namespace-engine" in {each.rule for each in check(xml, KNOWN)}

    rules = {each.rule for each in check(take_over(xml).xml, KNOWN)}

    assert "namespace-engine" not in rules


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("= a > 3", "${a > 3}"),
        ('=kleur = "rood"', '${kleur == "rood"}'),
        ("=a >= 3 and b != 4", "${a >= 3 and b != 4}"),
        ("=some x in y satisfies x", None),
        ("a > 3", None),
        (None, None),
    ],
)
def test_an_expression_of_feel_is_ours_where_it_can_be(text: str | None, ours: str | None) -> None:
    assert feel(text) == ours


def test_the_conditions_of_zeebe_are_ours_too() -> None:
    inner = node("startEvent", "s") + node("exclusiveGateway", "a") + node("endEvent", "e")
    xml = process(inner + flow("s", "a") + flow("a", "e", '= kleur = "rood"'))

    assert '${kleur == "rood"}' in take_over(xml).xml.decode()
