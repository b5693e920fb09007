"""Rounds and conditions read the data objects of their scope and those around it; over a reload."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from tests.processes.engine.diagrams import (
    chain,
    define,
    flow,
    inputs,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")
KEPT = '<bpmn:dataObject id="n"/><bpmn:dataObjectReference id="kept" name="n" dataObjectRef="n"/>'
WRITES = (
    '<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>kept</bpmn:targetRef>'
    "</bpmn:dataOutputAssociation>"
)
ASK = user("ask", WRITES)
CHOICE = (
    node("startEvent", "s")
    + node("exclusiveGateway", "g", default="g_to_no")
    + user("yes")
    + user("no")
    + chain("s", "g", "no")
    + flow("g", "yes", "${n == 2}")
)
ORDERS = pytest.mark.parametrize("order", ["true", "false"])


def rounds(order: str, attributes: str = "", inner: str = "") -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}"{attributes}>'
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )


@ORDERS
@pytest.mark.parametrize("collection", ["n", "= n"])
def test_rounds_go_over_a_data_object(session: Session, order: str, collection: str) -> None:
    over = rounds(order, f' camunda:collection="{collection}" camunda:elementVariable="x"')
    body = KEPT + straight(ASK, user("a", over), ids=("ask", "a"))
    instance = start(session, process(body))
    do(session, "ask", n=["an", "bo"])
    for _ in range(2):
        do(session, "a")
    assert has_ended(instance)


@ORDERS
def test_a_data_object_says_how_many_rounds_there_are(session: Session, order: str) -> None:
    often = rounds(order, inner="<bpmn:loopCardinality>${n}</bpmn:loopCardinality>")
    body = KEPT + straight(ASK, user("a", often), ids=("ask", "a"))
    instance = start(session, process(body))
    do(session, "ask", n=2)
    for _ in range(2):
        do(session, "a")
    assert has_ended(instance)


@ORDERS
def test_a_completion_condition_reads_a_data_object(session: Session, order: str) -> None:
    often = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    enough = "<bpmn:completionCondition>${nrOfCompletedInstances == n}</bpmn:completionCondition>"
    body = KEPT + straight(ASK, user("a", rounds(order, inner=often + enough)), ids=("ask", "a"))
    instance = start(session, process(body))
    do(session, "ask", n=2)
    for _ in range(2):
        do(session, "a")
    assert has_ended(instance)


@pytest.mark.parametrize(("n", "way"), [(2, "yes"), (3, "no")])
def test_a_condition_in_a_subprocess_reads_the_data_object_around_it(
    session: Session, n: int, way: str
) -> None:
    inner = node("subProcess", "inner", CHOICE)
    outer = node("subProcess", "outer", node("startEvent", "s2") + inner + chain("s2", "inner"))
    start(session, process(KEPT + straight(ASK, outer, ids=("ask", "outer"))))
    do(session, "ask", n=n)
    assert at(session) == [way]


def test_an_inner_data_object_hides_the_one_around_it(session: Session) -> None:
    inner = node("subProcess", "inner", KEPT.replace("kept", "kept2") + CHOICE)
    start(session, process(KEPT + straight(ASK, inner, ids=("ask", "inner"))))
    do(session, "ask", n=2)
    assert at(session) == ["no"]


def test_what_is_called_does_not_see_the_data_objects_of_its_caller(session: Session) -> None:
    define(session, process(CHOICE, key="q"), "q")
    call = node("callActivity", "call", calledElement="q")
    start(session, process(KEPT + straight(ASK, call, ids=("ask", "call"))))
    with pytest.raises(StepFailedError):
        do(session, "ask", n=2)
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "g"


WAIT = node(
    "intermediateCatchEvent",
    "wait",
    "<bpmn:conditionalEventDefinition><bpmn:condition>${n &gt; 2}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
)


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_condition_that_is_waited_for_reads_the_data_objects_in_reach(
    session: Session, is_inside: bool
) -> None:
    steps = node("startEvent", "s") + ASK + WAIT
    steps += user("after") + chain("s", "ask", "wait", "after")
    inner = node("subProcess", "inner", (KEPT if is_inside else "") + steps)
    start(session, process(("" if is_inside else KEPT) + straight(inner, ids=("inner",))))
    do(session, "ask", n=3)
    assert "after" in at(session)


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_condition_that_was_waited_for_makes_no_variable_of_a_data_object(
    session: Session, is_inside: bool
) -> None:
    """Else what follows would read what it held then, and what is around would get it."""
    again = user("again", WRITES.replace('"out"', '"out2"'))
    steps = node("startEvent", "s") + ASK + WAIT + user("after") + again
    steps += node("exclusiveGateway", "g", default="g_to_no") + user("yes") + user("no")
    steps += chain("s", "ask", "wait", "after", "g", "no") + chain("s", "again")
    steps += flow("g", "yes", "${n == 2}")
    inner = node("subProcess", "inner", (KEPT if is_inside else "") + steps)
    body = straight(inner, ids=("inner",))
    instance = start(session, process(("" if is_inside else KEPT) + body))
    do(session, "ask", n=3)
    do(session, "again", n=2)
    do(session, "after")
    assert at(session) == ["yes"]
    do(session, "yes")
    assert has_ended(instance)
    assert instances.variables(session, instance) == ({} if is_inside else {"n": 2})


EDGE = node(
    "boundaryEvent",
    "wait",
    "<bpmn:conditionalEventDefinition><bpmn:condition>${n &gt; 2}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
    attachedToRef="open",
)


def called(session: Session, waiting: str, *, own: str = "") -> None:
    """A process whose condition names what its caller keeps in a data object, begun with n = 3."""
    steps = own + node("startEvent", "s") + user("after")
    if waiting == "catch":
        steps += WAIT + chain("s", "wait", "after")
    else:
        steps += user("open") + EDGE + node("endEvent", "e")
        steps += chain("s", "open", "e") + chain("wait", "after")
    define(session, process(steps, key="q"), "q")
    call = node("callActivity", "call", calledElement="q")
    start(session, process(KEPT + straight(ASK, call, ids=("ask", "call"))))
    do(session, "ask", n=3)


@pytest.mark.parametrize("waiting", ["catch", "edge"])
@pytest.mark.parametrize("own", ["", KEPT])
def test_a_condition_that_waits_in_what_is_called_does_not_see_those_of_its_caller(
    session: Session, waiting: str, own: str
) -> None:
    called(session, waiting, own=own)
    assert at(session) == ([] if waiting == "catch" else ["open"])


def test_a_variable_in_what_is_called_may_have_the_name_of_a_data_object_of_its_caller(
    session: Session,
) -> None:
    steps = node("startEvent", "s") + user("give") + node("parallelGateway", "split") + WAIT
    steps += node("exclusiveGateway", "g", default="g_to_no") + user("yes") + user("no")
    steps += node("parallelGateway", "both") + chain("s", "split", "give", "both")
    steps += chain("split", "wait", "g", "no") + flow("g", "yes", "${n == 3}")
    define(session, process(steps, key="q"), "q")
    call = node("callActivity", "call", calledElement="q")
    start(session, process(KEPT + straight(ASK, call, ids=("ask", "call"))))
    do(session, "ask", n=5)
    assert at(session) == ["give"]
    do(session, "give", n=3)
    assert at(session) == ["yes"]


def test_a_data_object_of_an_inner_scope_that_is_not_written_hides_the_one_around_it(
    session: Session,
) -> None:
    steps = KEPT.replace("kept", "kept2") + node("startEvent", "s") + WAIT + user("after")
    inner = node("subProcess", "inner", steps + chain("s", "wait", "after"))
    start(session, process(KEPT + straight(ASK, inner, ids=("ask", "inner"))))
    do(session, "ask", n=3)
    assert at(session) == []


@ORDERS
@pytest.mark.parametrize("later", [[], ["x"], ["x", "y", "z", "q"], "text", None])
@pytest.mark.parametrize("collection", ["n", "= n"])
def test_rounds_go_over_a_data_object_as_it_was_when_the_first_began(
    session: Session, order: str, later: object, collection: str
) -> None:
    over = rounds(order, f' camunda:collection="{collection}" camunda:elementVariable="x"')
    named = inputs(seen="${x}")
    again = user("again", WRITES.replace('"out"', '"out2"'))
    body = node("startEvent", "s") + ASK + node("parallelGateway", "split") + again
    body += user("a", named + over) + node("endEvent", "e")
    body += chain("s", "ask", "split", "a", "e") + chain("split", "again", "e")
    instance = start(session, process(KEPT + body))
    do(session, "ask", n=["an", "bo", "cas"])
    do(session, "again", n=later)
    seen = []
    for _ in range(3):
        tasks = [each for each in instances.open_user_tasks(session) if each.element_id == "a"]
        seen.append(instances.task_variables(session, tasks[0])["seen"])
        instances.complete_user_task(session, tasks[0].id, completed_by="anna", variables={})
    assert seen == ["an", "bo", "cas"]
    assert has_ended(instance)
