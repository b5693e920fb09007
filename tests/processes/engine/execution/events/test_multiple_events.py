"""Several definitions in one event: the first wins, or all are needed; over a reload at each wait.

BPMN 2.0 §10.5.1 (multiple, parallel multiple) and §10.5.5 (definitions that events share).
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment import start_timers
from processes.engine.deployment.definitions import specification_of
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.starting.start_conditions import start_where_true
from processes.engine.insight import history
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.registry import BpmnError
from processes.engine.store.models import MessageSubscription, ProcessInstance, Timer
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    escalation,
    job,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")

CONDITION = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>${{{}}}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
HOUR = timer("timeDuration", "PT1H")
FOUR = message("m") + signal("s") + HOUR + CONDITION.format("late == true")


def send(session: Session) -> None:
    assert messages.send_message(session, "m", correlation_key="1", variables={"by": "m"})


def sound(session: Session) -> None:
    assert messages.send_signal(session, "s", {"by": "s"}) == 1


def wait(session: Session) -> None:
    assert later(session, timedelta(hours=2)) == 1


def come_true(session: Session) -> None:
    do(session, "other", late=True)


HAPPENINGS: dict[str, Callable[[Session], None]] = {
    "message": send,
    "signal": sound,
    "timer": wait,
    "condition": come_true,
}


def beside(body: str) -> str:
    """This body behind `split`, beside a user task `other`."""
    return (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("other")
        + node("endEvent", "end")
        + chain("start", "split", "other", "end")
        + body
    )


def with_roots(body: str) -> bytes:
    return process(body, messages=("m", "n"), signals=("s",), escalations=("E",), errors=("E",))


def no_rows(session: Session) -> bool:
    return not (
        session.scalars(select(Timer)).all() or session.scalars(select(MessageSubscription)).all()
    )


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_the_first_to_happen_lets_a_catch_event_go_on(session: Session, happening: str) -> None:
    catch = node("intermediateCatchEvent", "wait", FOUR)
    body = beside(catch + user("b") + chain("split", "wait", "b", "end"))
    instance = start(session, with_roots(body), late=False)
    assert history.waiting_at(session, instance.id) == ["other", "wait"]

    HAPPENINGS[happening](session)

    assert "b" in at(session)
    assert no_rows(session)
    for name in at(session):
        do(session, name)
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert passed.count("wait") == 1


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["b"]), (False, ["a", "b"])])
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_the_first_to_happen_on_an_edge_stops_the_task_or_runs_beside_it(
    session: Session, happening: str, interrupting: bool, left: list[str]
) -> None:
    edge = user("a") + boundary("e", "a", FOUR, interrupting=interrupting) + user("b")
    body = beside(edge + chain("split", "a", "end") + chain("e", "b", "end"))
    instance = start(session, with_roots(body), late=False)

    HAPPENINGS[happening](session)

    assert [name for name in at(session) if name != "other"] == left
    assert no_rows(session) is interrupting
    for name in at(session):
        do(session, name)
    assert has_ended(instance)
    assert no_rows(session)


def test_beside_its_task_each_may_happen_and_a_timer_once(session: Session) -> None:
    twice = timer("timeCycle", "R2/PT3H")
    edge = boundary("e", "a", message("m") + HOUR + twice, interrupting=False)
    body = straight(user("a"), ids=("a",)) + edge + user("b") + chain("e", "b", "end")
    start(session, with_roots(body))
    send(session)
    send(session)
    assert at(session) == ["a", "b", "b"]
    assert later(session, timedelta(hours=2)) == 1
    assert later(session, timedelta(hours=2)) == 0
    assert later(session, timedelta(hours=4)) == 1
    assert later(session, timedelta(hours=7)) == 1
    assert later(session, timedelta(hours=100)) == 0
    assert at(session) == ["a", *["b"] * 5]
    send(session)
    assert at(session) == ["a", *["b"] * 6]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_begins_with_the_first(session: Session, interrupting: bool) -> None:
    begins = node("startEvent", "s", message("m") + HOUR, isInterrupting=str(interrupting).lower())
    inner = begins + user("h") + node("endEvent", "h_end") + chain("s", "h", "h_end")
    handler = node("subProcess", "handler", inner, triggeredByEvent="true")
    instance = start(session, with_roots(straight(user("a"), ids=("a",)) + handler))
    send(session)
    assert at(session) == (["h"] if interrupting else ["a", "h"])
    if not interrupting:
        wait(session)
        assert at(session) == ["a", "h", "h"]
    for name in at(session):
        do(session, name)
    assert has_ended(instance)


@pytest.mark.parametrize("outcome", ["error", "message"])
def test_an_error_or_a_message_on_an_edge(session: Session, outcome: str) -> None:
    edge = boundary("e", "mail", message("m") + error("E"))
    body = straight(job("mail"), ids=("mail",)) + edge + user("b") + chain("e", "b", "end")
    start(session, with_roots(body))
    if outcome == "error":
        work_off(session, "mail", BpmnError("E"))
    else:
        send(session)
    assert at(session) == ["b"]
    assert no_rows(session)


def test_behind_an_event_based_gateway(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("eventBasedGateway", "g")
        + node("intermediateCatchEvent", "one", message("m") + signal("s"))
        + node("intermediateCatchEvent", "two", message("n") + HOUR)
        + user("a")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "g", "one", "a", "end")
        + chain("g", "two", "b", "end")
    )
    instance = start(session, with_roots(body))
    assert history.waiting_at(session, instance.id) == ["one", "two"]
    sound(session)
    assert at(session) == ["a"]
    assert no_rows(session)
    assert instances.variables(session, instance)["by"] == "s"


@pytest.mark.parametrize("order", [("message", "signal", "timer"), ("timer", "signal", "message")])
def test_a_parallel_catch_event_needs_all(session: Session, order: tuple[str, ...]) -> None:
    three = message("m") + signal("s") + HOUR
    catch = node("intermediateCatchEvent", "wait", three, parallelMultiple="true")
    instance = start(session, with_roots(straight(catch, user("b"), ids=("wait", "b"))))
    for happening in order:
        assert at(session) == []
        HAPPENINGS[happening](session)
    assert at(session) == ["b"]
    assert no_rows(session)
    assert instances.variables(session, instance)["by"] in ("m", "s")


def test_a_parallel_event_takes_one_of_each(session: Session) -> None:
    both = message("m") + message("n")
    catch = node("intermediateCatchEvent", "wait", both, parallelMultiple="true")
    start(session, with_roots(straight(catch, user("b"), ids=("wait", "b"))))
    send(session)
    again = messages.send_message(session, "m", correlation_key="1", variables={"by": "late"})
    assert not again
    assert at(session) == []
    assert messages.send_message(session, "n", correlation_key="1")
    assert at(session) == ["b"]


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["b"]), (False, ["a", "b"])])
def test_a_parallel_event_on_an_edge_needs_all_and_then_all_again(
    session: Session, interrupting: bool, left: list[str]
) -> None:
    cancel = str(interrupting).lower()
    edge = node(
        "boundaryEvent",
        "e",
        message("m") + signal("s"),
        attachedToRef="a",
        cancelActivity=cancel,
        parallelMultiple="true",
    )
    body = straight(user("a"), ids=("a",)) + edge + user("b") + chain("e", "b", "end")
    start(session, with_roots(body))
    send(session)
    assert at(session) == ["a"]
    sound(session)
    assert at(session) == left
    if not interrupting:
        sound(session)
        assert at(session) == left
        send(session)
        assert at(session) == [*left, "b"]


def test_a_throw_event_throws_all_of_them(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + node("intermediateThrowEvent", "throw", message("m") + signal("s"))
        + node("intermediateCatchEvent", "one", message("m"))
        + node("intermediateCatchEvent", "two", signal("s"))
        + user("b")
        + user("c")
        + node("endEvent", "end")
        + chain("start", "split", "a", "throw", "end")
        + chain("split", "one", "b", "end")
        + chain("split", "two", "c", "end")
    )
    start(session, with_roots(body))
    do(session, "a")
    assert at(session) == ["b", "c"]


def test_an_end_event_throws_and_then_ends_its_scope(session: Session) -> None:
    inner = (
        node("startEvent", "s")
        + node("parallelGateway", "fork")
        + user("a")
        + user("b")
        + node("endEvent", "e", "<bpmn:terminateEventDefinition/>" + message("m") + escalation("E"))
        + chain("s", "fork", "a", "e")
        + chain("fork", "b", "e")
    )
    edge = boundary("up", "sub", escalation("E"), interrupting=False)
    body = beside(
        node("subProcess", "sub", inner)
        + edge
        + user("told")
        + node("intermediateCatchEvent", "wait", message("m"))
        + user("heard")
        + chain("split", "sub", "end")
        + chain("split", "wait", "heard", "end")
        + chain("up", "told", "end")
    )
    instance = start(session, with_roots(body))
    do(session, "a")
    assert at(session) == ["heard", "other", "told"]
    for name in at(session):
        do(session, name)
    assert has_ended(instance)


@pytest.mark.parametrize("by", ["message", "signal", "timer", "other timer", "condition"])
def test_a_process_begins_with_any_of_its_start_events_definitions(
    session: Session, by: str
) -> None:
    several = message("m") + signal("s") + HOUR + timer("timeDuration", "PT3H")
    several += CONDITION.format("year == 2027")
    begins = node("startEvent", "start", several)
    body = straight(user("a"), ids=("a",)).replace(node("startEvent", "start"), begins)
    definition = define(session, with_roots(body))
    drawn = specification_of(session, definition.id).start_timers
    start_timers.plan(session, definition, drawn, {})
    acts: dict[str, Callable[[], object]] = {
        "message": lambda: messages.send_message(session, "m", correlation_key="7"),
        "signal": lambda: messages.send_signal(session, "s"),
        "timer": lambda: later(session, timedelta(hours=2)),
        "other timer": lambda: later(session, timedelta(hours=4)),
        "condition": lambda: start_where_true(session, {"year": 2027}, by="x"),
    }
    acts[by]()
    many = session.scalars(select(ProcessInstance)).all()
    assert len(many) == (2 if by == "other timer" else 1)
    assert at(session) == ["a"] * len(many)
    do(session, "a")
    assert any(has_ended(each) for each in many)


def test_a_shared_definition_is_as_if_drawn_in_the_event(session: Session) -> None:
    refer = "<bpmn:eventDefinitionRef>{}</bpmn:eventDefinitionRef>"
    catch = node("intermediateCatchEvent", "wait", refer.format("day"))
    throw = node("intermediateThrowEvent", "throw", refer.format("note"))
    edge = boundary("e", "b", refer.format("day") + refer.format("note"), interrupting=False)
    body = straight(catch, throw, user("b"), ids=("wait", "throw", "b"))
    body += edge + user("c") + chain("e", "c", "end")
    root = HOUR.replace("Definition>", 'Definition id="day">', 1)
    root += message("m").replace("/>", ' id="note"/>')
    xml = with_roots(body).replace(b"<bpmn:process", root.encode() + b"<bpmn:process")
    start(session, xml)
    wait(session)
    assert at(session) == ["b", "c"]  # the edge caught what was thrown before: it was kept
    assert later(session, timedelta(hours=4)) == 1
    assert at(session) == ["b", "c", "c"]


def test_why_it_waits_names_all_of_them(session: Session) -> None:
    catch = node("intermediateCatchEvent", "wait", FOUR)
    instance = start(session, with_roots(straight(catch, ids=("wait",))), late=False)
    (told,) = why_waiting(session, instance.id)
    assert told.element_id == "wait"
    for word in ("bericht “m”", "signaal “s”", "klok", "voorwaarde"):
        assert word in told.sentence
    assert " of " in told.sentence


def test_why_it_waits_says_that_all_are_needed(session: Session) -> None:
    both = message("m") + signal("s")
    catch = node("intermediateCatchEvent", "wait", both, parallelMultiple="true")
    instance = start(session, with_roots(straight(catch, ids=("wait",))))
    (told,) = why_waiting(session, instance.id)
    assert " en " in told.sentence
    assert " of " not in told.sentence
    send(session)
    (told,) = why_waiting(session, instance.id)
    assert "“m”" not in told.sentence


@pytest.mark.parametrize("name", ["Start", "End", "Root", "root"])
@pytest.mark.parametrize("place", ["task", "start", "end", "inside"])
def test_an_element_may_be_called_as_spiffworkflow_calls_its_own(
    session: Session, name: str, place: str
) -> None:
    ids = {"task": "a", "start": "start", "end": "end", "inside": "a"}
    body = straight(user("a"), ids=("a",))
    if place == "inside":
        body = body.replace('"start"', '"s"').replace('"end"', '"e"')
        body = straight(node("subProcess", "sub", body), user("c"), ids=("sub", "c"))
    body = body.replace(f'"{ids[place]}"', f'"{name}"')
    xml = process(body)
    assert not found(xml.replace(f'formKey="{name}"'.encode(), b'formKey="a"'))
    instance = start(session, xml)
    task = name if ids[place] == "a" else "a"
    assert at(session) == [task]
    do(session, task, x=1)
    if place == "inside":
        do(session, "c")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1}
    assert name in [row.element_id for row in history.history(session, instance.id)]
