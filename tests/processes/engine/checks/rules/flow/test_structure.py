"""What is drawn must be of a kind that runs, and must hang together."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    START_END,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, flow, node, process, straight, user

SCRIPT = (
    "<bpmn:extensionElements><camunda:executionListener event='start'>"
    "<camunda:script scriptFormat='groovy'>1</camunda:script>"
    "</camunda:executionListener></bpmn:extensionElements>"
)
SPIFF = (
    '<bpmn:extensionElements xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">'
    "<s:preScript>import os</s:preScript></bpmn:extensionElements>"
)
INSIDE = node("startEvent", "s2") + user("b") + node("endEvent", "e2")


def sub(inner: str, **attributes: str) -> bytes:
    return process(straight(node("subProcess", "a", inner, **attributes), ids=("a",)))


EXAMPLES = {
    "element-allowed": Example(process(straight(node("scriptTask", "a"), ids=("a",)))),
    "boolean": Example(
        process(straight(user("a"), ids=("a",))).replace(b'"true"', b'"ja"'), at="p"
    ),
    "code-refused": Example(process(straight(user("a", SCRIPT), ids=("a",)))),
    "not-executable": Example(PLAIN.replace(b'Executable="true"', b'Executable="false"'), at="p"),
    "process-empty": Example(process(""), at="p"),
    "start-event": Example(process(user("a") + user("b") + chain("a", "b", "a")), at="p"),
    "flow-without-source": Example(
        process(straight(user("a"), ids=("a",)) + flow("gone", "a")), at="gone_to_a"
    ),
    "flow-without-target": Example(
        process(straight(user("a"), ids=("a",)) + flow("a", "gone")), at="a_to_gone"
    ),
    "flow-twice": Example(
        process(straight(user("a"), ids=("a",)) + flow("a", "end").replace("a_to_end", "x")), at="x"
    ),
    "flow-crosses-border": Example(
        sub(INSIDE + chain("s2", "b", "e2") + flow("b", "end")),
        sub(INSIDE + chain("s2", "b", "e2")),
        at="b_to_end",
    ),
    "flow-at-wrong-side": Example(
        process(straight(user("a"), user("b"), ids=("a",)) + chain("end", "b", "start")), at="end"
    ),
    "unreachable": Example(
        process(straight(user("a"), user("b"), ids=("a",)) + flow("b", "end")), at="b"
    ),
    "dead-end": Example(process(START_END + user("a") + chain("s", "a"))),
    "lane-member": Example(
        process(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>x</bpmn:flowNodeRef>'
            "</bpmn:lane></bpmn:laneSet>" + straight(user("a"), ids=("a",))
        ),
        process(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
            "</bpmn:lane></bpmn:laneSet>" + straight(user("a"), ids=("a",))
        ),
        at="l",
    ),
    "plain-task": Example(process(straight(node("task", "a"), ids=("a",)))),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_diagram_that_does_not_hang_together_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_diagram_that_hangs_together_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_an_event_subprocess_says_by_which_event_it_begins() -> None:
    beside = node("subProcess", "es", user("b"), triggeredByEvent="true")
    findings = found(process(straight(user("a"), ids=("a",)) + beside))
    assert ("start-event", "es") in {(each.rule, each.element) for each in findings}


@pytest.mark.parametrize(
    "kind",
    ["scriptTask", "complexGateway", "adHocSubProcess", "choreographyTask"],
)
def test_what_the_engine_does_not_run_is_refused_by_name(kind: str) -> None:
    findings = found(process(straight(node(kind, "a"), ids=("a",))))

    assert ("element-allowed", "a", "a") in {(f.rule, f.element, f.name) for f in findings}


@pytest.mark.parametrize(
    "written",
    [
        user("a", startQuantity="2"),
        user("a", SPIFF),
        node("serviceTask", "a", camunda_class="org.example.Pay"),
        node("serviceTask", "a", camunda_expression="${pay()}"),
        node("serviceTask", "a", SCRIPT),
    ],
)
def test_what_would_be_ignored_or_run_as_code_is_refused(written: str) -> None:
    findings = found(process(straight(written, ids=("a",))))

    refusals = {"element-allowed", "code-refused"}
    assert refusals & {each.rule for each in findings}


def test_several_starts_in_a_process_need_different_events() -> None:
    two = process(
        START_END + node("startEvent", "t") + user("a") + chain("s", "a", "e") + chain("t", "a")
    )

    assert "start-event" in {each.rule for each in found(two)}


def test_all_findings_come_at_once_the_worst_first() -> None:
    both = process(
        START_END + node("task", "t") + user("a") + chain("s", "a", "t") + flow("a", "x")
    )

    findings = found(both)

    assert {"flow-without-target", "plain-task", "unreachable"} <= {f.rule for f in findings}
    severities = [each.severity.value for each in findings]
    assert severities == sorted(severities, key=["error", "todo", "warning"].index)
