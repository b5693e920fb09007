"""Multi-instance and loops, over a reload at every wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import incidents, instances, jobs, steps
from processes.engine.execution.steps import StepFailedError
from processes.engine.interpreter.parser import parse
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store.models import Job, ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    delegate,
    error,
    escalation,
    flow,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start, work_off
from tests.sizes import so_many

pytestmark = pytest.mark.usefixtures("nothing_kept")


def multi(
    *, sequential: bool, condition: str = "", output: str = "", collection: str = "people"
) -> str:
    done = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    out = (
        f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>"
        '<bpmn:outputDataItem id="answer"/>'
        if output
        else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        f' camunda:collection="{collection}" camunda:elementVariable="person">{out}{done}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def test_parallel_multi_instance_asks_everyone_at_once(session: Session) -> None:
    loop = multi(sequential=False, output="answers")
    body = straight(user("ask", loop), user("after"), ids=("ask", "after"))
    instance = start(session, process(body), people=["an", "bo", "cas"])
    assert at(session) == ["ask"] * 3

    for number, task in enumerate(instances.open_user_tasks(session)):
        instances.complete_user_task(
            session, task.id, completed_by="x", variables={"answer": number}
        )

    assert at(session) == ["after"]
    assert sorted(instances.variables(session, instance)["answers"]) == [0, 1, 2]


def test_sequential_multi_instance_asks_one_after_the_other(session: Session) -> None:
    body = straight(user("ask", multi(sequential=True)), user("after"), ids=("ask", "after"))
    instance = start(session, process(body), people=["an", "bo"], said=[])

    for name in ("an", "bo"):
        seen = instances.task_variables(session, instances.open_user_tasks(session)[0])
        assert seen["person"] == name
        do(session, "ask", said=[*seen["said"], name])

    assert at(session) == ["after"]
    assert instances.variables(session, instance)["said"] == ["an", "bo"]


@pytest.mark.parametrize("sequential", [True, False])
def test_enough_rounds_end_a_multi_instance(session: Session, sequential: bool) -> None:
    loop = multi(sequential=sequential, condition="${nrOfCompletedInstances &gt;= 2}")
    body = straight(user("ask", loop), user("after"), ids=("ask", "after"))
    instance = start(session, process(body), people=["an", "bo", "cas"])

    for _ in range(2):
        task = instances.open_user_tasks(session)[0]
        instances.complete_user_task(session, task.id, completed_by="x", variables={"n": 1})

    assert at(session) == ["after"]
    assert instances.variables(session, instance)["n"] == 1


def test_rounds_of_a_multi_instance_do_not_overwrite_each_other(session: Session) -> None:
    body = straight(user("ask", multi(sequential=False)), user("after"), ids=("ask", "after"))
    instance = start(session, process(body), people=["an", "bo"], a=0, b=0)
    first, second = instances.open_user_tasks(session)

    for task, changed in ((first, {"a": 1}), (second, {"b": 2})):
        instances.complete_user_task(session, task.id, completed_by="x", variables=changed)

    ended = instances.variables(session, instance)
    assert (ended["a"], ended["b"]) == (1, 2)
    assert "person" not in ended


@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_collection_asks_nobody(session: Session, sequential: bool) -> None:
    body = straight(user("ask", multi(sequential=sequential)), user("after"), ids=("ask", "after"))
    start(session, process(body), people=[])
    assert at(session) == ["after"]


@pytest.mark.parametrize("people", [list(range(1001)), "everyone", None])
def test_too_many_rounds_or_no_list_is_an_incident(session: Session, people: Any) -> None:
    body = straight(user("a"), user("ask", multi(sequential=False)), ids=("a", "ask"))
    start(session, process(body))

    with pytest.raises(StepFailedError):
        do(session, "a", people=people)
    assert at(session) == ["a"]


CONCEPTS = "=offers[status = &quot;concept&quot;]"
OFFERS = [
    {"id": "a", "status": "concept"},
    {"id": "b", "status": "live"},
    {"id": "c", "status": "concept"},
]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_list_in_feel_asks_once_for_each_of_its_items(session: Session, sequential: bool) -> None:
    """Worked out as the rounds begin: what they change of the list changes no round."""
    loop = multi(sequential=sequential, collection=CONCEPTS, output="answers")
    body = straight(user("ask", loop), user("after"), ids=("ask", "after"))
    instance = start(session, process(body), offers=OFFERS)
    seen = []

    while tasks := [e for e in instances.open_user_tasks(session) if e.element_id == "ask"]:
        item = instances.task_variables(session, tasks[0])["person"]
        seen.append(item["id"])
        answered = {"answer": item["id"] * 2, "offers": []}
        instances.complete_user_task(session, tasks[0].id, completed_by="x", variables=answered)

    assert seen == ["a", "c"]
    assert at(session) == ["after"]
    assert instances.variables(session, instance)["answers"] == ["aa", "cc"]


@pytest.mark.parametrize(
    ("collection", "reason"),
    [
        ("=offers[status = &quot;concept&quot;]", '"offers" is niet bekend'),
        ("=null", "geeft geen lijst"),
        ("=count(people)", "geeft geen lijst"),
        ("={a: 1}", "geeft geen lijst"),
        ("=for each in 1..1001 return each", "geeft geen lijst, en ook geen getal, van hoogstens"),
    ],
)
def test_what_feel_gives_no_list_is_an_incident_with_expression_and_reason(
    session: Session, collection: str, reason: str
) -> None:
    loop = multi(sequential=False, collection=collection)
    start(session, process(straight(user("a"), user("ask", loop), ids=("a", "ask"))))

    with pytest.raises(StepFailedError) as failed:
        do(session, "a", people=[1])

    assert failed.value.incident.element_id == "ask"
    assert reason in failed.value.incident.message
    assert collection[1:].replace("&quot;", '"') in failed.value.incident.message
    assert at(session) == ["a"]


def test_very_many_jobs_of_a_multi_instance_all_come_home(session: Session) -> None:
    people = list(range(so_many(60, when_long=200)))
    loop = multi(sequential=False)
    body = straight(
        node("serviceTask", "mail", loop, camunda_topic="mail"), user("after"),
        ids=("mail", "after"),
    )  # fmt: skip
    start(session, process(body), people=people)

    made = session.query(Job).all()
    assert sorted(each.arguments["person"] for each in made) == people
    for each in made:
        claimed = jobs.claim(session, each.id, owner="w", lease=timedelta(minutes=1))
        assert claimed is not None
        assert jobs.finish(session, each.id, "w", 1, {})
    assert at(session) == ["after"]


def test_a_loop_repeats_while_its_condition_holds(session: Session) -> None:
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="5"><bpmn:loopCondition>${again}'
        "</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    instance = start(
        session, process(straight(user("ask", loop), user("after"), ids=("ask", "after")))
    )
    do(session, "ask", again=True, n=1)
    assert at(session) == ["ask"]
    do(session, "ask", again=False, n=2)

    assert at(session) == ["after"]
    assert instances.variables(session, instance)["n"] == 2


def test_a_multi_instance_subprocess_runs_each_round_on_its_own(session: Session) -> None:
    inner = user("a") + user("b") + chain("sub_start", "a", "b", "sub_end")
    body = straight(
        node("subProcess", "sub", node("startEvent", "sub_start") + node("endEvent", "sub_end")
             + inner + multi(sequential=False)),
        user("after"), ids=("sub", "after"),
    )  # fmt: skip
    start(session, process(body), people=["an", "bo"])
    assert at(session) == ["a", "a"]
    do(session, "a")
    assert at(session) == ["a", "b"]
    for name in ("a", "b", "b"):
        do(session, name)
    assert at(session) == ["after"]


def test_a_thousand_rounds_at_once_all_come_home() -> None:
    body = straight(user("ask", multi(sequential=False)), user("after"), ids=("ask", "after"))
    specification = parse(process(body), "p")
    workflow = Workflow(specification, lambda _element, _variables: None)
    workflow.start({"people": list(range(1000))})
    workflow.advance()
    assert len(workflow.waits()) == 1000

    for wait in list(workflow.waits()):
        workflow.begin_turn(lambda _element, _variables: None)
        workflow.complete(wait.token_id, {f"n{wait.data['person']}": 1})
        workflow.advance()

    assert [wait.element.id for wait in workflow.waits()] == ["after"]
    assert len(workflow.variables()) == 1001


def round_of(kind: str, loop: str) -> str:
    """A multi-instance `ask` of this kind."""
    if kind == "subProcess":
        inside = node("startEvent", "s") + user("inner") + node("endEvent", "e")
        return node(kind, "ask", inside + chain("s", "inner", "e") + loop)
    if kind == "serviceTask":
        return node(kind, "ask", loop, camunda_type="external", camunda_topic="work")
    return user("ask", loop)


def finish_round(session: Session, kind: str, **variables: Any) -> None:
    """Do the one round that is open, and end with these variables."""
    if kind == "serviceTask":
        work_off(session, "work", variables)
    else:
        do(session, "inner" if kind == "subProcess" else "ask", **variables)


def open_rounds(session: Session, instance: ProcessInstance) -> list[Any]:
    """What each open round is about."""
    waits = steps.read(session, instance).waits()
    return [wait.data.get("person") for wait in waits]


@pytest.mark.parametrize("kind", ["userTask", "serviceTask", "subProcess"])
@pytest.mark.parametrize("people", [["Noord", None, "Zuid"], [None], [None, None], {"a": None}])
def test_null_in_a_collection_is_a_value(session: Session, kind: str, people: Any) -> None:
    asks = round_of(kind, multi(sequential=True))
    instance = start(session, process(straight(asks, user("b"), ids=("ask", "b"))), people=people)

    for person in people.values() if isinstance(people, dict) else people:
        assert open_rounds(session, instance) == [person]
        finish_round(session, kind)
    assert at(session) == ["b"]


@pytest.mark.parametrize("kind", ["userTask", "serviceTask", "subProcess"])
@pytest.mark.parametrize("changed", [[1], [], None, "nobody", [7, 8, 9, 10, 11]])
def test_the_collection_is_read_once(session: Session, kind: str, changed: Any) -> None:
    asks = round_of(kind, multi(sequential=True))
    xml = process(straight(asks, user("b"), ids=("ask", "b")))
    instance = start(session, xml, people=["an", "bo", "cas"])

    for person in ("an", "bo", "cas"):
        assert open_rounds(session, instance) == [person]
        finish_round(session, kind, people=changed)
    assert at(session) == ["b"]
    assert instances.variables(session, instance)["people"] == changed


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("output", ["answers", "people"])
def test_output_is_collected_anew_each_time(
    session: Session, sequential: bool, output: str
) -> None:
    gateways = node("exclusiveGateway", "m") + node("exclusiveGateway", "g", default="g_to_end")
    asks = user("ask", multi(sequential=sequential, output=output)) + user("look")
    flows = chain("start", "m", "ask", "look", "g", "end") + flow("g", "m", "${again}")
    body = node("startEvent", "start") + node("endEvent", "end") + gateways + asks + flows
    instance = start(session, process(body), people=["an", "bo"], answers=["old"])

    for again in (True, False):
        for number in range(2):
            task = instances.open_user_tasks(session)[0]
            instances.complete_user_task(
                session, task.id, completed_by="x", variables={"answer": number}
            )
        assert sorted(instances.variables(session, instance)[output]) == [0, 1]
        if again:
            do(session, "look", again=again)


REPAIRED = user("repair") + chain("caught", "repair", "end")


def failing(kind: str) -> str:
    """A multi-instance subprocess `ask` of which every round ends in the error `bad`."""
    inside = {
        "end": user("a") + node("endEvent", "bad", error("bad")) + chain("s", "a", "bad"),
        "delegate": delegate("bad") + node("endEvent", "e") + chain("s", "bad", "e"),
        "called": node("callActivity", "bad", calledElement="q")
        + node("endEvent", "e")
        + chain("s", "bad", "e"),
        "straight": node("endEvent", "bad", error("bad")) + chain("s", "bad"),
    }[kind]
    return node("subProcess", "ask", node("startEvent", "s") + inside + multi(sequential=False))


@pytest.mark.parametrize("kind", ["delegate", "called", "straight", "task"])
def test_of_rounds_that_fail_in_one_step_the_first_is_caught(session: Session, kind: str) -> None:
    ran: list[int] = []

    @registry.delegate("bad", title="slecht")
    def _bad(_session: Session) -> None:
        ran.append(1)
        code = "bad"
        raise registry.BpmnError(code, "slecht")

    called = node("startEvent", "s") + node("endEvent", "e", error("bad")) + chain("s", "e")
    define(session, process(called, "q", errors=("bad",)), "q")
    asks = delegate("ask", "bad", multi(sequential=False)) if kind == "task" else failing(kind)
    body = straight(asks, user("after"), ids=("ask", "after"))
    edge = (
        boundary("caught", "ask", error("bad")) + user("repair") + chain("caught", "repair", "end")
    )
    instance = start(session, process(body + edge, errors=("bad",)), people=["an", "bo", "cas"])

    assert at(session) == ["repair"]
    assert ran in ([], [1])
    do(session, "repair")
    assert has_ended(instance)


def test_the_first_round_that_fails_ends_what_the_others_had_open(session: Session) -> None:
    body = straight(failing("end"), user("after"), ids=("ask", "after"))
    edge = (
        boundary("caught", "ask", error("bad")) + user("repair") + chain("caught", "repair", "end")
    )
    start(session, process(body + edge, errors=("bad",)), people=["an", "bo", "cas"])
    assert at(session) == ["a", "a", "a"]
    do(session, "a")
    assert at(session) == ["repair"]


@pytest.mark.parametrize(("interrupting", "left"), [(True, 1), (False, 3)])
def test_rounds_that_escalate_in_one_step_are_each_heard_or_the_first(
    session: Session, interrupting: bool, left: int
) -> None:
    inside = node("endEvent", "up", escalation("up")) + chain("s", "up") + multi(sequential=False)
    asks = node("subProcess", "ask", node("startEvent", "s") + inside)
    inner = boundary("caught", "ask", escalation("up"), interrupting=interrupting)
    scope = straight(asks + inner + user("help"), ids=("ask",)) + chain("caught", "help", "end")
    outer = scope.replace('"start"', '"s2"').replace('"end"', '"e2"')
    body = straight(node("subProcess", "outer", outer), ids=("outer",)) + user("wrong")
    edge = boundary("above", "outer", escalation("up")) + chain("above", "wrong", "end")
    start(session, process(body + edge, escalations=("up",)), people=["an", "bo", "cas"])
    assert at(session) == ["help"] * left


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("number", [3, 3.0, "3", " 3 "])
def test_how_often_may_be_a_number_in_any_form(
    session: Session, sequential: bool, number: object
) -> None:
    """A worker outside may send 3.0; Camunda 7 reads a text too."""
    instance = start(
        session, process(straight(user("a", times(sequential=sequential)), ids=("a",))), n=number
    )
    for _ in range(3):
        do(session, "a")
    assert has_ended(instance)


@pytest.mark.parametrize("number", [2.5, "drie", "-1", True, None, "1e2", ""])
def test_what_is_no_number_of_rounds_is_an_incident(session: Session, number: object) -> None:
    with pytest.raises(StepFailedError):
        start(session, process(straight(user("a", times(sequential=False)), ids=("a",))), n=number)
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "a"
    assert "geen getal" in incident.message


def times(*, sequential: bool) -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<bpmn:loopCardinality>${n}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
