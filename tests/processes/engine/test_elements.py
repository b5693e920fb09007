"""Each element behaves as drawn; nothing is kept between steps, so every wait is a reload."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine import history, incidents, instances, jobs, live, messages, timers
from processes.engine.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.engine.registry import BpmnError
from processes.engine.steps import StepFailedError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    escalation,
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


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEPT", 0)


def start(session: Session, xml: bytes, **variables: Any) -> ProcessInstance:
    define(session, xml)
    return instances.start_process(
        session, "p", business_key="1", variables=variables, started_by="test"
    )


def do(session: Session, element_id: str, **variables: Any) -> None:
    tasks = {task.element_id: task for task in instances.open_user_tasks(session)}
    instances.complete_user_task(
        session, tasks[element_id].id, completed_by="anna", variables=variables
    )


def at(session: Session) -> list[str]:
    return sorted(task.element_id for task in instances.open_user_tasks(session))


def later(session: Session, by: timedelta) -> int:
    set_clock(lambda: datetime.now(UTC) + by)
    return timers.fire_due_timers(session, 10)


def has_ended(instance: ProcessInstance) -> bool:
    return instance.status == InstanceStatus.COMPLETED


def work_off(session: Session, topic: str, outcome: dict[str, Any] | Exception) -> None:
    (made,) = session.query(Job).filter_by(topic=topic, status=JobStatus.NEW).all()
    claimed = jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None
    if isinstance(outcome, Exception):
        assert jobs.fail(session, made.id, "w", claimed.attempts, outcome)
    else:
        assert jobs.finish(session, made.id, "w", claimed.attempts, outcome)


# -- tasks


def test_a_manual_task_is_a_task_without_a_form(session: Session) -> None:
    instance = start(session, process(straight(node("manualTask", "sign"), ids=("sign",))))
    (task,) = instances.open_user_tasks(session)
    assert task.form_key is None

    do(session, "sign")
    assert has_ended(instance)


def test_a_plain_task_passes(session: Session) -> None:
    instance = start(session, process(straight(node("task", "think"), ids=("think",))))

    assert has_ended(instance)
    assert "think" in {row.element_id for row in history.history(session, instance.id)}


def test_a_send_task_sends_and_a_receive_task_receives(session: Session) -> None:
    body = straight(
        user("a"), node("receiveTask", "hear", messageRef="message_paid"), user("b"),
        ids=("a", "hear", "b"),
    )  # fmt: skip
    start(session, process(body, messages=("paid",)))
    sender = process(
        straight(node("sendTask", "tell", messageRef="message_paid"), ids=("tell",)),
        key="sender",
        messages=("paid",),
    )
    define(session, sender, "sender")
    do(session, "a")

    instances.start_process(session, "sender", business_key="1", started_by="test")

    assert messages.send_message(session, "paid", correlation_key="1") is False
    assert at(session) == ["b"]


def test_a_send_task_with_a_topic_is_a_job(session: Session) -> None:
    body = straight(node("sendTask", "tell", camunda_topic="tell"), ids=("tell",))
    instance = start(session, process(body))

    work_off(session, "tell", {})
    assert has_ended(instance)


# -- gateways


def both(first: str, second: str, join: str) -> str:
    return (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user(first)
        + user(second)
        + node(join, "join")
        + user("after")
        + node("endEvent", "end")
        + chain("start", "split", first, "join", "after", "end")
        + chain("split", second, "join")
    )


def test_a_parallel_join_waits_for_both_branches(session: Session) -> None:
    instance = start(session, process(both("a", "b", "parallelGateway")))

    do(session, "b", from_b=1)
    assert at(session) == ["a"]
    do(session, "a", from_a=2)
    assert at(session) == ["after"]
    assert instances.variables(session, instance) == {"from_a": 2, "from_b": 1}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_branch_that_left_a_variable_alone_does_not_overwrite_it(
    session: Session, order: tuple[str, str]
) -> None:
    instance = start(session, process(both("a", "b", "parallelGateway")), n=0, list=[1])
    changes: dict[str, dict[str, Any]] = {"a": {"n": 1}, "b": {"list": [2, 3]}}

    for name in order:
        do(session, name, **changes[name])

    assert instances.variables(session, instance) == {"n": 1, "list": [2, 3]}


def test_two_branches_with_the_same_answer_do_not_conflict(session: Session) -> None:
    start(session, process(both("a", "b", "parallelGateway")), n=0)
    do(session, "a", n=1)
    do(session, "b", n=1)

    assert at(session) == ["after"]


def test_two_branches_that_disagree_conflict_and_nothing_is_lost(session: Session) -> None:
    start(session, process(both("a", "b", "parallelGateway")), n=0)
    do(session, "a", n=1)

    with pytest.raises(StepFailedError):
        do(session, "b", n=2)

    assert at(session) == ["b"]
    (incident,) = incidents.open_incidents(session)
    assert "'a'" in incident.message
    assert "'b'" in incident.message
    do(session, "b")
    assert at(session) == ["after"]


def test_an_exclusive_join_lets_each_token_through(session: Session) -> None:
    start(session, process(both("a", "b", "exclusiveGateway")))
    do(session, "a")
    do(session, "b")

    assert at(session) == ["after", "after"]


def inclusive() -> str:
    return (
        node("startEvent", "start")
        + node("inclusiveGateway", "split", default="split_to_c")
        + user("a")
        + user("b")
        + user("c")
        + node("inclusiveGateway", "join")
        + user("after")
        + node("endEvent", "end")
        + chain("start", "split")
        + flow("split", "a", "${x &gt; 1}")
        + flow("split", "b", "${x &gt; 2}")
        + flow("split", "c")
        + chain("a", "join", "after", "end")
        + chain("b", "join")
        + chain("c", "join")
    )


@pytest.mark.parametrize(("x", "branches"), [(3, ["a", "b"]), (2, ["a"]), (0, ["c"])])
def test_an_inclusive_gateway_takes_what_holds_and_joins_what_it_took(
    session: Session, x: int, branches: list[str]
) -> None:
    instance = start(session, process(inclusive()), x=x)
    assert at(session) == branches

    for number, name in enumerate(branches):
        assert "after" not in at(session)
        do(session, name, **{f"from_{name}": number})

    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)
    ended = instances.variables(session, instance)
    assert all(f"from_{name}" in ended for name in branches)


def test_no_condition_that_holds_and_no_default_is_an_incident(session: Session) -> None:
    body = (
        straight(user("a"), node("exclusiveGateway", "g"), ids=("a", "g")).replace(
            flow("g", "end"), flow("g", "end", "${x == 1}")
        )
        + node("endEvent", "other")
        + flow("g", "other", "${x == 2}")
    )
    start(session, process(body))

    with pytest.raises(StepFailedError):
        do(session, "a", x=3)
    assert at(session) == ["a"]


# -- subprocesses


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


# -- event subprocesses


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


# -- boundary and intermediate events


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["b"]), (False, ["a", "b"])])
@pytest.mark.parametrize("kind", ["message", "signal", "conditional"])
def test_a_boundary_event_stops_its_task_or_runs_beside_it(
    session: Session, kind: str, interrupting: bool, left: list[str]
) -> None:
    condition = "<bpmn:condition>${late == true}</bpmn:condition>"
    definition = {
        "message": message("stop"),
        "signal": signal("stop"),
        "conditional": f"<bpmn:conditionalEventDefinition>{condition}"
        "</bpmn:conditionalEventDefinition>",
    }[kind]
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + user("other")
        + boundary("e", "a", definition, interrupting=interrupting)
        + user("b")
        + node("endEvent", "end")
        + chain("start", "split", "a", "end")
        + chain("split", "other", "end")
        + chain("e", "b", "end")
    )
    instance = start(session, process(body, messages=("stop",), signals=("stop",)), late=False)

    if kind == "message":
        assert messages.send_message(session, "stop", correlation_key="1")
        do(session, "other")
    elif kind == "signal":
        assert messages.send_signal(session, "stop") == 1
        do(session, "other")
    else:
        do(session, "other", late=True)

    assert at(session) == left
    for name in left:
        do(session, name)
    assert has_ended(instance)


def test_a_non_interrupting_message_can_come_more_than_once(session: Session) -> None:
    body = (
        straight(user("a"), ids=("a",))
        + boundary("e", "a", message("note"), interrupting=False)
        + user("read")
        + chain("e", "read", "end")
    )
    instance = start(session, process(body, messages=("note",)))

    for number in range(2):
        sent = {"text": str(number)}
        assert messages.send_message(session, "note", correlation_key="1", variables=sent)
    assert at(session) == ["a", "read", "read"]
    for name in ("read", "a", "read"):
        do(session, name)
    assert has_ended(instance)


def test_a_link_jumps_to_its_partner(session: Session) -> None:
    link = '<bpmn:linkEventDefinition name="on"/>'
    body = (
        node("startEvent", "start")
        + user("a")
        + node("intermediateThrowEvent", "away", link)
        + node("intermediateCatchEvent", "back", link)
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "away")
        + chain("back", "b", "end")
    )
    start(session, process(body))
    do(session, "a")
    assert at(session) == ["b"]


def test_a_signal_end_reaches_another_instance(session: Session) -> None:
    catch = node("intermediateCatchEvent", "wait", signal("done"))
    start(session, process(straight(catch, user("b"), ids=("wait", "b")), signals=("done",)))
    sender = process(
        straight(user("a"), ids=("a",)).replace(
            node("endEvent", "end"), node("endEvent", "end", signal("done"))
        ),
        key="sender",
        signals=("done",),
    )
    define(session, sender, "sender")
    other = instances.start_process(session, "sender", started_by="test")

    do(session, "a")

    assert has_ended(other)
    assert at(session) == ["b"]


def test_a_message_starts_the_process_that_begins_with_it(session: Session) -> None:
    body = node("startEvent", "start", message("order")) + user("a") + node("endEvent", "end")
    body += chain("start", "a", "end")
    define(session, process(body, messages=("order",)))

    assert messages.send_message(session, "order", correlation_key="7", variables={"n": 2})

    (task,) = instances.open_user_tasks(session)
    assert (task.element_id, task.instance.business_key) == ("a", "7")
    assert instances.variables(session, task.instance) == {"n": 2}


def test_a_signal_starts_every_process_that_begins_with_it(session: Session) -> None:
    for key in ("p", "q"):
        body = node("startEvent", "start", signal("go")) + user("a") + node("endEvent", "end")
        define(session, process(body + chain("start", "a", "end"), key=key, signals=("go",)), key)

    assert messages.send_signal(session, "go") == 2
    assert at(session) == ["a", "a"]


def test_of_more_start_events_only_the_one_that_happened_counts(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("startEvent", "ordered", message("order"))
        + user("a")
        + user("b")
        + node("endEvent", "end")
        + chain("start", "a", "end")
        + chain("ordered", "b", "end")
    )
    instance = start(session, process(body, messages=("order",)))
    assert at(session) == ["a"]
    do(session, "a")
    assert has_ended(instance)

    assert messages.send_message(session, "order", correlation_key="2")
    assert at(session) == ["b"]
    do(session, "b")
    assert instances.open_instance(session, "p", "2") is None


# -- loops


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


def test_a_thousand_jobs_of_a_multi_instance_all_come_home(session: Session) -> None:
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


# -- data objects and lanes


def test_a_data_object_holds_what_a_task_put_in_it(session: Session) -> None:
    body = (
        '<bpmn:dataObject id="total"/>'
        '<bpmn:dataObjectReference id="total_ref" dataObjectRef="total"/>'
        + straight(
            user(
                "a",
                '<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>total_ref</bpmn:targetRef>'
                "</bpmn:dataOutputAssociation>",
            ),
            node("exclusiveGateway", "g", default="g_to_end"),
            user("rich"),
            ids=("a", "g"),
        )
        + flow("g", "rich", "${total &gt; 10}")
        + chain("rich", "end")
    )
    start(session, process(body))
    do(session, "a", total=11)
    assert at(session) == ["rich"]


def test_a_task_knows_its_lane(session: Session) -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="l" name="Register">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    start(session, process(lanes + straight(user("a"), ids=("a",))))
    (task,) = instances.open_user_tasks(session)
    assert task.lane == "Register"
