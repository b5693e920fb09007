"""A terminate end event ends its own scope with all that waits in it, and nothing around it.

BPMN 2.0 §10.5.3 and §13.5.6; over a reload at each wait.
"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.insight import history
from processes.engine.store.models import (
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    job,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")

TERMINATE = "<bpmn:terminateEventDefinition/>"
OVER = (
    '<bpmn:multiInstanceLoopCharacteristics {} camunda:collection="many"'
    ' camunda:elementVariable="one"/>'
)


def many_waits(prefix: str = "") -> str:
    """Behind a fork: a task that terminates, and one of each thing to wait for."""
    names = {
        each: f"{prefix}{each}"
        for each in ("s", "fork", "stop", "t", "a", "mail", "clock", "note", "tone", "e", "edge")
    }
    ways = "".join(
        chain(names["fork"], names[each], names["e"])
        for each in ("a", "mail", "clock", "note", "tone")
    )
    return (
        node("startEvent", names["s"])
        + node("parallelGateway", names["fork"])
        + user(names["stop"])
        + node("endEvent", names["t"], TERMINATE)
        + user(names["a"])
        + boundary(names["edge"], names["a"], timer("timeDuration", "P3D"), interrupting=False)
        + job(names["mail"], "mail")
        + node("intermediateCatchEvent", names["clock"], timer("timeDuration", "P1D"))
        + node("intermediateCatchEvent", names["note"], message("m"))
        + node("intermediateCatchEvent", names["tone"], signal("x"))
        + node("endEvent", names["e"])
        + chain(names["s"], names["fork"], names["stop"], names["t"])
        + chain(names["edge"], names["e"])
        + ways
    )


def whole(body: str) -> bytes:
    return process(body, messages=("m", "wake"), signals=("x",))


def nothing_waits(session: Session) -> bool:
    """Whether no task, job, timer or subscription is left, of any instance."""
    open_jobs = Job.status.in_([JobStatus.NEW, JobStatus.LEASED])
    queries = (
        select(UserTask.id).where(UserTask.status == TaskStatus.OPEN),
        select(Job.id).where(open_jobs),
        select(Timer.id),
        select(MessageSubscription.id),
    )
    return not any(session.execute(each).all() for each in queries)


def test_in_a_process_it_ends_the_process(session: Session) -> None:
    instance = start(session, whole(many_waits()), n=1)
    assert len(history.waiting_at(session, instance.id)) == 7
    do(session, "stop", n=2)
    assert has_ended(instance)
    assert nothing_waits(session)
    assert instances.variables(session, instance)["n"] == 2
    results = {row.element_id: row.result for row in history.history(session, instance.id)}
    assert (results["a"], results["mail"], results["t"]) == ("cancelled", "cancelled", "completed")


def test_other_instances_go_on(session: Session) -> None:
    define(session, whole(many_waits()))
    first, second = (
        instances.start_process(session, "p", business_key=key, started_by="x") for key in "12"
    )
    (task,) = [
        each
        for each in instances.open_user_tasks(session)
        if each.instance_id == first.id and each.element_id == "stop"
    ]
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})
    assert has_ended(first)
    assert not has_ended(second)
    assert len(history.waiting_at(session, second.id)) == 7


def test_in_a_subprocess_it_ends_that_alone(session: Session) -> None:
    sub = node("subProcess", "sub", many_waits())
    edge = boundary("late", "sub", timer("timeDuration", "P9D")) + chain("late", "end")
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + sub
        + edge
        + user("beside")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "split", "sub", "b", "end")
        + chain("split", "beside", "end")
    )
    instance = start(session, whole(body))
    do(session, "stop", n=3)
    assert at(session) == ["b", "beside"]
    assert history.waiting_at(session, instance.id) == ["b", "beside"]
    assert instances.variables(session, instance)["n"] == 3
    for name in at(session):
        do(session, name)
    assert has_ended(instance)


def test_in_a_called_process_it_ends_that_alone(session: Session) -> None:
    called = whole(many_waits()).replace(b'id="p" name="p"', b'id="q" name="q"')
    define(session, called, "q")
    body = straight(node("callActivity", "call", calledElement="q"), user("b"), ids=("call", "b"))
    instance = start(session, whole(body))
    do(session, "stop", n=3)
    assert history.waiting_at(session, instance.id) == ["b"]
    assert instances.variables(session, instance)["n"] == 3
    do(session, "b")
    assert has_ended(instance)


@pytest.mark.parametrize("order", ['isSequential="true"', 'isSequential="false"'])
def test_in_a_round_of_a_multi_instance_it_ends_that_round(session: Session, order: str) -> None:
    inner = (
        node("startEvent", "s")
        + node("parallelGateway", "fork")
        + user("stop")
        + user("a")
        + node("endEvent", "t", TERMINATE)
        + node("endEvent", "e")
        + chain("s", "fork", "stop", "t")
        + chain("fork", "a", "e")
    )
    sub = node("subProcess", "sub", inner + OVER.format(order))
    instance = start(session, whole(straight(sub, user("b"), ids=("sub", "b"))), many=[1, 2])
    rounds = 2 if "false" in order else 1
    assert at(session) == ["a"] * rounds + ["stop"] * rounds
    do(session, "stop", by=1)
    assert at(session) == ["a", "stop"]
    do(session, "stop", by=2)
    assert at(session) == ["b"]
    do(session, "b")
    assert has_ended(instance)


def handler(id_: str, inner: str, *, interrupting: bool = False) -> str:
    begins = node(
        "startEvent", f"{id_}_s", message("wake"), isInterrupting=str(interrupting).lower()
    )
    return node("subProcess", id_, begins + inner, triggeredByEvent="true")


@pytest.mark.parametrize("interrupting", [True, False])
def test_in_an_event_subprocess_it_ends_that_alone(session: Session, interrupting: bool) -> None:
    inner = (
        node("parallelGateway", "fork")
        + user("stop")
        + user("a")
        + node("endEvent", "t", TERMINATE)
        + chain("h_s", "fork", "stop", "t")
        + chain("fork", "a")
    )
    body = straight(user("b"), ids=("b",)) + handler("h", inner, interrupting=interrupting)
    instance = start(session, whole(body))
    assert messages.send_message(session, "wake", correlation_key="1")
    do(session, "stop", n=5)
    assert at(session) == ([] if interrupting else ["b"])
    if not interrupting:
        do(session, "b")
    assert has_ended(instance)
    assert nothing_waits(session)
    assert instances.variables(session, instance)["n"] == 5


@pytest.mark.parametrize("inside", [True, False])
def test_the_event_subprocesses_of_its_scope_end_too(session: Session, inside: bool) -> None:
    body = many_waits() + handler("h", user("handle") + chain("h_s", "handle"))
    if inside:
        body = straight(node("subProcess", "sub", body), user("b"), ids=("sub", "b"))
    instance = start(session, whole(body))
    assert messages.send_message(session, "wake", correlation_key="1")
    assert "handle" in at(session)
    do(session, "stop", n=5)
    assert at(session) == (["b"] if inside else [])
    if inside:
        assert history.waiting_at(session, instance.id) == ["b"]
        do(session, "b")
    assert has_ended(instance)
    assert nothing_waits(session)
    assert instances.variables(session, instance)["n"] == 5


def test_what_runs_within_what_is_ended_ends_too(session: Session) -> None:
    deep = node("subProcess", "deep", many_waits("d_"))
    inner = (
        node("startEvent", "s")
        + node("parallelGateway", "fork")
        + user("stop")
        + node("endEvent", "t", TERMINATE)
        + deep
        + node("callActivity", "call", calledElement="q")
        + node("subProcess", "each", many_waits("m_") + OVER.format(""))
        + node("endEvent", "e")
        + chain("s", "fork", "stop", "t")
        + chain("fork", "deep", "e")
        + chain("fork", "call", "e")
        + chain("fork", "each", "e")
    )
    called = whole(many_waits("c_")).replace(b'id="p" name="p"', b'id="q" name="q"')
    define(session, called, "q")
    sub = node("subProcess", "sub", inner)
    instance = start(session, whole(straight(sub, user("b"), ids=("sub", "b"))), many=[1, 2])
    assert len(at(session)) == 9
    do(session, "stop")
    assert history.waiting_at(session, instance.id) == ["b"]
    do(session, "b")
    assert has_ended(instance)
    assert nothing_waits(session)


def test_a_message_that_comes_after_it_is_kept_for_another(session: Session) -> None:
    start(session, whole(many_waits()))
    do(session, "stop")
    assert not messages.send_message(session, "m", correlation_key="1")
    assert not messages.send_signal(session, "x")
    assert nothing_waits(session)
    assert len(session.scalars(select(ProcessInstance)).all()) == 1


def test_a_terminate_among_other_definitions_is_no_finding() -> None:
    xml = whole(many_waits()).replace(TERMINATE.encode(), (message("m") + TERMINATE).encode())
    refused = {each.rule for each in found(xml) if each.severity == "error"}
    assert refused == set()
