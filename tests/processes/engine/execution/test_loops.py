"""Multi-instance and loops, over a reload at every wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances, jobs
from processes.engine.execution.steps import StepFailedError
from processes.engine.interpreter.parser import parse
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store.models import Job
from tests.processes.engine.diagrams import (
    chain,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


def multi(*, sequential: bool, condition: str = "", output: str = "") -> str:
    done = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    out = (
        f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>"
        '<bpmn:outputDataItem id="answer"/>'
        if output
        else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        f' camunda:collection="people" camunda:elementVariable="person">{out}{done}'
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


def test_two_hundred_jobs_of_a_multi_instance_all_come_home(session: Session) -> None:
    loop = multi(sequential=False)
    body = straight(
        node("serviceTask", "mail", loop, camunda_topic="mail"), user("after"),
        ids=("mail", "after"),
    )  # fmt: skip
    start(session, process(body), people=list(range(200)))

    made = session.query(Job).all()
    assert sorted(each.arguments["person"] for each in made) == list(range(200))
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
