"""What a round knows of its place: `loopCounter` and `nrOfInstances`; reloaded at each wait."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import instances
from tests.processes.engine.diagrams import (
    chain,
    define,
    delegate,
    flow,
    inputs,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")
ORDERS = pytest.mark.parametrize("order", ["true", "false"])
PLACE = inputs(place="${loopCounter}", size="${nrOfInstances}")
PEOPLE = ["an", "bo", "cas"]


def over(order: str, collection: str = "people", variable: str = "person", inner: str = "") -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}"'
        f' camunda:collection="{collection}" camunda:elementVariable="{variable}">'
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )


def times(order: str, number: str, inner: str = "") -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">'
        f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>{inner}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def seen(session: Session, *names: str) -> list[tuple[Any, ...]]:
    """What every round sees of these; each open task is completed, the oldest first."""
    found = []
    while open_ := instances.open_user_tasks(session):
        variables = instances.task_variables(session, open_[0])
        found.append(tuple(variables.get(name) for name in names))
        instances.complete_user_task(session, open_[0].id, completed_by="anna", variables={})
    return found


@ORDERS
@pytest.mark.parametrize("loop", ["list", "number"])
def test_a_round_knows_its_number_from_zero_and_how_many_there_are(
    session: Session, order: str, loop: str
) -> None:
    drawn = over(order) if loop == "list" else times(order, "3")
    start(session, process(straight(user("a", PLACE + drawn), ids=("a",))), people=PEOPLE)
    assert seen(session, "place", "size") == [(0, 3), (1, 3), (2, 3)]


@ORDERS
def test_the_variables_after_the_rounds_have_no_counters(session: Session, order: str) -> None:
    body = straight(user("a", PLACE + over(order)), user("b"), ids=("a", "b"))
    instance = start(session, process(body), people=PEOPLE)
    while "a" in at(session):
        assert instances.variables(session, instance) == {"people": PEOPLE}
        first = instances.open_user_tasks(session)[0]
        instances.complete_user_task(session, first.id, completed_by="anna", variables={})
    assert instances.variables(session, instance) == {"people": PEOPLE}


@ORDERS
def test_a_round_within_a_round_has_a_counter_of_its_own(session: Session, order: str) -> None:
    inner = user("a", PLACE + over(order, "person", "one"))
    after = user("b", inputs(place="${loopCounter}", size="${nrOfInstances}"))
    sub = node(
        "subProcess",
        "sub",
        over("true") + node("startEvent", "s") + inner + after + chain("s", "a", "b"),
    )
    start(session, process(straight(sub, ids=("sub",))), people=[["x", "y"], ["z"]])
    assert seen(session, "place", "size") == [(0, 2), (1, 2), (0, 2), (0, 1), (1, 2)]


@ORDERS
def test_a_called_process_knows_the_round_of_its_call(session: Session, order: str) -> None:
    call = node("callActivity", "call", over(order), calledElement="q")
    called = process(straight(user("a", PLACE), ids=("a",)), key="q")
    define(session, called, "q")
    start(session, process(straight(call, ids=("call",))), people=PEOPLE)
    assert seen(session, "place", "size") == [(0, 3), (1, 3), (2, 3)]


@ORDERS
def test_a_function_and_a_condition_read_the_number(session: Session, order: str) -> None:
    given: list[int] = []
    registry.delegate("count", title="telt")(lambda _session, number: given.append(number))
    choice = "".join(
        (
            node("startEvent", "s2"),
            node("exclusiveGateway", "x", default="x_to_d2"),
            delegate("d", "count", inputs(number="${loopCounter}")),
            user("d2", inputs(place="${loopCounter}")),
            flow("s2", "x"),
            flow("x", "d", "${loopCounter == 1}"),
            flow("x", "d2"),
        )
    )
    sub = node("subProcess", "sub", over(order) + choice)
    instance = start(session, process(straight(sub, ids=("sub",))), people=PEOPLE)
    assert seen(session, "place") == [(0,), (2,)]
    assert given == [1]
    assert has_ended(instance)


def test_a_label_tells_the_number(session: Session) -> None:
    label = (
        "<bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="label" value="${loopCounter + 1}"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    start(session, process(straight(user("a", label + over("false")), ids=("a",))), people=PEOPLE)
    labels = [task.label for task in instances.open_user_tasks(session)]
    assert labels == ["1 (1 van 3)", "2 (2 van 3)", "3 (3 van 3)"]


@ORDERS
@pytest.mark.parametrize("loop", ["list", "number"])
@pytest.mark.parametrize("condition", ["${nrOfInstances == 3}", "${loopCounter == 0}"])
def test_a_condition_after_a_round_reads_both(
    session: Session, order: str, loop: str, condition: str
) -> None:
    done = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"
    drawn = over(order, inner=done) if loop == "list" else times(order, "3", done)
    start(session, process(straight(user("a", drawn), user("b"), ids=("a", "b"))), people=PEOPLE)
    assert len(seen(session, "person")) == 2  # one round, and the task after them


@ORDERS
def test_what_is_named_nowhere_is_not_kept(session: Session, order: str) -> None:
    start(session, process(straight(user("a", over(order)), ids=("a",))), people=PEOPLE)
    assert seen(session, "loopCounter", "nrOfInstances", "person")[0] == (None, None, "an")
