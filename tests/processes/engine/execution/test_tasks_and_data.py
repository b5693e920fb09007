"""Each kind of task, data objects and lanes, over a reload at every wait."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances, messages
from processes.engine.insight import history
from tests.processes.engine.diagrams import (
    chain,
    define,
    flow,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")


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
