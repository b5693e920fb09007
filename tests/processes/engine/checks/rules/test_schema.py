"""Nothing that is drawn is ignored in silence: attributes, parts, other programs' words."""

import pytest

from processes.engine.checks.checker import check
from processes.engine.checks.findings import Finding, Severity, Vocabulary
from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import node, process, straight, user
from tests.processes.engine.tables import dmn, rule, table

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
SHOP = 'xmlns:shop="http://shop.example/bpmn"'


def drawn(*, attributes: str = "", inside: str = "", tag: str = "userTask") -> bytes:
    """A process with one task a that has these attributes, and this within."""
    form = 'camunda:formKey="a"' if tag == "userTask" else ""
    task = f'<bpmn:{tag} id="a" name="A" {form} {attributes}>{inside}</bpmn:{tag}>'
    return process(straight(task, ids=("a",)))


def foreign(attributes: str) -> bytes:
    return drawn(attributes=f"{ZEEBE} {SHOP} {attributes}")


EXAMPLES = {
    "attribute-ignored": Example(drawn(attributes='camunda:jobPriority="50"')),
    "attribute-refused": Example(
        PLAIN.replace(b"<bpmn:startEvent ", b'<bpmn:startEvent camunda:formHandlerClass="a" '),
        at="start",
    ),
    "attribute-unknown": Example(drawn(attributes='colour="red"')),
    "namespace-foreign": Example(foreign('shop:rack="3"'), at=None),
    "taken-over": Example(
        drawn(
            inside="<bpmn:extensionElements><camunda:properties>"
            '<camunda:property name="zeebe:taskHeaders" value="x"/>'
            "</camunda:properties></bpmn:extensionElements>"
        )
    ),
    "namespace-engine": Example(foreign('zeebe:priority="1"'), at=None),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_does_not_run_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_runs_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def _told(xml: bytes, rule: str) -> list[Finding]:
    return [each for each in found(xml) if each.rule == rule]


@pytest.mark.parametrize(
    "name",
    [
        *("asyncBefore", "asyncAfter", "async", "jobPriority"),
        *("formRefBinding", "formRefVersion"),
    ],
)
def test_an_attribute_of_camunda_that_does_nothing_is_named(name: str) -> None:
    (finding,) = _told(drawn(attributes=f'camunda:{name}="true"'), "attribute-ignored")
    assert finding.element == "a"
    assert name in finding.message
    assert finding.severity is Severity.WARNING


def test_what_says_no_more_than_the_default_is_no_finding() -> None:
    plain = 'camunda:exclusive="true" camunda:asyncBefore="false" implementation="##unspecified"'
    assert not _told(drawn(attributes=plain), "attribute-ignored")


def test_a_true_or_false_is_read_in_both_ways_of_writing() -> None:
    assert not _told(drawn(attributes='camunda:asyncBefore="0"'), "attribute-ignored")
    assert _told(drawn(attributes='camunda:asyncBefore="1"'), "attribute-ignored")


def test_all_that_does_nothing_at_one_task_is_one_finding() -> None:
    attributes = 'camunda:jobPriority="50" camunda:asyncBefore="true"'
    (finding,) = _told(drawn(attributes=attributes), "attribute-ignored")
    assert "jobPriority" in finding.message
    assert "asyncBefore" in finding.message


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("<bpmn:rendering/>", "rendering"),
        ('<bpmn:property id="p" name="bedrag"/>', "property"),
        ("<bpmn:monitoring/>", "monitoring"),
        ("<bpmn:auditing/>", "auditing"),
    ],
)
def test_a_part_of_bpmn_that_does_nothing_is_named(inside: str, name: str) -> None:
    (finding,) = _told(drawn(inside=inside), "attribute-ignored")
    assert name in finding.message


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ('<bpmn:dataObject id="o" isCollection="true"/>', "isCollection"),
        ('<bpmn:dataObject id="o"><bpmn:dataState name="nieuw"/></bpmn:dataObject>', "dataState"),
    ],
)
def test_data_that_does_nothing_is_named(part: str, name: str) -> None:
    xml = process(part + straight(user("a"), ids=("a",)))
    assert any(name in each.message for each in _told(xml, "attribute-ignored"))


def test_an_operation_of_a_service_is_named() -> None:
    xml = drawn(tag="serviceTask", attributes='operationRef="o" camunda:type="external"')
    (finding,) = _told(xml, "attribute-ignored")
    assert "operationRef" in finding.message


