"""The element and the outcome of a round hide variables of their names; reloaded at each wait."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import chain, define, node, process, straight, user
from tests.processes.engine.playing import at, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")
ORDERS = pytest.mark.parametrize("order", ["true", "false"])


def over(collection: str, variable: str, order: str) -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}"'
        f' camunda:collection="{collection}" camunda:elementVariable="{variable}"/>'
    )


def standard(order: str, items: str) -> str:
    """As BPMN writes it, without Camunda's attributes."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">'
        "<bpmn:loopDataInputRef>many</bpmn:loopDataInputRef>"
        f"{items}</bpmn:multiInstanceLoopCharacteristics>"
    )


def collecting(order: str, items: str) -> str:
    out = "<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>"
    return standard(order, out + items)


def seen(session: Session, name: str) -> list[Any]:
    """What each open task sees as this variable."""
    tasks = instances.open_user_tasks(session)
    return [instances.task_variables(session, task).get(name) for task in tasks]


def do(session: Session, element_id: str, **variables: Any) -> None:
    """Complete the oldest open round."""
    task = next(e for e in instances.open_user_tasks(session) if e.element_id == element_id)
    instances.complete_user_task(session, task.id, completed_by="anna", variables=variables)


def finish(session: Session, element_id: str) -> None:
    while element_id in at(session):
        do(session, element_id)


@ORDERS
def test_an_element_hides_a_variable_of_its_name_within_its_round(
    session: Session, order: str
) -> None:
    body = straight(user("a", over("many", "one", order)), user("b"), ids=("a", "b"))
    instance = start(session, process(body), many=["x", {"n": 2}], one={"n": 1, "m": 1})

    elements = ["x"] if order == "true" else ["x", {"n": 2}]
    assert seen(session, "one") == elements
    do(session, "a")
    assert seen(session, "one") == [{"n": 2}]
    do(session, "a")
    assert seen(session, "one") == [{"n": 1, "m": 1}]
    assert instances.variables(session, instance)["one"] == {"n": 1, "m": 1}


@ORDERS
def test_an_element_may_have_the_name_of_its_list(session: Session, order: str) -> None:
    body = straight(user("a", over("many", "many", order)), user("b"), ids=("a", "b"))
    start(session, process(body), many=["x", "y"])

    assert seen(session, "many")[0] == "x"
    do(session, "a")
    assert seen(session, "many") == ["y"]
    do(session, "a")
    assert seen(session, "many") == [["x", "y"]]


@ORDERS
def test_rounds_within_rounds_may_call_their_elements_alike(session: Session, order: str) -> None:
    inner = (
        node("startEvent", "s2") + user("a", over("one", "one", order)) + node("endEvent", "e2")
        + chain("s2", "a", "e2") + over("many", "one", "true")
    )  # fmt: skip
    body = straight(node("subProcess", "sub", inner), ids=("sub",))
    instance = start(session, process(body), many=[["x"], ["y", "z"]])

    assert seen(session, "one") == ["x"]
    do(session, "a")
    assert seen(session, "one")[0] == "y"
    finish(session, "a")
    assert has_ended(instance)


@ORDERS
def test_a_called_process_gets_the_element_of_its_round(session: Session, order: str) -> None:
    define(session, process(straight(user("a"), ids=("a",)), "k"), "k")
    call = node("callActivity", "call", over("many", "one", order), calledElement="k")
    start(session, process(straight(call, ids=("call",))), many=["x", "y"], one="outside")

    assert seen(session, "one")[0] == "x"
    do(session, "a")
    assert seen(session, "one") == ["y"]


@ORDERS
@pytest.mark.parametrize(
    "item",
    [
        '<bpmn:inputDataItem id="InputDataItem_1" name="one"/>',  # as Camunda 7 reads it
        '<bpmn:inputDataItem name="one"/>',
        '<bpmn:inputDataItem id="one"/>',
    ],
)
def test_a_data_item_gives_the_variable_of_its_name(
    session: Session, order: str, item: str
) -> None:
    body = straight(user("a", standard(order, item)), ids=("a",))
    assert not [each for each in found(process(body)) if each.rule == "round-unnamed"]
    start(session, process(body), many=["x", "y"])

    assert seen(session, "one")[0] == "x"


@ORDERS
def test_an_outcome_that_a_round_does_not_give_is_null(session: Session, order: str) -> None:
    """Nobody is kept from handing in a form by what its diagram collects."""
    item = '<bpmn:outputDataItem id="OutputDataItem_1" name="answer"/>'
    body = straight(user("a", collecting(order, item)), user("b"), ids=("a", "b"))
    assert not [each for each in found(process(body)) if each.rule == "attribute-ignored"]
    instance = start(session, process(body), many=[1, 2], answer="of before")

    do(session, "a")
    do(session, "a", answer="yes")

    variables = instances.variables(session, instance)
    assert sorted(variables["all"], key=str) == [None, "yes"]
    assert variables["answer"] == "of before"
