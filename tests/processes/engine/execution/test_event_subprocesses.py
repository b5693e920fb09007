"""Event subprocesses stop their scope or run beside it, over a reload at every wait."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances, messages
from processes.engine.insight import history
from processes.engine.registry import BpmnError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    escalation,
    flow,
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


def handler(id_: str, definition: str, inner: str, *, interrupting: bool = True) -> str:
    begin = node(
        "startEvent",
        f"{id_}_start",
        definition,
        isInterrupting="true" if interrupting else "false",
    )
    return node(
        "subProcess", id_, begin + node("endEvent", f"{id_}_end") + inner, triggeredByEvent="true"
    )


def with_handler(definition: str, *, interrupting: bool) -> str:
    inner = user("handle") + chain("h_start", "handle", "h_end")
    return straight(user("a"), ids=("a",)) + handler(
        "h", definition, inner, interrupting=interrupting
    )


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["handle"]), (False, ["a", "handle"])])
@pytest.mark.parametrize("kind", ["message", "signal", "timer"])
def test_an_event_subprocess_stops_the_rest_or_runs_beside_it(
    session: Session, kind: str, interrupting: bool, left: list[str]
) -> None:
    definition = {
        "message": message("stop"),
        "signal": signal("stop"),
        "timer": timer("timeDuration", "PT1H"),
    }[kind]
    body = with_handler(definition, interrupting=interrupting)
    instance = start(session, process(body, messages=("stop",), signals=("stop",)))
    assert at(session) == ["a"]
    assert history.waiting_at(session, instance.id) == ["a", "h_start"]

    if kind == "message":
        assert messages.send_message(session, "stop", correlation_key="1", variables={"x": 1})
    elif kind == "signal":
        assert messages.send_signal(session, "stop", {"x": 1}) == 1
    else:
        assert later(session, timedelta(hours=2)) == 1

    assert at(session) == left
    for name in left:
        do(session, name)
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert passed.count("h_start") == 1
    assert all("." not in element_id for element_id in passed)


def test_an_error_event_subprocess_catches_within_its_scope(session: Session) -> None:
    inner = user("handle") + chain("h_start", "handle", "h_end")
    body = straight(job("mail"), ids=("mail",)) + handler("h", error("refused"), inner)
    instance = start(session, process(body, errors=("refused",)))

    work_off(session, "mail", BpmnError("refused"))
    assert at(session) == ["handle"]
    do(session, "handle")
    assert has_ended(instance)


def test_an_event_subprocess_that_nothing_wakes_does_not_hold_the_end_up(session: Session) -> None:
    body = with_handler(message("stop"), interrupting=True)
    instance = start(session, process(body, messages=("stop",)))
    do(session, "a")
    assert has_ended(instance)


ROUNDS = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" camunda:collection="items"'
    ' camunda:elementVariable="item"/>'
)


def in_rounds(sequential: str, definition: str, *, interrupting: bool = True) -> str:
    """A subprocess over items that fails where its task says so, with an event subprocess."""
    inner = (
        ROUNDS.format(sequential)
        + node("startEvent", "s")
        + user("a")
        + node("exclusiveGateway", "g", default="g_to_fine")
        + node("endEvent", "fine")
        + node("endEvent", "fails", error("refused"))
        + chain("s", "a", "g", "fine")
        + flow("g", "fails", "${fail}")
        + handler(
            "h",
            definition,
            user("handle") + chain("h_start", "handle", "h_end"),
            interrupting=interrupting,
        )
    )
    return straight(node("subProcess", "sub", inner), user("after"), ids=("sub", "after"))


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_round_has_an_event_subprocess_of_its_own(session: Session, sequential: str) -> None:
    xml = process(in_rounds(sequential, error("refused")), errors=("refused",))
    instance = start(session, xml, items=["x", "y", "z"])
    do(session, "a", fail=True)
    assert at(session) == (["handle"] if sequential == "true" else ["a", "a", "handle"])
    (task,) = (each for each in instances.open_user_tasks(session) if each.element_id == "handle")
    assert instances.task_variables(session, task)["item"] in ("x", "y", "z")
    do(session, "handle")
    for _ in range(2):
        do(session, "a", fail=False)
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)


def test_in_a_loop_each_round_waits_for_its_own_event(session: Session) -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    drawn = in_rounds("true", message("stop")).replace(ROUNDS.format("true"), loop)
    instance = start(session, process(drawn, messages=("stop",), errors=("refused",)))
    for _ in range(2):
        assert at(session) == ["a"]
        assert messages.send_message(session, "stop", correlation_key="1")
        assert at(session) == ["handle"]
        do(session, "handle")
    do(session, "after")
    assert has_ended(instance)


def several(*handlers: str, kind: str) -> bytes:
    """A process or subprocess with these event subprocesses, around two tasks."""
    body = user("a") + user("b") + "".join(handlers)
    if kind == "process":
        drawn = straight(body, ids=("a", "b"))
    else:
        inner = node("startEvent", "s") + node("endEvent", "e") + body + chain("s", "a", "b", "e")
        drawn = straight(node("subProcess", "sub", inner), user("z"), ids=("sub", "z"))
    return process(drawn, messages=("one", "two", "stop"), errors=("refused",))


def leading_to(id_: str, definition: str, *, ends: str = "", interrupting: bool = False) -> str:
    inner = user(f"{id_}_task") + chain(f"{id_}_start", f"{id_}_task", f"{id_}_end")
    drawn = handler(id_, definition, inner, interrupting=interrupting)
    return drawn.replace(f'name="{id_}_end"></', f'name="{id_}_end">{ends}</')


BOTH = ["process", "subprocess"]


@pytest.mark.parametrize("kind", BOTH)
def test_one_that_interrupts_ends_those_that_run_beside_its_scope(
    session: Session, kind: str
) -> None:
    beside = leading_to("one", message("one")), leading_to("two", message("two"))
    xml = several(*beside, leading_to("stop", message("stop"), interrupting=True), kind=kind)
    instance = start(session, xml, n=0)
    do(session, "a", n=1)
    for name in ("one", "two", "two"):
        assert messages.send_message(session, name, correlation_key="1")
    do(session, "one_task", n=2, one=True)
    assert at(session) == ["b", "two_task", "two_task"]

    assert messages.send_message(session, "stop", correlation_key="1", variables={"why": "x"})
    assert at(session) == ["stop_task"]
    assert history.waiting_at(session, instance.id) == ["stop_task"]
    (task,) = instances.open_user_tasks(session)
    assert instances.task_variables(session, task) == {"n": 2, "one": True, "why": "x"}

    do(session, "stop_task", n=3)
    if kind == "subprocess":
        (task,) = instances.open_user_tasks(session)
        assert instances.task_variables(session, task) == {"n": 3, "one": True, "why": "x"}
        do(session, "z")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"n": 3, "one": True, "why": "x"}


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "last"), [("one_task", None, 2), ("one_task", "b", 7), ("b", "one_task", 2)]
)
def test_the_latest_write_of_a_scope_counts_for_the_next_and_behind_it(
    session: Session, first: str, second: str | None, last: int, *, interrupting: bool
) -> None:
    beside = leading_to("one", message("one"))
    stop = leading_to("stop", message("stop"), interrupting=interrupting)
    xml = several(beside, stop, user("c"), kind="subprocess").replace(
        chain("b", "e").encode(), chain("b", "c", "e").encode()
    )
    start(session, xml, n=0)
    do(session, "a", n=1)
    assert messages.send_message(session, "one", correlation_key="1")
    for name in filter(None, (first, second)):
        do(session, name, n={"one_task": 2, "b": 7}[name])
    assert messages.send_message(session, "stop", correlation_key="1")

    def known() -> dict[str, int]:
        open_tasks = instances.open_user_tasks(session)
        return {t.element_id: instances.task_variables(session, t)["n"] for t in open_tasks}

    assert known()["stop_task"] == last
    while (left := at(session)) != ["z"]:
        do(session, left[-1])
    assert known() == {"z": last}


@pytest.mark.parametrize("kind", BOTH)
def test_an_error_of_one_is_caught_by_another_of_its_scope(session: Session, kind: str) -> None:
    fails = leading_to("one", message("one"), ends=error("refused"))
    caught = leading_to("stop", error("refused"), interrupting=True)
    instance = start(session, several(fails, caught, kind=kind))
    assert messages.send_message(session, "one", correlation_key="1")
    do(session, "one_task", k=1)
    assert at(session) == ["stop_task"]
    (task,) = instances.open_user_tasks(session)
    assert instances.task_variables(session, task) == {"k": 1}
    do(session, "stop_task")
    if kind == "subprocess":
        do(session, "z")
    assert has_ended(instance)


def test_an_error_that_one_throws_again_goes_outward(session: Session) -> None:
    again = leading_to("stop", error("refused"), ends=error("refused"), interrupting=True)
    fails = leading_to("one", message("one"), ends=error("refused"))
    xml = several(fails, again, kind="subprocess").replace(
        b"</bpmn:process>",
        (
            boundary("failed", "sub", error("refused")) + user("y") + chain("failed", "y", "end")
        ).encode()
        + b"</bpmn:process>",
    )
    start(session, xml)
    assert messages.send_message(session, "one", correlation_key="1")
    do(session, "one_task")
    do(session, "stop_task")
    assert at(session) == ["y"]


def test_an_escalation_of_one_does_not_begin_it_again(session: Session) -> None:
    up = escalation("up")
    again = leading_to("one", up, ends=up)
    throws = node("intermediateThrowEvent", "throw", up)
    body = straight(throws, user("b"), ids=("throw", "b")) + again
    start(session, process(body, escalations=("up",)))
    assert at(session) == ["b", "one_task"]
    do(session, "one_task")
    assert at(session) == ["b"]
