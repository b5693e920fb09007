"""Event subprocesses stop their scope or run beside it, over a reload at every wait."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.insight import history
from processes.engine.registry import BpmnError
from tests.processes.engine.diagrams import (
    chain,
    error,
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
