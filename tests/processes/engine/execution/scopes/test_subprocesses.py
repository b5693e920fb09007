"""Subprocesses, called processes and how they end, over a reload at every wait."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from processes.engine.registry import BpmnError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    escalation,
    job,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")


def sub(id_: str, inner: str, **attributes: str) -> str:
    ends = node("startEvent", f"{id_}_start") + node("endEvent", f"{id_}_end")
    return node("subProcess", id_, ends + inner, **attributes)


def test_a_subprocess_runs_its_inside_and_goes_on(session: Session) -> None:
    inner = user("a") + user("b") + chain("sub_start", "a", "b", "sub_end")
    instance = start(session, process(straight(sub("sub", inner), user("c"), ids=("sub", "c"))))

    do(session, "a", x=1)
    assert instances.variables(session, instance) == {"x": 1}
    do(session, "b", y=2)
    do(session, "c")

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1, "y": 2}


def test_a_timer_on_a_subprocess_ends_all_within(session: Session) -> None:
    inner = user("a") + chain("sub_start", "a", "sub_end")
    body = (
        straight(sub("sub", inner), ids=("sub",))
        + boundary("late", "sub", timer("timeDuration", "PT1H"))
        + user("chase")
        + chain("late", "chase", "end")
    )
    start(session, process(body))

    assert later(session, timedelta(hours=2)) == 1
    assert at(session) == ["chase"]


def test_an_error_end_inside_goes_to_the_edge_of_its_own_subprocess(session: Session) -> None:
    failing = user("a") + node("endEvent", "fails", error("broken")) + chain("s1_start", "a")
    failing += chain("a", "fails")
    other = user("b") + chain("s2_start", "b", "s2_end")
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + sub("s1", failing)
        + sub("s2", other)
        + boundary("e1", "s1", error("broken"))
        + boundary("e2", "s2", error("broken"))
        + user("repair1")
        + user("repair2")
        + node("endEvent", "end")
        + chain("start", "split", "s1", "end")
        + chain("split", "s2", "end")
        + chain("e1", "repair1", "end")
        + chain("e2", "repair2", "end")
    )
    instance = start(session, process(body, errors=("broken",)))

    do(session, "a", seen=True)
    assert at(session) == ["b", "repair1"]
    assert instances.variables(session, instance)["seen"] is True


def test_an_error_end_that_nothing_catches_is_an_incident_and_not_an_end(session: Session) -> None:
    body = straight(user("a"), ids=("a",)).replace(
        node("endEvent", "end"), node("endEvent", "end", error("broken"))
    )
    instance = start(session, process(body, errors=("broken",)))

    with pytest.raises(StepFailedError):
        do(session, "a")

    assert not has_ended(instance)
    assert at(session) == ["a"]


def test_a_jobs_error_may_be_caught_around_its_subprocess(session: Session) -> None:
    inner = job("mail") + user("b") + chain("sub_start", "mail", "b", "sub_end")
    body = (
        straight(sub("sub", inner), ids=("sub",))
        + boundary("e", "sub", error("refused"))
        + user("repair")
        + chain("e", "repair", "end")
    )
    start(session, process(body, errors=("refused",)))

    work_off(session, "mail", BpmnError("refused"))
    assert at(session) == ["repair"]


def test_a_jobs_error_does_not_reach_another_tasks_boundary(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + job("one")
        + job("two")
        + boundary("e", "two", error("refused"))
        + user("repair")
        + node("endEvent", "end")
        + chain("start", "split", "one", "end")
        + chain("split", "two", "end")
        + chain("e", "repair", "end")
    )
    start(session, process(body, errors=("refused",)))

    work_off(session, "one", BpmnError("refused"))

    assert at(session) == []
    assert [incident.kind for incident in incidents.open_incidents(session)] == ["uncaught-error"]


def test_a_terminate_end_ends_all_that_runs_in_its_scope(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + user("b")
        + node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
        + node("endEvent", "end")
        + chain("start", "split", "a", "stop")
        + chain("split", "b", "end")
    )
    instance = start(session, process(body))

    do(session, "a")
    assert at(session) == []
    assert has_ended(instance)


STOPPED = (
    node("startEvent", "s") + user("stop") + user("b") + user("c")
    + node("endEvent", "over", "<bpmn:terminateEventDefinition/>")
    + chain("s", "stop", "over") + chain("s", "b", "c")
)  # fmt: skip


@pytest.mark.parametrize("scope", ["process", "subProcess", "callActivity"])
def test_what_was_filled_in_beside_a_terminate_end_is_kept(session: Session, scope: str) -> None:
    define(session, process(STOPPED, key="callee"), "callee")
    call = node("callActivity", "inner", calledElement="callee")
    inner = call if scope == "callActivity" else node("subProcess", "inner", STOPPED)
    around = straight(inner, user("after"), ids=("inner", "after"))
    instance = start(session, process(STOPPED if scope == "process" else around), x=1)

    do(session, "b", x=2, y=3)
    do(session, "stop", z=4)

    assert at(session) == ([] if scope == "process" else ["after"])
    assert instances.variables(session, instance) == {"x": 2, "y": 3, "z": 4}


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["told"]), (False, ["a", "told"])])
def test_an_escalation_is_caught_at_the_edge(
    session: Session, interrupting: bool, left: list[str]
) -> None:
    inner = (
        node("parallelGateway", "fork")
        + user("a")
        + node("endEvent", "raise", escalation("high"))
        + chain("sub_start", "fork", "a", "sub_end")
        + chain("fork", "raise")
    )
    body = (
        straight(sub("sub", inner), ids=("sub",))
        + boundary("up", "sub", escalation("high"), interrupting=interrupting)
        + user("told")
        + chain("up", "told", "end")
    )
    instance = start(session, process(body, escalations=("high",)))

    assert at(session) == left
    for name in left:
        do(session, name)
    assert has_ended(instance)


def test_an_escalation_that_nobody_catches_is_no_error(session: Session) -> None:
    body = straight(user("a"), ids=("a",)).replace(
        node("endEvent", "end"), node("endEvent", "end", escalation("high"))
    )
    instance = start(session, process(body, escalations=("high",)))
    do(session, "a")
    assert has_ended(instance)


def test_a_call_activity_runs_another_process_and_shares_the_variables(session: Session) -> None:
    callee = process(straight(user("start_a"), ids=("start_a",)), key="callee")
    define(session, callee, "callee")
    call = node("callActivity", "call", calledElement="callee")
    instance = start(session, process(straight(call, user("b"), ids=("call", "b"))), x=1)

    (task,) = instances.open_user_tasks(session)
    assert (task.element_id, task.form_key) == ("start_a", "start_a")
    do(session, "start_a", y=2)
    do(session, "b")

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1, "y": 2}
