"""Boundary events, links, ends and starts, over a reload at every wait."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.starting.start_conditions import start_where_true
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    message,
    node,
    process,
    signal,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["b"]), (False, ["a", "b"])])
@pytest.mark.parametrize("kind", ["message", "signal", "conditional"])
def test_a_boundary_event_stops_its_task_or_runs_beside_it(
    session: Session, kind: str, interrupting: bool, left: list[str]
) -> None:
    condition = "<bpmn:condition>${late == true}</bpmn:condition>"
    definition = {
        "message": message("stop"),
        "signal": signal("stop"),
        "conditional": f"<bpmn:conditionalEventDefinition>{condition}"
        "</bpmn:conditionalEventDefinition>",
    }[kind]
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + user("other")
        + boundary("e", "a", definition, interrupting=interrupting)
        + user("b")
        + node("endEvent", "end")
        + chain("start", "split", "a", "end")
        + chain("split", "other", "end")
        + chain("e", "b", "end")
    )
    instance = start(session, process(body, messages=("stop",), signals=("stop",)), late=False)

    if kind == "message":
        assert messages.send_message(session, "stop", correlation_key="1")
        do(session, "other")
    elif kind == "signal":
        assert messages.send_signal(session, "stop") == 1
        do(session, "other")
    else:
        do(session, "other", late=True)

    assert at(session) == left
    for name in left:
        do(session, name)
    assert has_ended(instance)


def test_a_non_interrupting_message_can_come_more_than_once(session: Session) -> None:
    body = (
        straight(user("a"), ids=("a",))
        + boundary("e", "a", message("note"), interrupting=False)
        + user("read")
        + chain("e", "read", "end")
    )
    instance = start(session, process(body, messages=("note",)))

    for number in range(2):
        sent = {"text": str(number)}
        assert messages.send_message(session, "note", correlation_key="1", variables=sent)
    assert at(session) == ["a", "read", "read"]
    for name in ("read", "a", "read"):
        do(session, name)
    assert has_ended(instance)


def test_a_link_jumps_to_its_partner(session: Session) -> None:
    link = '<bpmn:linkEventDefinition name="on"/>'
    body = (
        node("startEvent", "start")
        + user("a")
        + node("intermediateThrowEvent", "away", link)
        + node("intermediateCatchEvent", "back", link)
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "away")
        + chain("back", "b", "end")
    )
    start(session, process(body))
    do(session, "a")
    assert at(session) == ["b"]


def test_a_signal_end_reaches_another_instance(session: Session) -> None:
    catch = node("intermediateCatchEvent", "wait", signal("done"))
    start(session, process(straight(catch, user("b"), ids=("wait", "b")), signals=("done",)))
    sender = process(
        straight(user("a"), ids=("a",)).replace(
            node("endEvent", "end"), node("endEvent", "end", signal("done"))
        ),
        key="sender",
        signals=("done",),
    )
    define(session, sender, "sender")
    other = instances.start_process(session, "sender", started_by="test")

    do(session, "a")

    assert has_ended(other)
    assert at(session) == ["b"]


def test_a_message_starts_the_process_that_begins_with_it(session: Session) -> None:
    body = node("startEvent", "start", message("order")) + user("a") + node("endEvent", "end")
    body += chain("start", "a", "end")
    define(session, process(body, messages=("order",)))

    assert messages.send_message(session, "order", correlation_key="7", variables={"n": 2})

    (task,) = instances.open_user_tasks(session)
    assert (task.element_id, task.instance.business_key) == ("a", "7")
    assert instances.variables(session, task.instance) == {"n": 2}


def test_a_signal_starts_every_process_that_begins_with_it(session: Session) -> None:
    for key in ("p", "q"):
        body = node("startEvent", "start", signal("go")) + user("a") + node("endEvent", "end")
        define(session, process(body + chain("start", "a", "end"), key=key, signals=("go",)), key)

    assert messages.send_signal(session, "go") == 2
    assert at(session) == ["a", "a"]


def test_of_more_start_events_only_the_one_that_happened_counts(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("startEvent", "ordered", message("order"))
        + user("a")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "end")
        + chain("ordered", "b", "end")
    )
    instance = start(session, process(body, messages=("order",)))
    assert at(session) == ["a"]
    do(session, "a")
    assert has_ended(instance)

    assert messages.send_message(session, "order", correlation_key="2")
    assert at(session) == ["b"]
    do(session, "b")
    assert instances.open_instance(session, "p", "2") is None


def conditional(text: str) -> str:
    return (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )


def on_condition(text: str) -> bytes:
    """A process that begins plainly at a, or at b when the condition holds."""
    return process(
        node("startEvent", "start")
        + node("startEvent", "when", conditional(text))
        + user("a")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "end")
        + chain("when", "b", "end")
    )


def test_a_process_begins_when_its_condition_holds(session: Session) -> None:
    define(session, on_condition("${school_year &gt;= 2027}"))
    facts = {"school_year": 2026}
    assert start_where_true(session, facts, by="test") == []
    (begun,) = start_where_true(session, {"school_year": 2027}, business_key="1", by="test")
    assert begun.business_key == "1"
    assert at(session) == ["b"]
    assert start_where_true(session, {"school_year": 2028}, business_key="1", by="test") == []
    do(session, "b", school_year=2030)
    assert has_ended(begun)


def test_a_condition_on_a_fact_that_nobody_gave_does_not_hold(session: Session) -> None:
    define(session, on_condition("${school_year &gt;= 2027}"))
    assert start_where_true(session, {"other": 1}, by="test") == []


@pytest.mark.parametrize("other", [message("go"), signal("go"), conditional("${late == true}")])
def test_a_process_that_begins_plainly_does_not_begin_at_its_other_start_too(
    session: Session, other: str
) -> None:
    body = (
        node("startEvent", "start")
        + node("startEvent", "when", other)
        + user("a")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "end")
        + chain("when", "b", "end")
    )
    instance = start(session, process(body, messages=("go",), signals=("go",)), late=True)
    assert at(session) == ["a"]
    do(session, "a", late=True)
    assert has_ended(instance)
