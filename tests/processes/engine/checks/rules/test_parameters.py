"""Parameters have a name, a value and a place where they count; calls say what goes where."""

import pytest

from processes.engine.checks.findings import Severity
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import inputs, job, node, process, straight, user

OTHER = {"q": process(straight(user("b"), ids=("b",)), "q")}
LIST = "<camunda:list><camunda:value>${email}</camunda:value></camunda:list>"
MAP = '<camunda:map><camunda:entry key="k">${email}</camunda:entry></camunda:map>'


def one(drawn: str) -> bytes:
    return process(straight(drawn, ids=("a",)))


def outputs(**parameters: str) -> str:
    return inputs(**parameters).replace("inputParameter", "outputParameter")


def twice(parameters: str) -> str:
    start, end = parameters.index("<camunda:inputParameter"), parameters.index("</camunda:inputO")
    return parameters[:end] + parameters[start:end] + parameters[end:]


def mapped(*mappings: str, kind: str = "callActivity") -> bytes:
    drawn = "".join(f"<camunda:{each}/>" for each in mappings)
    extended = f"<bpmn:extensionElements>{drawn}</bpmn:extensionElements>"
    called = {"calledElement": "q"} if kind == "callActivity" else {"camunda_formKey": "a"}
    return one(node(kind, "a", extended, **called))


BOTH = ('in source="x" target="y"', 'out sourceExpression="${z}" target="w"')
EVENT = node("intermediateCatchEvent", "a", "{}<bpmn:timerEventDefinition><bpmn:timeDuration>P1D"
             "</bpmn:timeDuration></bpmn:timerEventDefinition>")  # fmt: skip
MAIL = one(job("a", "mail", inputs(to="${email}")))
EXAMPLES = {
    "parameter-unknown": Example(one(job("a", "mail", inputs(to="x", cc="y"))), MAIL),
    "parameter-missing": Example(one(job("a", "mail", inputs(subject="x"))), MAIL),
    "parameter-kind": Example(
        one(job("a", "mail", inputs(to=MAP.replace(' key="k"', "")))),
        one(job("a", "mail", inputs(to=MAP))),
    ),
    "parameter-empty": Example(
        one(job("a", "mail", inputs(to=LIST.replace("${email}", " ")))),
        one(job("a", "mail", inputs(to="<camunda:list/>"))),
    ),
    "parameter-twice": Example(one(job("a", "mail", twice(inputs(to="x")))), MAIL),
    "parameter-place": Example(
        one(EVENT.format(inputs(x="1"))), one(user("a", inputs(x="1") + ""))
    ),
    "parameter-name": Example(
        one(user("a", outputs(nrOfInstances="1"))), one(user("a", outputs(x="${y}")))
    ),
    "person-overwritten": Example(
        one(user("a", inputs(initiator="${naam}"))),
        one(user("a", inputs(initiator="${initiator}"))),
    ),
    "call-mapping": Example(mapped('in source="x"', BOTH[1]), mapped(*BOTH), beside=OTHER),
    "call-mapping-place": Example(mapped(*BOTH, kind="userTask"), mapped(*BOTH), beside=OTHER),
    "call-mapping-one-way": Example(mapped(BOTH[0]), mapped(*BOTH), beside=OTHER),
    "call-mapping-twice": Example(
        mapped(*BOTH, 'out source="v" target="w"'), mapped(*BOTH), beside=OTHER
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_parameter_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


def test_an_output_without_its_text_is_found() -> None:
    rules = {each.rule for each in found(one(user("a", outputs(x=""))))}

    assert rules == {"parameter-empty"}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_parameter_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    "mapping",
    [
        "in",
        'in target="y"',
        'in source="x" sourceExpression="${x}" target="y"',
        'in variables="some"',
        'in variables="all" target="y"',
        'in businessKey="${own}"',
        'out businessKey="#{execution.processBusinessKey}"',
        'in source="" target="y"',
    ],
)
def test_a_mapping_that_says_half_is_refused(mapping: str) -> None:
    findings = found(mapped(mapping), OTHER)

    assert ("call-mapping", Severity.ERROR) in {(each.rule, each.severity) for each in findings}


@pytest.mark.parametrize(
    "mapping",
    [
        'in variables="all" local="true"',
        'in businessKey="#{execution.processBusinessKey}"',
        'in businessKey="${execution.processBusinessKey}"',
        'in sourceExpression="${len(x)}" target="y"',
    ],
)
def test_a_mapping_that_says_all_may_be_drawn(mapping: str) -> None:
    findings = found(mapped(mapping), OTHER)

    assert {each.severity for each in findings} <= {Severity.WARNING}
    assert not [each for each in findings if each.rule.startswith("attribute")]


@pytest.mark.parametrize("kind", ["task", "manualTask", "receiveTask", "subProcess"])
def test_every_activity_may_have_parameters(kind: str) -> None:
    inner = node("startEvent", "s1") + node("endEvent", "e1") if kind == "subProcess" else ""
    flow = '<bpmn:sequenceFlow id="f1" sourceRef="s1" targetRef="e1"/>' if inner else ""
    message = {"messageRef": "message_m"} if kind == "receiveTask" else {}
    drawn = node(kind, "a", inputs(x=LIST) + inner + flow, **message)
    drawn = drawn.replace("</camunda:inputOutput>", outputs(y="${x}").split("inputOutput>")[1][:-10]
                          + "</camunda:inputOutput>")  # fmt: skip

    findings = found(process(straight(drawn, ids=("a",)), messages=("m",)))

    assert "outputParameter" in drawn
    assert {each.severity for each in findings} <= {Severity.WARNING}


def test_a_script_as_a_value_is_refused_as_code() -> None:
    script = '<camunda:script scriptFormat="groovy">1</camunda:script>'
    rules = {each.rule for each in found(one(user("a", inputs(x=script))))}

    assert rules == {"code-refused"}


@pytest.mark.parametrize(
    "drawn",
    [
        one(user("a", inputs(x="${1 +}"))),
        one(user("a", inputs(x=LIST.replace("${email}", "${import os}")))),
        one(user("a", outputs(x="${f(1)}"))),
        mapped('in sourceExpression="${x.y()}" target="y"'),
        mapped('in sourceExpression="#{x}" target="y"'),
        one(user("a", inputs(x="#{naam}"))),
    ],
)
def test_an_expression_in_a_parameter_or_mapping_is_of_the_language(drawn: bytes) -> None:
    assert "expression-syntax" in {each.rule for each in found(drawn, OTHER)}


@pytest.mark.parametrize("definition", ["", "terminate", "escalation"])
def test_an_event_that_carries_nothing_has_no_parameters(definition: str) -> None:
    inner = f"<bpmn:{definition}EventDefinition/>" if definition else ""
    end = node("endEvent", "end", inputs(x="1") + inner)
    drawn = straight(user("a"), ids=("a",)).replace(node("endEvent", "end"), end)

    findings = found(process(drawn))

    assert ("parameter-place", "end") in {(each.rule, each.element) for each in findings}


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (inputs(x="1"), "parameter-place"),
        (
            '<bpmn:extensionElements><camunda:in source="x" target="y"/></bpmn:extensionElements>',
            "call-mapping-place",
        ),
    ],
)
def test_what_stands_at_the_process_itself_is_no_parameter(part: str, rule: str) -> None:
    findings = found(process(part + straight(user("a"), ids=("a",))))

    assert (rule, "p") in {(each.rule, each.element) for each in findings}
