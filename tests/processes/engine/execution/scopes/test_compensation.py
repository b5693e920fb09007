"""Compensation undoes what was completed, the last first, over a reload at every wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight import history
from processes.engine.interpreter import workflow
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import Job
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    inputs,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off
from tests.processes.engine.undoing import COMPENSATE, compensate, scope, throw, undone

pytestmark = pytest.mark.usefixtures("nothing_kept")

A, B = undone(user("a"), "a"), undone(user("b"), "b")


def test_a_scope_is_undone_in_reverse_order_and_only_what_was_completed(session: Session) -> None:
    body = straight(A, B, throw("t"), user("after"), ids=("a", "b", "t", "after"))
    body += undone(user("never"), "never")
    instance = start(session, process(body))
    do(session, "a", room=1)
    do(session, "b", seat=2)

    assert at(session) == ["undo_b"]
    do(session, "undo_b", refunded=True)
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["after"]
    do(session, "after")

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"room": 1, "seat": 2, "refunded": True}
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert passed.index("at_b") < passed.index("undo_b") < passed.index("at_a")
    assert passed.count("t") == passed.count("undo_a") == 1
    assert all("." not in element_id for element_id in passed)


def test_one_activity_is_undone_and_no_other(session: Session) -> None:
    body = straight(A, B, throw("t", "a"), user("after"), ids=("a", "b", "t", "after"))
    start(session, process(body))
    do(session, "a")
    do(session, "b")

    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["after"]


def test_what_is_undone_is_not_undone_again(session: Session) -> None:
    body = straight(A, throw("t"), throw("again"), ids=("a", "t", "again"))
    instance = start(session, process(body))
    do(session, "a")
    do(session, "undo_a")
    assert has_ended(instance)


def test_nothing_to_undo_just_goes_on(session: Session) -> None:
    body = straight(throw("t"), A, ids=("t", "a"))
    instance = start(session, process(body))
    do(session, "a")
    assert has_ended(instance)


def test_an_end_event_undoes_before_the_process_ends(session: Session) -> None:
    body = node("startEvent", "start") + node("endEvent", "end", compensate()) + A
    instance = start(session, process(body + chain("start", "a", "end")))
    do(session, "a")
    assert at(session) == ["undo_a"]
    assert not has_ended(instance)
    do(session, "undo_a")
    assert has_ended(instance)


def test_an_event_that_does_not_wait_goes_on_while_it_undoes(session: Session) -> None:
    thrown = throw("t", waits=False)
    instance = start(session, process(straight(A, thrown, user("after"), ids=("a", "t", "after"))))
    do(session, "a")
    assert at(session) == ["after", "undo_a"]
    do(session, "after")
    assert not has_ended(instance)
    do(session, "undo_a")
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert passed.count("t") == 1


def test_a_job_that_undoes_fails_as_any_job_and_goes_on_after_a_retry(session: Session) -> None:
    by = job("undo_a").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"')
    body = straight(undone(user("a"), "a", by), throw("t"), user("after"), ids=("a", "t", "after"))
    start(session, process(body))
    do(session, "a")

    for _ in range(5):
        session.query(Job).update({"due_at": now()})
        work_off(session, "undo_a", RuntimeError("away"))
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "undo_a"
    incidents.retry_incident(session, incident.id, by="op")
    work_off(session, "undo_a", {"refunded": 5})
    assert at(session) == ["after"]


def test_a_delegate_that_fails_leaves_all_as_it_was_and_can_be_retried(session: Session) -> None:
    failing = [True]

    @delegate("give_back", title="Teruggeven")
    def give_back(_session: Session) -> dict[str, Any]:
        if failing:
            raise RuntimeError(failing.pop())
        return {"given_back": True}

    by = node(
        "serviceTask",
        "undo_b",
        camunda_delegateExpression="${give_back}",
        isForCompensation="true",
    )
    body = straight(A, undone(user("b"), "b", by), throw("t"), ids=("a", "b", "t"))
    instance = start(session, process(body))
    do(session, "a")
    with pytest.raises(StepFailedError):
        do(session, "b")
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "undo_b"
    assert at(session) == ["b"]

    do(session, "b")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert has_ended(instance)
    assert instances.variables(session, instance)["given_back"] is True


def test_each_round_is_undone_with_what_it_wrote_the_last_first(session: Session) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="rooms" camunda:elementVariable="room"/>'
    )
    body = straight(
        undone(user("a", loop), "a"), user("b"), throw("t"), user("c"), ids=("a", "b", "t", "c")
    )
    instance = start(session, process(body), rooms=["x", "y"])
    do(session, "a", key=1)
    do(session, "a", key=2)
    do(session, "b", key=9, reason="ill")

    seen = []
    for _ in range(2):
        (task,) = instances.open_user_tasks(session)
        seen.append(instances.task_variables(session, task))
        do(session, "undo_a")
    assert [(each["room"], each["key"], each["reason"]) for each in seen] == [
        ("y", 2, "ill"),
        ("x", 1, "ill"),
    ]
    assert at(session) == ["c"]
    assert instances.variables(session, instance)["key"] == 9


@pytest.mark.parametrize(
    "loop",
    [
        (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2"
            "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
        ),
        '<bpmn:standardLoopCharacteristics loopMaximum="2"/>',
    ],
)
def test_rounds_of_a_subprocess_are_undone_one_by_one(session: Session, loop: str) -> None:
    inner = scope("subProcess", "s", A, ids=("a",)).replace(
        '<bpmn:startEvent id="s_start"', f'{loop}<bpmn:startEvent id="s_start"', 1
    )
    instance = start(session, process(straight(inner, throw("t", "s"), ids=("s", "t"))))
    for number in range(2):
        (task, *_rest) = instances.open_user_tasks(session)
        instances.complete_user_task(
            session, task.id, completed_by="anna", variables={f"n{number}": number}
        )
    for _ in range(2):
        assert at(session) == ["undo_a"]
        do(session, "undo_a")
    assert has_ended(instance)


def test_a_completed_subprocess_is_undone_from_within_with_the_data_of_its_moment(
    session: Session,
) -> None:
    inner = scope("subProcess", "s", A, B, ids=("a", "b"))
    body = straight(inner, user("c"), throw("t"), user("d"), ids=("s", "c", "t", "d"))
    start(session, process(body))
    do(session, "a", price=1)
    do(session, "b", place="x")
    do(session, "c", price=7, place="y", reason="ill")

    (task,) = instances.open_user_tasks(session)
    assert task.element_id == "undo_b"
    assert instances.task_variables(session, task) == {"price": 1, "place": "x", "reason": "ill"}
    do(session, "undo_b", price=0)
    (task,) = instances.open_user_tasks(session)
    assert task.element_id == "undo_a"
    assert instances.task_variables(session, task)["price"] == 1
    do(session, "undo_a")
    assert at(session) == ["d"]


def test_a_subprocess_with_its_own_undoing_is_undone_as_one(session: Session) -> None:
    inner = undone(scope("subProcess", "s", A, ids=("a",)), "s")
    instance = start(session, process(straight(inner, throw("t"), ids=("s", "t"))))
    do(session, "a")
    assert at(session) == ["undo_s"]
    do(session, "undo_s")
    assert has_ended(instance)


def test_an_event_subprocess_undoes_its_scope_and_may_undo_what_was_done_in_it(
    session: Session,
) -> None:
    start_event = node("startEvent", "e_start", COMPENSATE)
    handler = node(
        "subProcess",
        "e",
        start_event
        + user("look")
        + throw("inside")
        + node("endEvent", "e_end")
        + chain("e_start", "look", "inside", "e_end"),
        triggeredByEvent="true",
    )
    inner = scope("subProcess", "s", A, handler, ids=("a",))
    instance = start(session, process(straight(inner, user("x"), throw("t"), ids=("s", "x", "t"))))
    do(session, "a", price=1)
    do(session, "x", price=2)

    (task,) = instances.open_user_tasks(session)
    assert task.element_id == "look"
    assert instances.task_variables(session, task) == {"price": 1}
    do(session, "look")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert {"e", "e_start", "look", "inside", "e_end"} <= set(passed)


def test_an_error_event_subprocess_undoes_the_scope_that_it_is_drawn_in(session: Session) -> None:
    handler = node(
        "subProcess",
        "e",
        node("startEvent", "e_start", error("refused"))
        + throw("inside", "a")
        + node("endEvent", "e_end")
        + chain("e_start", "inside", "e_end"),
        triggeredByEvent="true",
    )
    inner = node(
        "subProcess",
        "s",
        node("startEvent", "s_start")
        + A
        + node("endEvent", "s_end", error("refused"))
        + chain("s_start", "a", "s_end")
        + handler,
    )
    body = straight(inner, user("after"), ids=("s", "after"))
    start(session, process(body, errors=("refused",)))
    do(session, "a")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["after"]


def test_what_failed_is_not_undone(session: Session) -> None:
    inner = node(
        "subProcess",
        "s",
        node("startEvent", "s_start")
        + A
        + node("endEvent", "s_end", error("refused"))
        + chain("s_start", "a", "s_end"),
    )
    body = (
        straight(inner, ids=("s",))
        + boundary("failed", "s", error("refused"))
        + throw("t")
        + user("after")
        + chain("failed", "t", "after", "end")
    )
    start(session, process(body, errors=("refused",)))
    do(session, "a")
    assert at(session) == ["after"]


def test_an_error_while_undoing_goes_out_from_the_event_that_threw(session: Session) -> None:
    by = job("undo_a").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"')
    inner = scope("subProcess", "s", undone(user("a"), "a", by), throw("t"), ids=("a", "t"))
    body = (
        straight(inner, ids=("s",))
        + boundary("failed", "s", error("refused"))
        + user("after")
        + chain("failed", "after", "end")
    )
    start(session, process(body, errors=("refused",)))
    do(session, "a")
    work_off(session, "undo_a", BpmnError("refused"))
    assert at(session) == ["after"]


def test_a_called_process_is_undone_from_within(session: Session) -> None:
    define(session, process(straight(A, ids=("a",)), "q"), "q")
    call = node("callActivity", "call", calledElement="q")
    instance = start(session, process(straight(call, throw("t"), ids=("call", "t"))))
    do(session, "a")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert has_ended(instance)


def test_a_subprocess_or_a_called_process_undoes_an_activity(session: Session) -> None:
    define(session, process(straight(user("q1"), ids=("q1",)), "q"), "q")
    call = node("callActivity", "undo_a", calledElement="q", isForCompensation="true")
    whole = scope("subProcess", "undo_b", user("u1"), user("u2"), ids=("u1", "u2")).replace(
        "<bpmn:subProcess", '<bpmn:subProcess isForCompensation="true"', 1
    )
    body = straight(
        undone(user("a"), "a", call), undone(user("b"), "b", whole), throw("t"), ids=("a", "b", "t")
    )
    instance = start(session, process(body))
    for element_id in ("a", "b", "u1", "u2", "q1"):
        do(session, element_id)
    assert has_ended(instance)


def test_parallel_branches_are_undone_in_the_order_in_which_they_ended(session: Session) -> None:
    gateways = node("parallelGateway", "fork") + node("parallelGateway", "join")
    body = (
        node("startEvent", "start")
        + node("endEvent", "end")
        + gateways
        + A
        + B
        + throw("t")
        + chain("start", "fork", "a", "join", "t", "end")
        + flow("fork", "b")
        + flow("b", "join")
    )
    instance = start(session, process(body))
    do(session, "b")
    do(session, "a")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    do(session, "undo_b")
    assert has_ended(instance)


LOOK = node(
    "subProcess",
    "e",
    node("startEvent", "e_start", COMPENSATE)
    + user("look")
    + node("endEvent", "e_end")
    + chain("e_start", "look", "e_end"),
    triggeredByEvent="true",
)


def seen(session: Session) -> dict[str, Any]:
    """The variables as the only open task sees them."""
    (task,) = instances.open_user_tasks(session)
    return instances.task_variables(session, task)


def test_a_called_process_with_an_event_subprocess_is_undone_by_it(session: Session) -> None:
    define(session, process(straight(A, LOOK, ids=("a",)), "q"), "q")
    call = node("callActivity", "call", calledElement="q")
    instance = start(session, process(straight(call, throw("t"), ids=("call", "t"))))
    do(session, "a", room=1)
    assert at(session) == ["look"]
    assert seen(session) == {"room": 1}
    do(session, "look")
    assert has_ended(instance)


def test_a_call_is_undone_with_the_variables_of_the_called_process(session: Session) -> None:
    define(session, process(straight(A, ids=("a",)), "q"), "q")
    mappings = (
        "<bpmn:extensionElements>"
        '<camunda:in source="guest" target="name"/><camunda:out source="room" target="booked"/>'
        "</bpmn:extensionElements>"
    )
    call = node("callActivity", "call", mappings, calledElement="q")
    instance = start(
        session, process(straight(call, user("b"), throw("t"), ids=("call", "b", "t"))), guest="An"
    )
    do(session, "a", room=1, note="quiet")
    assert seen(session) == {"guest": "An", "booked": 1}
    do(session, "b", guest="Bo")

    assert seen(session) == {"name": "An", "room": 1, "note": "quiet"}
    do(session, "undo_a", note="loud")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"guest": "Bo", "booked": 1}


def test_what_was_local_to_a_subprocess_is_known_where_it_is_undone(session: Session) -> None:
    inner = scope("subProcess", "s", A, ids=("a",)).replace(
        '<bpmn:startEvent id="s_start"', f'{inputs(place="here")}<bpmn:startEvent id="s_start"', 1
    )
    instance = start(session, process(straight(inner, throw("t"), ids=("s", "t"))))
    do(session, "a", room=1)
    assert seen(session) == {"place": "here", "room": 1}
    do(session, "undo_a", place="there", refunded=True)
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"room": 1, "refunded": True}


def test_a_data_object_of_a_completed_subprocess_is_read_as_it_was(session: Session) -> None:
    def tied(kind: str, ends: str) -> str:
        return f"<bpmn:{kind}>{ends}</bpmn:{kind}>"

    read = tied("dataInputAssociation", "<bpmn:sourceRef>ref</bpmn:sourceRef>")
    write = tied("dataOutputAssociation", "<bpmn:targetRef>ref</bpmn:targetRef>")
    bill = (
        '<bpmn:dataObject id="bill" name="bill"/>'
        '<bpmn:dataObjectReference id="ref" dataObjectRef="bill"/>'
    )
    undo = user("undo_a", read, isForCompensation="true")
    inner = scope("subProcess", "s", bill, undone(user("a", write), "a", undo), ids=("a",))
    instance = start(session, process(straight(inner, throw("t"), ids=("s", "t"))))
    do(session, "a", bill=100)
    assert seen(session)["bill"] == 100
    do(session, "undo_a")
    assert has_ended(instance)


def test_a_scope_with_event_subprocesses_is_undone_as_any(session: Session) -> None:
    beside = node(
        "subProcess",
        "h",
        node("startEvent", "h_start", message("stop"), isInterrupting="false")
        + undone(user("b"), "b")
        + node("endEvent", "h_end")
        + chain("h_start", "b", "h_end"),
        triggeredByEvent="true",
    )
    body = straight(A, user("c"), throw("t"), beside, ids=("a", "c", "t"))
    instance = start(session, process(body, messages=("stop",)))
    do(session, "a")
    assert messages.send_message(session, "stop", correlation_key="1", variables={})
    do(session, "b")
    do(session, "c")
    for element_id in ("undo_b", "undo_a"):
        assert at(session) == [element_id]
        do(session, element_id)
    assert has_ended(instance)


def test_an_activity_in_a_circle_is_undone_as_often_as_it_was_done(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("endEvent", "end")
        + node("exclusiveGateway", "again", default="again_to_t")
        + A
        + throw("t", "a")
        + chain("start", "a", "again", "t", "end")
        + flow("again", "a", "${more}")
    )
    instance = start(session, process(body))
    do(session, "a", more=True, key=1)
    do(session, "a", more=False, key=2)
    for key in (2, 1):
        assert seen(session)["key"] == key
        do(session, "undo_a")
    assert has_ended(instance)


def test_what_undoes_may_have_rounds(session: Session) -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    undo = user("undo_a", loop, isForCompensation="true")
    instance = start(
        session, process(straight(undone(user("a"), "a", undo), throw("t"), ids=("a", "t")))
    )
    for element_id in ("a", "undo_a", "undo_a"):
        do(session, element_id)
    assert has_ended(instance)


def test_one_activity_may_undo_two(session: Session) -> None:
    second = user("b") + node("boundaryEvent", "at_b", COMPENSATE, attachedToRef="b")
    tie = '<bpmn:association id="b_by" sourceRef="at_b" targetRef="undo_a"/>'
    instance = start(session, process(straight(A, second, tie, throw("t"), ids=("a", "b", "t"))))
    do(session, "a", key=1)
    do(session, "b", key=2)
    for key in (2, 1):
        assert seen(session)["key"] == key
        do(session, "undo_a")
    assert has_ended(instance)


def test_while_it_undoes_the_instance_shows_the_variables_as_they_are(session: Session) -> None:
    body = straight(A, user("b"), throw("t"), ids=("a", "b", "t"))
    instance = start(session, process(body))
    do(session, "a", price=1)
    do(session, "b", price=7)
    assert seen(session) == {"price": 1}
    assert instances.variables(session, instance) == {"price": 7}


def test_an_event_on_the_scope_ends_the_undoing_too(session: Session) -> None:
    inner = scope("subProcess", "s", A, throw("t"), ids=("a", "t"))
    body = (
        straight(inner, ids=("s",))
        + boundary("late", "s", timer("timeDuration", "PT1H"))
        + user("after")
        + chain("late", "after", "end")
    )
    instance = start(session, process(body))
    do(session, "a")
    assert later(session, timedelta(hours=2)) == 1
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)


def test_of_what_undoes_each_activity_is_one_step_of_the_budget(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "MAX_STEPS", 200)
    done = []

    @delegate("book", title="Boeken")
    def book(_session: Session) -> None:
        """Nothing to remember."""

    @delegate("unbook", title="Afzeggen")
    def unbook(_session: Session) -> None:
        done.append(1)

    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>60"
        "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    undo = node(
        "serviceTask",
        "undo_a",
        camunda_delegateExpression="${unbook}",
        isForCompensation="true",
    )
    act = node("serviceTask", "a", loop, camunda_delegateExpression="${book}")
    instance = start(session, process(straight(undone(act, "a", undo), throw("t"), ids=("a", "t"))))
    assert has_ended(instance)
    assert len(done) == 60


def test_an_event_subprocess_undoes_the_activity_that_it_names(session: Session) -> None:
    handler = node(
        "subProcess",
        "e",
        node("startEvent", "e_start", COMPENSATE)
        + throw("inside", "a")
        + node("endEvent", "e_end", compensate("s"))
        + chain("e_start", "inside", "e_end"),
        triggeredByEvent="true",
    )
    inner = scope("subProcess", "s", A, B, handler, ids=("a", "b"))
    instance = start(session, process(straight(inner, throw("t", "s"), ids=("s", "t"))))
    do(session, "a")
    do(session, "b")
    for element_id in ("undo_a", "undo_b"):
        assert at(session) == [element_id]
        do(session, element_id)
    assert has_ended(instance)
