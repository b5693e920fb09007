"""The figures of docs/engine.md: how much of BPMN 2.0 runs."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks import conformance
from processes.engine.checks.findings import Severity
from processes.engine.checks.schema.table import Verdict, schema
from processes.engine.execution.events import messages
from processes.engine.registry import BpmnError
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    flow,
    job,
    message,
    node,
    process,
    user,
)
from tests.processes.engine.diagrams import timer as clock
from tests.processes.engine.playing import at, do, has_ended, start, work_off

DOCS = Path(__file__).parents[4] / "docs" / "engine.md"
BEGIN, END = "<!-- conformance: begin -->\n", "\n<!-- conformance: end -->"


def test_the_documents_show_the_figures() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == conformance.as_markdown()


def test_every_element_of_the_common_executable_subclass_runs() -> None:
    table = schema("bpmn")
    members = conformance.common_executable()["elements"]
    verdicts = {name: table.verdicts[told.split()[0]].verdict for name, told in members.items()}
    assert len(members) == 22
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.RUNS} == set()


def test_each_attribute_of_the_subclass_is_one_that_the_schema_knows() -> None:
    for members in conformance.common_executable().values():
        for type_, *attributes in (told.split() for told in members.values()):
            for each in attributes:
                assert conformance.verdict_of(schema("bpmn"), type_, each) in Verdict
    with pytest.raises(LookupError, match="bpmn:UserTask has no colour"):
        conformance.verdict_of(schema("bpmn"), "bpmn:UserTask", "colour")


def test_every_element_stands_in_one_place() -> None:
    told = conformance.as_markdown()
    for name, judgement in schema("bpmn").verdicts.items():
        if name.startswith("bpmn:") and "." not in name:
            shown = name.removeprefix("bpmn:")
            known = f"`{shown}`" in told or f"`{shown[:1].lower()}{shown[1:]}" in told
            assert known, (name, judgement)


PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "start": ("startEvent", {}),
    "intermediate, catches": ("intermediateCatchEvent", {}),
    "intermediate, throws": ("intermediateThrowEvent", {}),
    "boundary": ("boundaryEvent", {"attachedToRef": "a"}),
    "end": ("endEvent", {}),
    "start of an event subprocess": ("startEvent", {}),
}


@pytest.mark.parametrize("place", conformance.POSITIONS)
@pytest.mark.parametrize("event", conformance.EVENTS)
def test_an_event_runs_where_the_table_says_so(event: str, place: str) -> None:
    kind, attributes = PLACES[place]
    definition = f"<bpmn:{event}EventDefinition/>" if event else ""
    drawn = node(kind, "x", definition, **attributes)
    if place == "start of an event subprocess":
        drawn = node("subProcess", "sub", drawn + user("b"), triggeredByEvent="true")
    body = process(user("a") + drawn)
    refused = {each.rule for each in found(body) if each.element == "x"}
    runs = event in conformance.POSITIONS[place]
    assert runs == (not refused & {"event-kind", "element-allowed"})


SUB = node("startEvent", "s") + job("failing") + node("endEvent", "e") + chain("s", "failing", "e")
DRAWN = (
    node("startEvent", "told", message("m")) + node("startEvent", "start")
    + user("ask", default="ask_to_join") + node("serviceTask", "work", camunda_type="external",
                                                camunda_topic="work")
    + node("subProcess", "sub", SUB) + boundary("wrong", "sub", error("e"))
    + node("callActivity", "call", calledElement="q")
    + node("parallelGateway", "fork") + node("inclusiveGateway", "join")
    + node("exclusiveGateway", "choose", default="choose_to_first")
    + node("eventBasedGateway", "first") + node("intermediateCatchEvent", "heard", message("m"))
    + node("intermediateCatchEvent", "late", clock("timeDuration", "P1D"))
    + node("intermediateThrowEvent", "tell", message("other"))
    + node("endEvent", "sent", message("other"))
    + node("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + node("endEvent", "end")
    + node("dataObject", "facts") + node("textAnnotation", "note", "<bpmn:text>Let op</bpmn:text>")
    + user("beside") + chain("told", "ask") + chain("start", "ask") + chain("ask", "join")
    + flow("ask", "work", "n &gt; 0") + chain("work", "sub", "join") + chain("wrong", "call")
    + chain("call", "join", "choose") + flow("choose", "end", "n &gt; 9")
    + chain("choose", "first", "heard", "tell", "fork", "stop") + chain("fork", "beside", "sent")
    + chain("first", "late", "end")
)  # fmt: skip
CALLED = process(node("startEvent", "s2") + user("inner") + chain("s2", "inner"), key="q")
CALLED_BODY = CALLED.partition(b"<bpmn:process")
FILE = process(DRAWN, errors=("e",), messages=("m", "other")).replace(
    b"</bpmn:definitions>", b"".join(CALLED_BODY[1:])
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("nothing_kept")
def test_a_diagram_with_every_element_of_the_subclass_runs(session: Session) -> None:
    errors = [each for each in found(FILE) if each.severity is Severity.ERROR]
    assert errors == []
    instance = start(session, FILE)
    do(session, "ask", n=1)
    work_off(session, "work", {})
    work_off(session, "failing", BpmnError("e"))
    assert at(session) == ["inner"]
    do(session, "inner")
    assert not has_ended(instance)
    messages.send_message(session, "m", correlation_key="1")
    assert has_ended(instance)
