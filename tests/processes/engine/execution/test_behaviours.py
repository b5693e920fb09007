"""What a multi-instance throws when rounds are done: behavior All, None, One, Complex.

BPMN 2.0 §10.3.8 (table 10.30); over a reload at each wait.
"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight import history
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import UserTask
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    error,
    escalation,
    inputs,
    job,
    message,
    node,
    process,
    signal,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")

DEFINITIONS = {
    "message": message("m"),
    "signal": signal("s"),
    "escalation": escalation("E"),
    "error": error("E"),
}


def repeated(behaviour: str, inner: str = "", *, sequential: bool = False) -> str:
    order = str(sequential).lower()
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}" camunda:collection="many"'
        f' camunda:elementVariable="one" {behaviour}>{inner}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def complex_one(condition: str, definition: str, *, as_moddle: bool = False) -> str:
    names = ("formalExpression", "implicitThrowEvent") if as_moddle else ("condition", "event")
    return (
        f"<bpmn:complexBehaviorDefinition><bpmn:{names[0]}>{condition}</bpmn:{names[0]}>"
        f"<bpmn:{names[1]}>{definition}</bpmn:{names[1]}></bpmn:complexBehaviorDefinition>"
    )


def whole(body: str, definition: str = "") -> bytes:
    """This body, with a definition `thrown` at the root of the file."""
    root = definition.replace("EventDefinition ", 'EventDefinition id="thrown" ', 1)
    xml = process(body, messages=("m",), signals=("s",), errors=("E",), escalations=("E",))
    return xml.replace(b"<bpmn:process", root.encode() + b"<bpmn:process", 1)


def asked(loop: str, edge: str = "") -> str:
    """A task `ask` in rounds, `b` behind it, and what this event on its edge leads to: `c`."""
    body = straight(user("ask", loop), user("b"), ids=("ask", "b"))
    return body + (edge + user("c") + chain("e", "c", "end") if edge else "")


def answer(session: Session, **variables: Any) -> None:
    """Complete the oldest open round."""
    tasks = [each for each in instances.open_user_tasks(session) if each.element_id == "ask"]
    instances.complete_user_task(session, tasks[0].id, completed_by="anna", variables=variables)


NONE, ONE = (
    'behavior="None" noneBehaviorEventRef="thrown"',
    'behavior="One" oneBehaviorEventRef="thrown"',
)


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize(
    ("behaviour", "after"), [(NONE, [1, 2, 3]), (ONE, [1, 1, 1]), ("", [0, 0, 0])]
)
@pytest.mark.parametrize("kind", ["signal", "escalation"])
def test_an_event_is_thrown_after_each_round_or_after_the_first(
    session: Session, kind: str, behaviour: str, after: list[int], sequential: bool
) -> None:
    edge = boundary("e", "ask", DEFINITIONS[kind], interrupting=False)
    xml = whole(asked(repeated(behaviour, sequential=sequential), edge), DEFINITIONS[kind])
    assert not [str(each) for each in found(xml) if each.severity == "error"]
    instance = start(session, xml, many=[1, 2, 3])
    for times in after:
        answer(session)
        assert at(session).count("c") == times
    assert "b" in at(session)
    for name in at(session):
        do(session, name)
    assert has_ended(instance)


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("kind", ["signal", "error", "escalation"])
def test_what_is_thrown_may_end_the_rounds(session: Session, kind: str, sequential: bool) -> None:
    edge = boundary("e", "ask", DEFINITIONS[kind])
    loop = repeated(NONE, sequential=sequential)
    instance = start(session, whole(asked(loop, edge), DEFINITIONS[kind]), many=[1, 2, 3])
    answer(session, said="yes")
    assert at(session) == ["c"]
    assert history.waiting_at(session, instance.id) == ["c"]
    assert instances.variables(session, instance)["said"] == "yes"
    do(session, "c")
    assert has_ended(instance)


def test_a_message_goes_to_who_waits_for_it_or_is_kept(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("ask", repeated(NONE))
        + node("intermediateCatchEvent", "wait", message("m"))
        + user("b")
        + node("endEvent", "end")
        + chain("start", "split", "ask", "end")
        + chain("split", "wait", "b", "end")
    )
    start(session, whole(body, message("m")), many=[1, 2])
    answer(session)
    assert at(session) == ["ask", "b"]
    answer(session)
    (kept,) = session.scalars(select(BufferedMessage)).all()
    assert (kept.name, kept.correlation_key, kept.variables) == ("m", "1", {})


@pytest.mark.parametrize("as_moddle", [True, False])
@pytest.mark.parametrize("sequential", [True, False])
def test_a_complex_behaviour_throws_what_its_conditions_say(
    session: Session, sequential: bool, as_moddle: bool
) -> None:
    inner = complex_one("${nrOfCompletedInstances == 2}", signal("s"), as_moddle=as_moddle)
    inner += complex_one("${answer == 'bad'}", escalation("E"), as_moddle=as_moddle)
    loop = repeated('behavior="Complex"', inner, sequential=sequential)
    edges = boundary("e", "ask", signal("s"), interrupting=False)
    edges += boundary("f", "ask", escalation("E"), interrupting=False)
    body = asked(loop, edges) + user("d") + chain("f", "d", "end")
    xml = whole(body)
    assert not [str(each) for each in found(xml) if each.severity == "error"]
    start(session, xml, many=[1, 2, 3], answer="")
    answer(session, answer="good")
    assert set(at(session)) == {"ask"}
    answer(session, answer="bad")
    assert at(session) == ["ask", "c", "d"]
    answer(session, answer="good")
    assert at(session).count("b") == 1


def test_a_round_may_be_a_subprocess(session: Session) -> None:
    inner = node("startEvent", "s") + user("ask") + node("endEvent", "t") + chain("s", "ask", "t")
    sub = node("subProcess", "sub", inner + repeated(ONE))
    edge = boundary("e", "sub", escalation("E")) + user("c") + chain("e", "c", "end")
    xml = whole(straight(sub, user("b"), ids=("sub", "b")) + edge, escalation("E"))
    instance = start(session, xml, many=[1, 2])
    answer(session, said="yes")
    assert at(session) == ["c"]
    assert instances.variables(session, instance)["said"] == "yes"


def test_an_error_that_nobody_catches_is_an_incident_and_the_round_stays(session: Session) -> None:
    start(session, whole(asked(repeated(NONE)), error("E")), many=[1, 2])
    with pytest.raises(StepFailedError) as failed:
        answer(session)
    assert (failed.value.incident.kind, failed.value.incident.element_id) == (
        "uncaught-error",
        "ask",
    )
    assert at(session) == ["ask", "ask"]


def test_a_condition_that_cannot_be_worked_out_is_an_incident(session: Session) -> None:
    loop = repeated('behavior="Complex"', complex_one("${gone &lt; 3}", signal("s")))
    start(session, whole(asked(loop)), many=[1])
    with pytest.raises(StepFailedError) as failed:
        answer(session)
    assert (failed.value.incident.kind, failed.value.incident.element_id) == ("expression", "ask")


@pytest.mark.parametrize("condition", ["", "${nrOfCompletedInstances == 2}"])
def test_collected_output_is_in_the_order_of_the_rounds(session: Session, condition: str) -> None:
    output = '<bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef><bpmn:outputDataItem id="x"/>'
    output += (
        f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    )
    instance = start(session, whole(asked(repeated("", output))), many=["a", "b", "c"])
    tasks = session.scalars(select(UserTask)).all()
    seen = {instances.task_variables(session, task)["one"]: task.id for task in tasks}
    for one in ("c", "a", "b")[: 2 if condition else 3]:
        instances.complete_user_task(session, seen[one], completed_by="x", variables={"x": one})
    assert at(session) == ["b"]
    wanted = ["a", "c"] if condition else ["a", "b", "c"]
    assert instances.variables(session, instance)["answers"] == wanted


@pytest.mark.parametrize("sequential", [True, False])
def test_what_rounds_wrote_outlives_an_event_that_ends_the_others(
    session: Session, sequential: bool
) -> None:
    edge = boundary("e", "ask", message("m"))
    loop = repeated("", sequential=sequential)
    instance = start(session, whole(asked(loop, edge)), many=[1, 2])
    answer(session, said="yes")
    assert messages.send_message(session, "m", correlation_key="1")
    assert at(session) == ["c"]
    assert instances.variables(session, instance)["said"] == "yes"


@pytest.mark.parametrize("sequential", [True, False])
def test_rounds_that_wait_for_nobody_stop_too(session: Session, sequential: bool) -> None:
    done: list[int] = []
    registry.delegate("d", title="d")(lambda _session, one: done.append(one))
    loop = inputs(one="${one}") + repeated(NONE, sequential=sequential)
    body = straight(delegate("ask", "d", loop), user("b"), ids=("ask", "b"))
    edge = boundary("e", "ask", error("E")) + user("c") + chain("e", "c", "end")
    start(session, whole(body + edge, error("E")), many=[1, 2, 3])
    assert at(session) == ["c"]
    assert done == [1]


def test_rounds_of_workers_throw_when_a_job_is_done(session: Session) -> None:
    body = straight(job("ask", "mail", repeated(ONE)), user("b"), ids=("ask", "b"))
    edge = boundary("e", "ask", escalation("E"), interrupting=False)
    start(
        session, whole(body + edge + user("c") + chain("e", "c", "end"), escalation("E")), many=[1]
    )
    work_off(session, "mail", {"sent": True})
    assert at(session) == ["b", "c"]
