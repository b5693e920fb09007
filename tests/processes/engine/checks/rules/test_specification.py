"""The rule above all: what is drawn is in the specification, or refused by its name."""

import re
from typing import Any

import pytest

from processes.engine.checks.findings import Severity
from processes.engine.interpreter.parser import UnparsableDiagramError, parse
from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import (
    chain,
    error,
    job,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)

# SpiffWorkflow follows namespaces loosely: a shape that it cannot place makes its parser fail.
UNPLACED = (
    b'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    b' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><bpmndi:BPMNPlane>'
    b'<bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="abc" y="1"/></bpmndi:BPMNShape>'
    b"</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
)

ESCALATION = "<bpmn:escalationEventDefinition/>"
EXAMPLES = {
    "specification": Example(
        PLAIN.replace(b"</bpmn:definitions>", UNPLACED),
        PLAIN.replace(b"</bpmn:definitions>", UNPLACED.replace(b"abc", b"100")),
        at="p",
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_cannot_be_parsed_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_can_be_parsed_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_the_longest_chain_that_may_be_drawn_is_parsed() -> None:
    names = tuple(f"t{number}" for number in range(698))
    xml = process(straight(*(node("manualTask", name) for name in names), ids=names))

    assert not found(xml)


def test_a_deep_subprocess_is_parsed_whole() -> None:
    inner = user("a")
    for level in range(8):
        name = "a" if not level else f"n{level - 1}"
        ends = node("startEvent", f"s{level}") + node("endEvent", f"e{level}")
        inner = node(
            "subProcess", f"n{level}", ends + inner + chain(f"s{level}", name, f"e{level}")
        )

    assert not found(process(straight(inner, ids=("n7",))))


def handled(
    event: str, *, beside: str = user("a"), interrupting: str = "true", **roots: Any
) -> bytes:
    """A process with an event subprocess that starts with this event."""
    inside = node("startEvent", "s2", event, isInterrupting=interrupting) + user("b")
    inside += node("endEvent", "e2") + chain("s2", "b", "e2")
    handler = node("subProcess", "h", inside, triggeredByEvent="true")
    return process(straight(beside, ids=("a",)) + handler, **roots)


@pytest.mark.parametrize("interrupting", ["true", "false"])
@pytest.mark.parametrize(
    "event", [timer("timeDuration", "P1D"), message("m"), signal("s"), ESCALATION]
)
def test_an_event_subprocess_is_parsed_as_drawn(event: str, interrupting: str) -> None:
    drawn = handled(event, interrupting=interrupting, messages=("m",), signals=("s",))

    assert not found(drawn)


def test_an_event_subprocess_for_an_error_is_parsed_as_drawn() -> None:
    thrown = job("a", "post")
    assert not found(handled(error("refused"), beside=thrown, errors=("refused",)))


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation", "terminate", ""])
def test_an_end_event_is_parsed_as_drawn(kind: str) -> None:
    written = {
        "message": message("m"),
        "signal": signal("s"),
        "error": error("E"),
        "escalation": '<bpmn:escalationEventDefinition escalationRef="escalation_x"/>',
        "terminate": "<bpmn:terminateEventDefinition/>",
    }
    definition = written.get(kind, "")
    drawn = process(
        node("startEvent", "s")
        + user("a")
        + node("endEvent", "e", definition)
        + chain("s", "a", "e"),
        messages=("m",),
        signals=("s",),
        errors=("E",),
        escalations=("x",),
    )

    assert {each.rule for each in found(drawn)} <= {"error-caught"}


def test_a_process_that_cannot_be_read_is_told_without_english() -> None:
    (finding,) = found(EXAMPLES["specification"].bad)

    assert finding.message == (
        'Loket kan dit proces niet lezen: het loopt vast bij "p". Teken dat onderdeel opnieuw.'
    )


def test_where_the_interpreter_stops_is_known() -> None:
    with pytest.raises(UnparsableDiagramError) as refused:
        parse(process(straight(node("callActivity", "a"), ids=("a",))), "p")

    assert refused.value.element_id == "a"


def test_an_event_subprocess_without_ids_is_no_loss() -> None:
    drawn = handled(timer("timeDuration", "P1D"))
    bare = re.sub(rb'(<bpmn:subProcess) id="[^"]*"', rb"\1", drawn)

    assert not [str(each) for each in found(bare) if each.rule == "specification"]


def test_a_data_store_beside_the_tasks_is_documentation() -> None:
    store = '<bpmn:dataStoreReference id="r" name="Kast" dataStoreRef="k"/>'
    root = b'<bpmn:dataStore id="k" name="Kast"/></bpmn:definitions>'
    drawn = process(store + straight(user("a"), ids=("a",)))

    findings = found(drawn.replace(b"</bpmn:definitions>", root))

    assert {each.severity for each in findings} == {Severity.WARNING}
    assert any("Kast" in each.message for each in findings)


def test_a_pool_that_only_documents_is_not_read_as_a_process() -> None:
    empty = b'<bpmn:process id="een" isExecutable="false"/></bpmn:definitions>'

    assert not found(PLAIN.replace(b"</bpmn:definitions>", empty))