@pytest.mark.parametrize("name", ["type", "topic", "delegateExpression"])
@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_a_message_event_that_would_do_a_job_is_refused(kind: str, name: str) -> None:
    value = {"type": "external", "topic": "mail", "delegateExpression": "${d}"}[name]
    definition = f'<bpmn:messageEventDefinition messageRef="message_m" camunda:{name}="{value}"/>'
    event = node(kind, "m", definition)
    xml = process(straight(user("a") + event, ids=("a", "m")), messages=("m",))
    (finding,) = _told(xml, "attribute-refused")
    assert finding.element == "m"
    assert name in finding.message


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        ("errorEventDefinition camunda:errorCodeVariable", "errorCodeVariable"),
        ("errorEventDefinition camunda:errorMessageVariable", "errorMessageVariable"),
        ("escalationEventDefinition camunda:escalationCodeVariable", "escalationCodeVariable"),
    ],
)
def test_a_variable_of_a_boundary_event_that_gets_no_value_is_named(
    definition: str, name: str
) -> None:
    event = f'<bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:{definition}="x"/>'
    xml = process(straight(user("a"), ids=("a",)) + f"{event}</bpmn:boundaryEvent>")
    told = [each for each in _told(xml, "attribute-ignored") if each.element == "b"]
    assert any(name in each.message for each in told)


@pytest.mark.parametrize("name", ["historyTimeToLive", "versionTag"])
def test_an_attribute_of_a_process_that_does_nothing_is_named(name: str) -> None:
    xml = PLAIN.replace(b"<bpmn:process ", f'<bpmn:process camunda:{name}="x" '.encode())
    (finding,) = _told(xml, "attribute-ignored")
    assert finding.element == "p"
    assert name in finding.message


@pytest.mark.parametrize("name", ["correlationKey", "kleur", "correlationkey"])
def test_a_property_that_nobody_reads_is_named(name: str) -> None:
    inside = (
        "<bpmn:extensionElements><camunda:properties>"
        f'<camunda:property name="{name}" value="x"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    (finding,) = _told(drawn(inside=inside), "attribute-ignored")
    assert name in finding.message


def test_the_correlation_key_of_a_message_is_read() -> None:
    inside = (
        "<bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="correlationKey" value="${kvk}"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    xml = drawn(tag="receiveTask", attributes='messageRef="message_m"', inside=inside)
    assert not _told(xml, "attribute-ignored")


def test_each_namespace_is_one_finding_that_names_its_elements() -> None:
    tasks = "".join(
        f'<bpmn:userTask id="{name}" name="Taak {name}" camunda:formKey="a" {SHOP} shop:r="1">'
        f"<bpmn:extensionElements><shop:shelf/></bpmn:extensionElements></bpmn:userTask>"
        for name in ("a", "b")
    )
    (finding,) = _told(process(straight(tasks, ids=("a", "b"))), "namespace-foreign")
    assert "shop.example" in finding.message
    assert "Taak a" in finding.message
    assert "Taak b" in finding.message
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "namespace",
    [
        "http://camunda.org/schema/zeebe/1.0",
        "http://flowable.org/bpmn",
        "http://activiti.org/bpmn",
    ],
)
def test_the_words_of_another_engine_stand_in_the_way_of_deployment(namespace: str) -> None:
    xml = drawn(attributes=f'xmlns:o="{namespace}" o:candidateGroups="registrar"')
    (finding,) = _told(xml, "namespace-engine")
    assert finding.severity is Severity.TODO
    assert '"A"' in finding.message


def test_what_a_modeller_writes_for_itself_is_no_finding() -> None:
    modeler = 'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="C"'
    assert not found(PLAIN.replace(b"<bpmn:definitions", f"<bpmn:definitions {modeler}".encode()))


@pytest.mark.parametrize("name", ["", "Version", "Icon"])
def test_the_name_of_a_template_is_no_setting_of_another_engine(name: str) -> None:
    """element-templates-cli 0.5.0 writes it for any template."""
    assert not found(foreign(f'zeebe:modelerTemplate{name}="loket.topic.webhook"'))
    (other,) = _told(foreign(f'shop:modelerTemplate{name}="x"'), "namespace-foreign")
    assert "shop.example" in other.message


def test_an_unknown_element_in_a_decision_table_is_named() -> None:
    xml = dmn(table(rule("1", '"y"'))).replace(b"</decisionTable>", b"<colour/></decisionTable>")
    (finding,) = [each for each in check(xml, Vocabulary()) if each.rule == "attribute-unknown"]
    assert "colour" in finding.message


def test_the_key_of_an_event_that_refers_to_a_shared_message_is_read() -> None:
    key = (
        "<bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="correlationKey" value="${kvk}"/>'
        "</camunda:properties></bpmn:extensionElements>"
        "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"
    )
    body = straight(node("intermediateCatchEvent", "a", key), ids=("a",))
    shared = '<bpmn:messageEventDefinition id="d" messageRef="message_m"/>'
    xml = process(body, messages=("m",)).replace(
        b"<bpmn:process", shared.encode() + b"<bpmn:process"
    )
    assert "attribute-ignored" not in {each.rule for each in found(xml)}
