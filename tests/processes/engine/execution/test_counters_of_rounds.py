"""What a round knows of its place: `loopCounter` and `nrOfInstances`; reloaded at each wait."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import instances
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    delegate,
    error,
    escalation,
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


COUNTS = "nrOfActiveInstances", "nrOfCompletedInstances", "nrOfInstances"
NAMED = inputs(active="${nrOfActiveInstances}", done="${nrOfCompletedInstances}")
NOW = {"true": [(1, 0, 3), (1, 1, 3), (1, 2, 3)], "false": [(3, 0, 3), (2, 1, 3), (1, 2, 3)]}


@ORDERS
@pytest.mark.parametrize("loop", ["list", "number"])
def test_a_round_knows_how_many_are_active_and_done_now(
    session: Session, order: str, loop: str
) -> None:
    """Named behind the tasks, so that they are kept; read when each task is looked at."""
    drawn = over(order) if loop == "list" else times(order, "3")
    named = inputs(all="${nrOfInstances + nrOfActiveInstances + nrOfCompletedInstances}")
    sub = straight(user("a"), user("b", named), ids=("a", "b")).replace('"start"', '"s"')
    body = straight(node("subProcess", "sub", sub.replace('"end"', '"e"') + drawn), ids=("sub",))
    instance = start(session, process(body), people=PEOPLE)
    found = []
    while open_ := instances.open_user_tasks(session):
        variables = instances.task_variables(session, open_[0])
        if open_[0].element_id == "b":
            found.append(tuple(variables[name] for name in COUNTS))
        assert instances.variables(session, instance) == {"people": PEOPLE}
        instances.complete_user_task(session, open_[0].id, completed_by="anna", variables={})
    assert found == NOW[order]
    assert instances.variables(session, instance) == {"people": PEOPLE}


@ORDERS
def test_a_parameter_keeps_the_counts_of_its_moment(session: Session, order: str) -> None:
    start(session, process(straight(user("a", NAMED + over(order)), ids=("a",))), people=PEOPLE)
    at_its_begin = {"true": [(1, 0), (1, 1), (1, 2)], "false": [(3, 0)] * 3}
    assert seen(session, "active", "done") == at_its_begin[order]


@ORDERS
def test_rounds_that_run_in_one_step_count_one_another(session: Session, order: str) -> None:
    given: list[tuple[int, int]] = []
    registry.delegate("count", title="telt")(
        lambda _session, active, done: given.append((active, done))
    )
    body = straight(delegate("d", "count", NAMED + over(order)), ids=("d",))
    assert has_ended(start(session, process(body), people=PEOPLE))
    assert given == [(active, done) for active, done, _whole in NOW[order]]


@ORDERS
def test_a_way_is_chosen_by_the_counts_of_its_moment(session: Session, order: str) -> None:
    """The last round that is looked at goes another way."""
    inside = (
        node("startEvent", "s")
        + user("a")
        + node("exclusiveGateway", "x", default="x_to_e")
        + user("last")
        + node("endEvent", "e")
        + chain("s", "a", "x")
        + flow("x", "last", "${nrOfCompletedInstances == nrOfInstances - 1}")
        + chain("x", "e")
        + chain("last", "e")
    )
    body = straight(node("subProcess", "sub", inside + over(order)), ids=("sub",))
    instance = start(session, process(body), people=PEOPLE)
    assert len(seen(session)) == 4
    assert has_ended(instance)


@ORDERS
def test_a_called_process_knows_the_counts_of_now(session: Session, order: str) -> None:
    define(session, process(straight(user("a"), user("b", NAMED), ids=("a", "b")), key="q"), "q")
    call = node("callActivity", "call", over(order), calledElement="q")
    instance = start(session, process(straight(call, ids=("call",))), people=PEOPLE)
    found = []
    while open_ := instances.open_user_tasks(session):
        if open_[0].element_id == "a":
            variables = instances.task_variables(session, open_[0])
            found.append((variables["nrOfActiveInstances"], variables["nrOfCompletedInstances"]))
        instances.complete_user_task(session, open_[0].id, completed_by="anna", variables={})
    assert found[0] == NOW[order][0][:2]
    assert instances.variables(session, instance) == {"people": PEOPLE}


def test_branches_of_a_round_agree_on_the_counts_at_their_join(session: Session) -> None:
    """Both branches were told while they waited: that is nothing that they wrote."""
    inside = (
        node("startEvent", "s")
        + node("parallelGateway", "split")
        + user("a")
        + user("b")
        + node("parallelGateway", "join")
        + user("c", NAMED)
        + node("endEvent", "e")
        + chain("s", "split", "a", "join", "c", "e")
        + chain("split", "b", "join")
    )
    body = straight(node("subProcess", "sub", inside + over("false")), ids=("sub",))
    instance = start(session, process(body), people=["an", "bo"])
    for element in ("a", "b", "c"):  # of the first round; the second has one branch at its join
        if element == "b":
            tasks = [t for t in instances.open_user_tasks(session) if t.element_id == "a"]
            instances.complete_user_task(session, tasks[0].id, completed_by="x", variables={})
        task = next(t for t in instances.open_user_tasks(session) if t.element_id == element)
        variables = instances.task_variables(session, task)
        assert (variables["nrOfActiveInstances"], variables["nrOfCompletedInstances"]) == (2, 0)
        instances.complete_user_task(session, task.id, completed_by="x", variables={})
    (task,) = instances.open_user_tasks(session)
    assert task.element_id == "b"
    assert instances.task_variables(session, task)["nrOfActiveInstances"] == 1
    instances.complete_user_task(session, task.id, completed_by="x", variables={})
    assert seen(session, "active", "done") == [(1, 1)]
    assert has_ended(instance)


@pytest.mark.parametrize("inner_order", ["true", "false"])
def test_the_counts_of_the_outer_rounds_leave_those_of_the_inner_alone(
    session: Session, inner_order: str
) -> None:
    inner = user("a", times(inner_order, "${person}"))
    after = user("b", NAMED)
    sub = node(
        "subProcess",
        "sub",
        over("false") + node("startEvent", "s") + inner + after + chain("s", "a", "b"),
    )
    start(session, process(straight(sub, ids=("sub",))), people=[1, 3])
    first = instances.open_user_tasks(session)[0]
    instances.complete_user_task(session, first.id, completed_by="x", variables={})
    b = next(t for t in instances.open_user_tasks(session) if t.element_id == "b")
    instances.complete_user_task(session, b.id, completed_by="x", variables={})
    found = [instances.task_variables(session, t) for t in instances.open_user_tasks(session)]
    assert {each["nrOfActiveInstances"] for each in found} == {1 if inner_order == "true" else 3}
    assert {each["nrOfCompletedInstances"] for each in found} == {0}
    seen(session)


def test_a_parameter_of_that_name_stays_what_it_is(session: Session) -> None:
    own = inputs(nrOfActiveInstances="${nrOfActiveInstances * 10}")
    start(session, process(straight(user("a", own + over("false")), ids=("a",))), people=PEOPLE)
    assert seen(session, "nrOfActiveInstances") == [(30,), (30,), (30,)]


@ORDERS
@pytest.mark.parametrize(
    ("condition", "rounds"),
    [
        ("${nrOfCompletedInstances == 2}", {"true": 2, "false": 2}),
        ("${nrOfActiveInstances == 1}", {"true": 1, "false": 2}),
        ("${nrOfCompletedInstances / nrOfInstances &gt; 0.6}", {"true": 2, "false": 2}),
    ],
)
def test_a_condition_after_a_round_counts_it_as_done(
    session: Session, order: str, condition: str, rounds: dict[str, int]
) -> None:
    done = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"
    body = straight(user("a", over(order, inner=done)), ids=("a",))
    start(session, process(body), people=PEOPLE)
    assert len(seen(session)) == rounds[order]


@pytest.mark.parametrize("before", ["true", "false"])
def test_a_standard_loop_counts_its_rounds(session: Session, before: str) -> None:
    loop = (
        f'<bpmn:standardLoopCharacteristics testBefore="{before}">'
        "<bpmn:loopCondition>${loopCounter &lt; 3}</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    body = straight(user("a", inputs(place="${loopCounter}") + loop), ids=("a",))
    instance = start(session, process(body), kept=1)
    assert seen(session, "place", "loopCounter") == [(0, 0), (1, 1), (2, 2)]
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"kept": 1}


def test_a_loop_in_a_round_has_a_number_of_its_own(session: Session) -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    inside = user("a", PLACE + loop) + user("b", PLACE) + node("startEvent", "s")
    sub = node("subProcess", "sub", over("true") + inside + chain("s", "a", "b"))
    start(session, process(straight(sub, ids=("sub",))), people=["an", "bo"])
    expected = [(0, 2), (1, 2), (0, 2), (0, 2), (1, 2), (1, 2)]
    assert seen(session, "place", "size") == expected


@ORDERS
@pytest.mark.parametrize("thrown", ["error", "escalation"])
def test_what_an_error_out_of_a_round_leads_to_has_nothing_of_the_round(
    session: Session, order: str, thrown: str
) -> None:
    definition = error("x") if thrown == "error" else escalation("x")
    named = inputs(
        all="${loopCounter + nrOfInstances + nrOfActiveInstances + nrOfCompletedInstances}"
    )
    inside = node("startEvent", "s") + user("a", named) + node("endEvent", "bad", definition)
    sub = node("subProcess", "sub", inside + chain("s", "a", "bad") + over(order))
    edge = boundary("edge", "sub", definition) + user("h") + chain("edge", "h", "end")
    xml = process(straight(sub, ids=("sub",)) + edge, errors=("x",), escalations=("x",))
    instance = start(session, xml, people=PEOPLE)
    first = instances.open_user_tasks(session)[0]
    given = {"filled": "in"}
    instances.complete_user_task(session, first.id, completed_by="anna", variables=given)
    (task,) = instances.open_user_tasks(session)
    assert task.element_id == "h"
    assert instances.task_variables(session, task) == {"people": PEOPLE, **given}
    assert instances.variables(session, instance) == {"people": PEOPLE, **given}


@ORDERS
def test_what_an_error_of_a_round_that_is_a_task_leads_to_has_nothing_of_it(
    session: Session, order: str
) -> None:
    @registry.delegate("fails", title="mislukt")
    def _fails(_session: Session) -> None:
        code = "x"
        raise registry.BpmnError(code, "mislukt")

    named = inputs(all="${loopCounter + nrOfCompletedInstances}")
    body = straight(delegate("d", "fails", over(order)), ids=("d",))
    edge = boundary("edge", "d", error("x")) + user("h") + user("n", named)
    ways = chain("edge", "h", "n", "end")
    instance = start(session, process(body + edge + ways, errors=("x",)), people=PEOPLE)
    assert instances.variables(session, instance) == {"people": PEOPLE}
