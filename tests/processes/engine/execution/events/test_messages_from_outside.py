"""The sender of a message from outside is told what came of it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.execution.events.messages import Outcome, send, send_message, send_to
from processes.engine.execution.events.persons import PersonVariableError
from processes.engine.execution.instances import start_process, variables
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Incident, ProcessInstance
from tests.processes.engine.diagrams import chain, define, message, node, process, straight, user

WAITS = process(
    straight(node("intermediateCatchEvent", "wait", message("m")), ids=("wait",)), messages=("m",)
)
BEGINS = process(
    node("startEvent", "s", message("m"))
    + user("a")
    + node("endEvent", "e")
    + chain("s", "a", "e"),
    messages=("m",),
)
BREAKS = process(
    node("startEvent", "s", message("m"))
    + node("exclusiveGateway", "g")
    + user("a")
    + node("endEvent", "e")
    + chain("s", "g")
    + '<bpmn:sequenceFlow id="f" sourceRef="g" targetRef="a">'
    "<bpmn:conditionExpression>${missing}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    + chain("a", "e"),
    messages=("m",),
)


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(BufferedMessage)) or 0


def begin(session: Session, key: str) -> ProcessInstance:
    return start_process(session, "p", business_key=key, started_by="test")


def test_who_waits_gets_it(session: Session) -> None:
    define(session, WAITS)
    instance = begin(session, "1")
    sent = send(session, "m", correlation_key="1", variables={"x": 1})
    assert (sent.outcome, sent.ids) == (Outcome.DELIVERED, (instance.id,))
    assert kept(session) == 0


def test_what_begins_with_it_is_started(session: Session) -> None:
    define(session, BEGINS)
    sent = send(session, "m", correlation_key="1", variables={"x": 1})
    (instance,) = session.scalars(select(ProcessInstance))
    assert (sent.outcome, sent.ids) == (Outcome.STARTED, (instance.id,))
    assert variables(session, instance)["x"] == 1


def test_nobody_waits_and_it_is_kept(session: Session) -> None:
    define(session, WAITS)
    assert send(session, "m", correlation_key="1").outcome is Outcome.KEPT
    assert kept(session) == 1
    begin(session, "1")
    assert kept(session) == 0


def test_one_runs_already_and_nothing_is_kept(session: Session) -> None:
    define(session, BEGINS)
    first = send(session, "m", correlation_key="1")
    second = send(session, "m", correlation_key="1")
    assert (second.outcome, second.ids) == (Outcome.RUNNING, first.ids)
    assert kept(session) == 0


def test_a_message_without_a_key_starts_each_time(session: Session) -> None:
    define(session, BEGINS)
    outcomes = [send(session, "m", correlation_key=None).outcome for _ in range(2)]
    assert outcomes == [Outcome.STARTED, Outcome.STARTED]


def test_two_that_wait_with_one_key_are_ambiguous(session: Session) -> None:
    define(session, WAITS)
    define(session, WAITS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    one = begin(session, "1")
    other = start_process(session, "q", business_key="1", started_by="test")
    sent = send(session, "m", correlation_key="1")
    assert sent.outcome is Outcome.AMBIGUOUS
    assert set(sent.ids) == {one.id, other.id}
    assert kept(session) == 0
    assert send(session, "m", correlation_key="2").outcome is Outcome.KEPT


def test_a_start_that_fails_is_told_with_its_incident(session: Session) -> None:
    define(session, BREAKS)
    sent = send(session, "m", correlation_key="1")
    (incident,) = session.scalars(select(Incident))
    assert (sent.outcome, sent.ids) == (Outcome.FAILED, (incident.id,))
    assert kept(session) == 0
    assert session.scalars(select(ProcessInstance)).all() == []


def test_two_processes_that_begin_with_it_are_ambiguous(session: Session) -> None:
    define(session, BEGINS)
    define(session, BEGINS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    sent = send(session, "m", correlation_key="1")
    assert (sent.outcome, sent.ids) == (Outcome.AMBIGUOUS, ())
    assert kept(session) == 0
    assert session.scalars(select(ProcessInstance)).all() == []
    assert session.scalars(select(Incident)).all() == []


KEEPS_WHO_BEGAN = WAITS.replace(
    b'id="start" name="start"', b'id="start" name="start" camunda:initiator="melder"'
)


def test_another_process_does_not_change_who_began(session: Session) -> None:
    define(session, KEEPS_WHO_BEGAN)
    instance = start_process(
        session, "p", business_key="1", variables={"melder": "staff:1"}, started_by="test"
    )
    given = {"melder": "staff:2", "initiator": "staff:2", "x": 1}
    assert send_message(session, "m", correlation_key="1", variables=given)
    known = variables(session, instance)
    assert (known["melder"], known["x"], "initiator" in known) == ("staff:1", 1, False)


def test_what_begins_by_a_message_does_not_take_from_it_who_began(session: Session) -> None:
    plain = node("startEvent", "plain", camunda_initiator="melder") + chain("plain", "a")
    define(session, BEGINS.replace(b"</bpmn:process>", f"{plain}</bpmn:process>".encode()))
    send_message(session, "m", correlation_key="1", variables={"melder": "staff:2", "x": 1})
    (instance,) = session.scalars(select(ProcessInstance))
    known = variables(session, instance)
    assert (known["x"], "melder" in known) == (1, False)


def test_a_message_that_was_kept_does_not_change_who_began(session: Session) -> None:
    define(session, KEEPS_WHO_BEGAN)
    given = {"melder": "staff:2", "x": 1}
    assert send(session, "m", correlation_key="1", variables=given).outcome is Outcome.KEPT
    instance = start_process(
        session, "p", business_key="1", variables={"melder": "staff:1"}, started_by="test"
    )
    known = variables(session, instance)
    assert (known["melder"], known["x"]) == ("staff:1", 1)


def test_a_sender_outside_hears_that_it_names_who_began(session: Session) -> None:
    define(session, KEEPS_WHO_BEGAN)
    begin(session, "1")
    with pytest.raises(PersonVariableError, match="melder"):
        send(session, "m", correlation_key="1", variables={"melder": "staff:2"})


def test_a_message_to_one_case_does_not_change_who_began(session: Session) -> None:
    define(session, KEEPS_WHO_BEGAN)
    instance = begin(session, "1")
    assert send_to(session, instance.id, "m", {"melder": "staff:2", "x": 1})
    known = variables(session, instance)
    assert (known["x"], "melder" in known) == (1, False)


def test_a_process_that_is_called_keeps_its_own_name_for_who_began(session: Session) -> None:
    define(session, KEEPS_WHO_BEGAN.replace(b'id="p" name="p"', b'id="q" name="q"'), "q")
    call = node("callActivity", "call", calledElement="q")
    define(session, process(straight(call, ids=("call",)), messages=("m",)))
    begin(session, "1")
    with pytest.raises(PersonVariableError, match="melder"):
        send(session, "m", correlation_key="1", variables={"melder": "staff:2"})
