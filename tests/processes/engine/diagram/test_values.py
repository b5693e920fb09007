"""Booleans and references are read as XML Schema writes them: 1 is true, and tns:m is m."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.diagram.graph import read
from processes.engine.diagram.values import BOOLEANS
from processes.engine.diagram.xml import as_text, read_xml
from processes.engine.execution.events import messages
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    escalation,
    message,
    node,
    process,
    signal,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, start

LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" camunda:collection="people"'
    ' camunda:elementVariable="person"/>'
)
PREFIX = b'targetNamespace="http://loket.test" xmlns:tns="http://loket.test"'


@pytest.mark.parametrize(
    ("written", "open_at_once"),
    [("1", 1), (" true ", 1), ("true", 1), ("0", 3), ("false", 3), (" 0", 3)],
)
def test_a_round_waits_for_the_one_before_it_however_true_is_written(
    session: Session, written: str, open_at_once: int
) -> None:
    body = straight(user("ask", LOOP.format(written)), ids=("ask",))
    start(session, process(body), people=["an", "bo", "cas"])
    assert at(session) == ["ask"] * open_at_once


@pytest.mark.parametrize(("written", "left"), [("1", ["b"]), ("0", ["a", "b"])])
def test_an_event_stops_its_task_however_true_is_written(
    session: Session, written: str, left: list[str]
) -> None:
    body = straight(user("a"), ids=("a",)) + user("b") + chain("e", "b", "end")
    edge = node("boundaryEvent", "e", message("m"), attachedToRef="a", cancelActivity=written)
    xml = process(body + edge, messages=("m",))
    assert not found(xml)

    start(session, xml)
    messages.send_message(session, "m", correlation_key="1")
    assert at(session) == left


@pytest.mark.parametrize(("written", "left"), [("1", ["b"]), ("0", ["a", "b"])])
def test_an_event_subprocess_is_one_however_true_is_written(
    session: Session, written: str, left: list[str]
) -> None:
    begin = node("startEvent", "e", message("m"), isInterrupting=written)
    inner = begin + user("b") + node("endEvent", "over") + chain("e", "b", "over")
    body = straight(user("a"), ids=("a",)) + node("subProcess", "sub", inner, triggeredByEvent="1")
    xml = process(body, messages=("m",))
    assert not found(xml)

    start(session, xml)
    messages.send_message(session, "m", correlation_key="1")
    assert at(session) == left


@pytest.mark.parametrize(("written", "rules"), [("1", set()), ("0", {"not-executable"})])
def test_a_process_is_executable_however_true_is_written(written: str, rules: set[str]) -> None:
    xml = process(straight(user("a"), ids=("a",))).replace(b'"true"', f'"{written}"'.encode())
    assert {each.rule for each in found(xml)} >= rules
    assert ("not-executable" in {each.rule for each in found(xml)}) is bool(rules)


def test_what_is_stored_for_the_editor_says_true_and_false() -> None:
    body = straight(user("ask", LOOP.format("1")), ids=("ask",)).replace(
        "<bpmn:userTask", "<!--é--><bpmn:userTask"
    )
    xml = b'<?xml version="1.0" encoding="UTF-8"?>' + process(body)

    text = as_text(xml)

    assert 'isSequential="true"' in text
    assert "<!--é-->" in text
    assert text.startswith("<?xml")
    assert as_text(text.encode()) == text


def test_every_boolean_is_read_in_one_notation() -> None:
    drawn = "".join(f'<bpmn:task id="{name}" {name}=" 1"/>' for name in sorted(BOOLEANS))
    root = read_xml(process(drawn))
    assert {each.get(each.get("id")) for each in root.iter("{*}task")} == {"true"}


def prefixed(xml: bytes) -> bytes:
    """The same file, with each reference as a QName with a prefix."""
    xml = xml.replace(b'targetNamespace="http://loket.test"', PREFIX)
    for name in (b"messageRef", b"signalRef", b"errorRef", b"escalationRef", b"attachedToRef"):
        xml = xml.replace(name + b'="', name + b'="tns:')
    return xml


@pytest.mark.parametrize("definition", [message("x"), signal("x"), error("x"), escalation("x")])
def test_a_reference_may_have_a_prefix(definition: str) -> None:
    body = straight(user("a"), ids=("a",)) + user("b") + chain("e", "b", "end")
    xml = process(
        body + boundary("e", "a", definition),
        messages=("x",),
        signals=("x",),
        errors=("x",),
        escalations=("x",),
    )

    def rules(file: bytes) -> set[tuple[str, str | None]]:
        return {(each.rule, each.element) for each in found(file)}

    assert rules(prefixed(xml)) == rules(xml)
    assert not {rule for rule, _ in rules(xml)} & {"specification", "reference-exists"}


def test_a_message_with_a_prefix_is_caught(session: Session) -> None:
    wait = node("receiveTask", "wait", messageRef="message_m")
    xml = prefixed(process(straight(wait, user("b"), ids=("wait", "b")), messages=("m",)))
    start(session, xml)

    assert messages.send_message(session, "m", correlation_key="1")
    do(session, "b")
    assert at(session) == []


def test_a_called_process_with_a_prefix_is_found() -> None:
    call = node("callActivity", "call", calledElement="tns:other")
    xml = prefixed(process(straight(call, ids=("call",))))
    other = process(straight(user("a"), ids=("a",)), "other")
    assert not found(xml, {"other": other})


@pytest.mark.parametrize("prefix", [b"other:", b"xsi:"])
def test_a_reference_into_another_file_is_refused_by_name(prefix: bytes) -> None:
    wait = node("receiveTask", "wait", messageRef="message_m")
    xml = process(straight(wait, ids=("wait",)), messages=("m",))
    findings = found(xml.replace(b'Ref="message', b'Ref="' + prefix + b"message"))
    assert ("reference-exists", "wait") in {(each.rule, each.element) for each in findings}
    assert not [each for each in findings if "Error" in each.message]


def test_a_type_with_a_prefix_stays_what_it_is() -> None:
    xml = process('<bpmn:itemDefinition id="i" structureRef="xsi:string"/>')
    assert read(xml).root.find(".//{*}itemDefinition").get("structureRef") == "xsi:string"


@pytest.mark.parametrize(
    ("prefix", "space", "read"),
    [
        ("feel", "http://www.omg.org/spec/FEEL/20140401", "number"),
        ("f", "http://www.omg.org/spec/FEEL/20140401", "number"),
        ("f", "https://www.omg.org/spec/DMN/20191111/FEEL/", "number"),
        ("own", "http://loket.test/tables", "number"),
        ("other", "http://elsewhere.test", "other:number"),
    ],
)
def test_a_type_of_a_table_is_read_without_its_prefix(prefix: str, space: str, read: str) -> None:
    older = f"""<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="d"
 namespace="http://loket.test/tables" xmlns:{prefix}="{space}">
<itemDefinition id="i" name="age"><typeRef>{prefix}:number</typeRef></itemDefinition>
<inputData id="n" name="n"><variable id="v" name="n" typeRef="{prefix}:number"/></inputData>
</definitions>"""
    text = as_text(older.encode())
    assert f"<typeRef>{read}</typeRef>" in text
    assert f'typeRef="{read}"' in text
