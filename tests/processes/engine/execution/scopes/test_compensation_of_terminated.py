"""What a terminate end event ended was not completed, and is not undone (BPMN 2.0 §13.3.2).

Over a reload at each wait.
"""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution.events import messages
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start
from tests.processes.engine.undoing import CANCEL, COMPENSATE, scope, throw, undone

pytestmark = pytest.mark.usefixtures("nothing_kept")

TERMINATE = "<bpmn:terminateEventDefinition/>"
A, B = undone(user("a"), "a"), undone(user("b"), "b")


def stopped(kind: str = "subProcess", id_: str = "s", more: str = "") -> str:
    """A scope in which `a` can be undone, and that ends by a terminate end event behind it."""
    return node(kind, id_, inside(more))


def inside(more: str = "") -> str:
    return (
        node("startEvent", "s_start")
        + A
        + node("endEvent", "stop", TERMINATE)
        + chain("s_start", "a", "stop")
        + more
    )


def undo_all(*before: str, ids: tuple[str, ...]) -> bytes:
    body = straight(*before, throw("t"), user("after"), ids=(*ids, "t", "after"))
    return process(body, messages=("wake",))


@pytest.mark.parametrize("kind", ["subProcess", "transaction"])
def test_a_terminated_scope_is_not_undone_but_what_was_completed_beside_it_is(
    session: Session, kind: str
) -> None:
    edge = boundary("cancelled", "s", CANCEL) + chain("cancelled", "after")
    drawn = stopped(kind) + (edge if kind == "transaction" else "")
    instance = start(session, undo_all(drawn, B, ids=("s", "b")))
    do(session, "a")
    do(session, "b")
    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)


def test_nor_by_its_own_compensation(session: Session) -> None:
    instance = start(session, undo_all(undone(stopped(), "s"), ids=("s",)))
    do(session, "a")
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)


def test_nor_when_it_is_named(session: Session) -> None:
    body = straight(stopped(), throw("t", "s"), user("after"), ids=("s", "t", "after"))
    start(session, process(body))
    do(session, "a")
    assert at(session) == ["after"]


def test_nor_by_its_compensation_event_subprocess(session: Session) -> None:
    look = node(
        "subProcess",
        "e",
        node("startEvent", "e_start", COMPENSATE) + user("look") + chain("e_start", "look"),
        triggeredByEvent="true",
    )
    start(session, undo_all(stopped(more=look), ids=("s",)))
    do(session, "a")
    assert at(session) == ["after"]


def test_a_completed_scope_within_a_terminated_one_is_not_undone(session: Session) -> None:
    inner = scope("subProcess", "deep", A, ids=("a",))
    outer = node(
        "subProcess",
        "s",
        node("startEvent", "s_start")
        + inner
        + node("endEvent", "stop", TERMINATE)
        + chain("s_start", "deep", "stop"),
    )
    start(session, undo_all(outer, ids=("s",)))
    do(session, "a")
    assert at(session) == ["after"]


def test_a_scope_whose_own_end_was_plain_is_undone_without_the_terminated_one_in_it(
    session: Session,
) -> None:
    outer = scope("subProcess", "outer", stopped(), B, ids=("s", "b"))
    start(session, undo_all(outer, ids=("outer",)))
    do(session, "a")
    do(session, "b")
    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert at(session) == ["after"]


def test_a_called_process_that_was_terminated_is_not_undone(session: Session) -> None:
    define(session, process(inside(), "q"), "q")
    call = node("callActivity", "call", calledElement="q")
    start(session, undo_all(call, ids=("call",)))
    do(session, "a")
    assert at(session) == ["after"]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_of_rounds_only_those_that_were_completed_are_undone(
    session: Session, sequential: str
) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
        ' camunda:collection="rooms" camunda:elementVariable="room"/>'
    )
    inner = (
        loop
        + node("startEvent", "s_start")
        + A
        + node("exclusiveGateway", "g", default="g_to_fine")
        + node("endEvent", "fine")
        + node("endEvent", "stop", TERMINATE)
        + chain("s_start", "a", "g", "fine")
        + '<bpmn:sequenceFlow id="g_to_stop" sourceRef="g" targetRef="stop">'
        "<bpmn:conditionExpression>${full}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    xml = undo_all(node("subProcess", "s", inner), ids=("s",))
    start(session, xml, rooms=["x", "y", "z"])
    for full in (False, True, False):
        do(session, "a", full=full)
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    do(session, "undo_a")
    assert at(session) == ["after"]


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_what_a_terminated_event_subprocess_did_is_not_undone(
    session: Session, interrupting: str
) -> None:
    handler = node(
        "subProcess",
        "h",
        node("startEvent", "h_start", message("wake"), isInterrupting=interrupting)
        + A
        + node("endEvent", "stop", TERMINATE)
        + chain("h_start", "a", "stop"),
        triggeredByEvent="true",
    )
    outer = scope("subProcess", "s", B, user("c"), handler, ids=("b", "c"))
    start(session, undo_all(outer, ids=("s",)))
    do(session, "b")
    assert messages.send_message(session, "wake", correlation_key="1")
    do(session, "a")
    if interrupting == "false":
        do(session, "c")
    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert at(session) == ["after"]


def test_a_cancelled_transaction_undoes_no_round_that_was_terminated(session: Session) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="rooms" camunda:elementVariable="room"/>'
    )
    inner = (
        loop
        + node("startEvent", "s_start")
        + A
        + node("exclusiveGateway", "g", default="g_to_no")
        + node("endEvent", "no", CANCEL)
        + node("endEvent", "stop", TERMINATE)
        + chain("s_start", "a", "g", "no")
        + '<bpmn:sequenceFlow id="g_to_stop" sourceRef="g" targetRef="stop">'
        "<bpmn:conditionExpression>${full}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    body = (
        straight(node("transaction", "s", inner), ids=("s",))
        + boundary("off", "s", CANCEL)
        + user("after")
        + chain("off", "after", "end")
    )
    start(session, process(body), rooms=["x", "y"])
    do(session, "a", full=True)
    do(session, "a", full=False)
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["after"]
