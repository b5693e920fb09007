"""Several flows out of a task or event, and conditions on them, over a reload at every wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.incidents import open_incidents
from processes.engine.execution.steps import StepFailedError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    flow,
    job,
    message,
    node,
    process,
    signal,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off

pytestmark = [
    pytest.mark.usefixtures("nothing_kept"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),  # nothing here asks for SQL
]

ENDS = node("startEvent", "start") + node("endEvent", "end")
LEFT = user("left") + user("right") + chain("left", "end") + chain("right", "end")
SPLIT = chain("x", "left") + chain("x", "right") + LEFT
CHOICE = flow("x", "left", "n &gt; 0") + flow("x", "right", "n &gt; 1") + LEFT
WITH_DEFAULT = CHOICE + user("other") + chain("x", "other") + chain("other", "end")


def behind(x: str, flows: str, **parts: Any) -> bytes:
    """Start, this node x, and these flows out of it."""
    return process(ENDS + chain("start", "x") + x + flows, **parts)


def default(kind: str, **attributes: str) -> str:
    return node(kind, "x", default="x_to_other", **attributes)


def message_x(session: Session) -> None:
    messages.send_message(session, "m", correlation_key="1")


# -- each kind of node from which several flows may leave


def test_a_task_starts_all_that_follows_it(session: Session) -> None:
    instance = start(session, behind(user("x"), SPLIT))
    do(session, "x", n=1)
    assert at(session) == ["left", "right"]
    do(session, "right", right=2)
    assert at(session) == ["left"]
    do(session, "left", left=3)
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"n": 1, "left": 3, "right": 2}


@pytest.mark.parametrize(
    "x",
    [
        node("task", "x"),
        node("intermediateThrowEvent", "x"),
        node("intermediateThrowEvent", "x", signal("s")),
        node("subProcess", "x", node("startEvent", "s") + node("endEvent", "e") + chain("s", "e")),
        node("subProcess", "x", node("task", "inner")),
    ],
)
def test_what_passes_at_once_starts_all_that_follows_it(session: Session, x: str) -> None:
    start(session, behind(x, SPLIT, signals=("s",)))
    assert at(session) == ["left", "right"]


def test_a_start_event_begins_several_paths(session: Session) -> None:
    body = ENDS + LEFT + chain("start", "left") + chain("start", "right")
    instance = start(session, process(body))
    do(session, "left")
    do(session, "right")
    assert has_ended(instance)


def test_a_message_start_event_begins_several_paths(session: Session) -> None:
    begin = node("startEvent", "begin", message("m")) + chain("begin", "left")
    xml = process(ENDS + begin + chain("begin", "right") + chain("start", "left") + LEFT,
                  messages=("m",))  # fmt: skip
    start(session, xml)
    assert at(session) == ["left"]
    messages.send_message(session, "m", correlation_key="2")
    assert at(session) == ["left", "left", "right"]


def test_an_event_that_is_caught_starts_all_that_follows_it(session: Session) -> None:
    caught = node("intermediateCatchEvent", "x", timer("timeDuration", "P1D"))
    start(session, behind(caught, SPLIT))
    assert at(session) == []
    assert later(session, timedelta(days=2)) == 1
    assert at(session) == ["left", "right"]


def test_the_event_behind_an_event_based_gateway_may_choose(session: Session) -> None:
    gateway = node("eventBasedGateway", "g") + node("intermediateCatchEvent", "x", message("m"))
    clock = node("intermediateCatchEvent", "late", timer("timeDuration", "P1D"))
    flows = chain("start", "g", "x") + chain("g", "late", "end")
    start(session, process(ENDS + gateway + clock + flows + CHOICE, messages=("m",)), n=1)
    message_x(session)
    assert at(session) == ["left"]


def test_a_receive_task_starts_all_that_follows_it(session: Session) -> None:
    receive = node("receiveTask", "x", messageRef="message_m")
    start(session, behind(receive, SPLIT, messages=("m",)))
    message_x(session)
    assert at(session) == ["left", "right"]


def test_a_job_chooses_by_its_outcome(session: Session) -> None:
    start(session, behind(job("x", "topic"), CHOICE))
    work_off(session, "topic", {"n": 1})
    assert at(session) == ["left"]


def test_a_called_process_is_left_by_all_flows(session: Session) -> None:
    called = process(
        ENDS + user("inner") + chain("start", "inner", "end"), key="q"
    ).partition(b"<bpmn:process")  # fmt: skip
    xml = behind(node("callActivity", "x", calledElement="q"), CHOICE)
    both = xml.replace(b"</bpmn:definitions>", b"".join(called[1:]))
    start(session, both)
    do(session, "inner", n=2)
    assert at(session) == ["left", "right"]


# -- conditions


@pytest.mark.parametrize(("n", "expected"), [(0, ["other"]), (1, ["left"]), (2, ["left", "right"])])
@pytest.mark.parametrize("kind", ["task", "subProcess"])
def test_conditions_choose_and_the_default_is_for_none(
    session: Session, kind: str, n: int, expected: list[str]
) -> None:
    inner = node("task", "inner") if kind == "subProcess" else ""
    x = node(kind, "x", inner, default="x_to_other")
    start(session, behind(x, WITH_DEFAULT), n=n)
    assert at(session) == expected


@pytest.mark.parametrize(("n", "expected"), [(0, ["right"]), (1, ["left", "right"])])
def test_a_flow_without_condition_is_always_taken(
    session: Session, n: int, expected: list[str]
) -> None:
    flows = flow("x", "left", "n &gt; 0") + chain("x", "right") + LEFT
    start(session, behind(user("x"), flows))
    do(session, "x", n=n)
    assert at(session) == expected


@pytest.mark.parametrize(("n", "expected"), [(0, ["other", "right"]), (1, ["left", "right"])])
def test_the_default_looks_at_the_conditions_of_the_others_alone(
    session: Session, n: int, expected: list[str]
) -> None:
    flows = flow("x", "left", "n &gt; 0") + chain("x", "right") + LEFT
    flows += user("other") + chain("x", "other") + chain("other", "end")
    start(session, behind(default("userTask"), flows))
    do(session, "x", n=n)
    assert at(session) == expected


def test_a_default_beside_flows_without_condition_is_taken(session: Session) -> None:
    flows = SPLIT + user("other") + chain("x", "other") + chain("other", "end")
    start(session, behind(default("task"), flows))
    assert at(session) == ["left", "other", "right"]


@pytest.mark.parametrize("flows", [CHOICE, flow("x", "left", "n &gt; 0") + LEFT])
def test_where_no_condition_holds_the_step_fails_and_can_be_taken_again(
    session: Session, flows: str
) -> None:
    start(session, behind(user("x"), flows))
    with pytest.raises(StepFailedError):
        do(session, "x", n=0)
    (incident,) = open_incidents(session)
    assert incident.element_id == "x"
    assert incident.message == "Bij “x” past geen enkele voorwaarde, en er is geen standaardpijl."
    assert at(session) == ["x"]
    do(session, "x", n=1)
    assert at(session) == ["left"]


def test_a_condition_that_cannot_be_worked_out_fails_at_its_task(session: Session) -> None:
    start(session, behind(user("x"), CHOICE))
    with pytest.raises(StepFailedError):
        do(session, "x", n="many")
    assert [each.element_id for each in open_incidents(session)] == ["x"]
    assert at(session) == ["x"]


def test_a_condition_may_lead_back_to_its_own_task(session: Session) -> None:
    flows = flow("x", "x", "again") + chain("x", "other") + user("other") + chain("other", "end")
    instance = start(session, behind(default("userTask"), flows))
    for again in (True, True, False):
        assert at(session) == ["x"]
        do(session, "x", again=again)
    assert at(session) == ["other"]
    do(session, "other")
    assert has_ended(instance)


# -- what meets again


@pytest.mark.parametrize("join", ["parallelGateway", "inclusiveGateway"])
@pytest.mark.parametrize("order", [("left", "right"), ("right", "left")])
def test_the_branches_meet_at_a_join(session: Session, join: str, order: tuple[str, str]) -> None:
    body = ENDS + user("x") + user("left") + user("right") + node(join, "join") + user("after")
    body += chain("start", "x", "left", "join", "after", "end") + chain("x", "right", "join")
    instance = start(session, process(body))
    do(session, "x", n=1)
    do(session, order[0], **{order[0]: 1})
    assert at(session) == [order[1]]
    do(session, order[1], **{order[1]: 1})
    assert at(session) == ["after"]
    assert instances.variables(session, instance) == {"n": 1, "left": 1, "right": 1}


@pytest.mark.parametrize(("n", "first"), [(0, ["right"]), (1, ["left", "right"])])
def test_an_inclusive_join_waits_for_what_was_chosen(
    session: Session, n: int, first: list[str]
) -> None:
    body = ENDS + user("x") + user("left") + user("right") + node("inclusiveGateway", "join")
    body += flow("x", "left", "n &gt; 0") + chain("x", "right") + user("after")
    body += chain("left", "join") + chain("right", "join", "after", "end") + chain("start", "x")
    start(session, process(body))
    do(session, "x", n=n)
    assert at(session) == first
    for name in first:
        do(session, name)
    assert at(session) == ["after"]


def test_a_flow_may_go_straight_to_the_join(session: Session) -> None:
    body = ENDS + user("x") + user("left") + node("parallelGateway", "join") + user("after")
    body += chain("start", "x", "left", "join", "after", "end") + chain("x", "join")
    start(session, process(body))
    do(session, "x")
    assert at(session) == ["left"]
    do(session, "left")
    assert at(session) == ["after"]


def test_two_tokens_that_come_one_by_one_each_split(session: Session) -> None:
    body = ENDS + user("before") + user("x") + SPLIT
    body += chain("start", "before", "x") + chain("start", "x")
    start(session, process(body))
    assert at(session) == ["before", "x"]
    do(session, "x")
    do(session, "before")
    assert at(session) == ["left", "right", "x"]
    do(session, "x")
    assert at(session) == ["left", "left", "right", "right"]


# -- with rounds, and with events on the edge


def rounds(inner: str, *, sequential: bool = False) -> str:
    kind = "true" if sequential else "false"
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{kind}">{inner}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


TWICE = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
UNTIL = (
    "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>n == 0</bpmn:loopCondition>"
    "</bpmn:standardLoopCharacteristics>"
)


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_splits_once_when_its_rounds_are_done(
    session: Session, sequential: bool
) -> None:
    x = user("x", rounds(TWICE, sequential=sequential))
    instance = start(session, behind(x, SPLIT))
    assert at(session) == ["x"] * (1 if sequential else 2)
    do(session, "x", n=2)
    assert at(session) == ["x"]
    do(session, "x", n=2)
    assert at(session) == ["left", "right"]
    for name in at(session):
        do(session, name)
    assert has_ended(instance)


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_chooses_by_what_its_rounds_gave(
    session: Session, sequential: bool
) -> None:
    x = node("userTask", "x", rounds(TWICE, sequential=sequential), default="x_to_other")
    start(session, behind(x, WITH_DEFAULT))
    do(session, "x", n=0)
    do(session, "x", n=0)
    assert at(session) == ["other"]


def test_a_multi_instance_without_rounds_is_left_by_all_flows(session: Session) -> None:
    none = "<bpmn:loopCardinality>0</bpmn:loopCardinality>"
    start(session, behind(user("x", rounds(none)), SPLIT))
    assert at(session) == ["left", "right"]


def test_a_loop_chooses_once_when_it_ends(session: Session) -> None:
    start(session, behind(user("x", UNTIL), CHOICE))
    do(session, "x", n=0)
    assert at(session) == ["x"]
    do(session, "x", n=1)
    assert at(session) == ["left"]


def test_a_loop_without_a_way_on_fails_at_its_own_task(session: Session) -> None:
    start(session, behind(user("x", UNTIL), CHOICE))
    with pytest.raises(StepFailedError):
        do(session, "x", n=-1)
    assert [each.element_id for each in open_incidents(session)] == ["x"]
    assert at(session) == ["x"]


GUARDED = boundary("late", "x", timer("timeDuration", "P1D")) + user("remind")
LATE = GUARDED + chain("late", "remind", "end")
BESIDE = LATE.replace('cancelActivity="true"', 'cancelActivity="false"')


@pytest.mark.parametrize("edge", [LATE, BESIDE])
def test_a_split_disarms_the_event_on_the_edge(session: Session, edge: str) -> None:
    instance = start(session, behind(user("x"), SPLIT + edge))
    do(session, "x")
    assert later(session, timedelta(days=2)) == 0
    assert at(session) == ["left", "right"]
    do(session, "left")
    do(session, "right")
    assert has_ended(instance)


def test_an_interrupted_task_does_not_split(session: Session) -> None:
    start(session, behind(user("x"), SPLIT + LATE))
    assert later(session, timedelta(days=2)) == 1
    assert at(session) == ["remind"]


def test_what_came_beside_a_task_stays_when_the_task_splits(session: Session) -> None:
    start(session, behind(user("x"), CHOICE + BESIDE))
    assert later(session, timedelta(days=2)) == 1
    assert at(session) == ["remind", "x"]
    do(session, "x", n=2)
    assert at(session) == ["left", "remind", "right"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_on_the_edge_starts_all_that_follows_it(
    session: Session, interrupting: bool
) -> None:
    edge = boundary("late", "x", timer("timeDuration", "P1D"), interrupting=interrupting)
    flows = chain("x", "end") + chain("late", "left") + chain("late", "right") + LEFT
    start(session, behind(user("x"), edge + flows))
    assert later(session, timedelta(days=2)) == 1
    assert at(session) == ["left", "right", *([] if interrupting else ["x"])]


def test_an_error_on_the_edge_chooses_by_what_is_known(session: Session) -> None:
    edge = boundary("wrong", "x", '<bpmn:errorEventDefinition errorRef="error_e"/>')
    flows = chain("x", "end") + flow("wrong", "left", "n &gt; 0") + LEFT
    flows += flow("wrong", "right", "n &lt; 1")
    start(session, behind(job("x", "topic"), edge + flows, errors=("e",)), n=1)
    work_off(session, "topic", registry.BpmnError("e"))
    assert at(session) == ["left"]


def test_an_event_subprocess_may_split_too(session: Session) -> None:
    inner = node("startEvent", "begin", message("m")) + user("left") + user("right")
    inner += chain("begin", "left") + chain("begin", "right")
    body = ENDS + user("x") + chain("start", "x", "end")
    body += node("subProcess", "handler", inner, triggeredByEvent="true")
    instance = start(session, process(body, messages=("m",)))
    message_x(session)
    assert at(session) == ["left", "right"]
    do(session, "left")
    do(session, "right")
    assert has_ended(instance)


def test_an_ended_subprocess_takes_its_branches_with_it(session: Session) -> None:
    inner = node("startEvent", "s") + user("x") + user("left") + user("right")
    inner += chain("s", "x", "left") + chain("x", "right")
    body = ENDS + node("subProcess", "sub", inner) + user("remind")
    body += boundary("late", "sub", timer("timeDuration", "P1D"))
    body += chain("start", "sub", "end") + chain("late", "remind", "end")
    start(session, process(body))
    do(session, "x")
    assert later(session, timedelta(days=2)) == 1
    assert at(session) == ["remind"]


def test_a_delegate_decides_where_the_token_goes(session: Session) -> None:
    @registry.delegate("decide", title="Beslissen")
    def decide(session: Session) -> dict[str, Any]:
        assert session.is_active
        return {"n": 1}

    start(session, behind(delegate("x", "decide"), CHOICE))
    assert at(session) == ["left"]
