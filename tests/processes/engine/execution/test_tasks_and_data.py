"""Each kind of task, data objects and lanes, over a reload at every wait."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
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


OBJECT = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
WRITES = (
    '<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>r</bpmn:targetRef>'
    "</bpmn:dataOutputAssociation>"
)
READS = (
    '<bpmn:dataInputAssociation id="in"><bpmn:sourceRef>r</bpmn:sourceRef>'
    "</bpmn:dataInputAssociation>"
)


def test_a_data_object_is_used_in_a_scope_inside_its_own(session: Session) -> None:
    def inside(id_: str, drawn: str) -> str:
        ends = node("startEvent", f"s_{id_}") + node("endEvent", f"e_{id_}")
        body = ends + user(id_, drawn) + chain(f"s_{id_}", id_, f"e_{id_}")
        return node("subProcess", f"in_{id_}", body)

    drawn = straight(inside("a", WRITES), inside("b", READS), ids=("in_a", "in_b"))
    instance = start(session, process(OBJECT + drawn))

    do(session, "a", o=[1, 2])
    assert instances.variables(session, instance) == {"o": [1, 2]}
    (task,) = instances.open_user_tasks(session)
    assert instances.task_variables(session, task)["o"] == [1, 2]
    do(session, "b")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"o": [1, 2]}


def test_a_data_object_drawn_for_people_stops_nothing(session: Session) -> None:
    drawn = straight(user("a", READS + WRITES), user("b", READS), ids=("a", "b"))
    instance = start(session, process(OBJECT + drawn))

    do(session, "a", x=1)
    do(session, "b")

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1, "o": None}


def test_data_that_modelling_tools_draw_is_documentation(session: Session) -> None:
    specified = (
        '<bpmn:ioSpecification><bpmn:dataInput id="din"/><bpmn:dataOutput id="dout"/>'
        "<bpmn:inputSet><bpmn:dataInputRefs>din</bpmn:dataInputRefs></bpmn:inputSet>"
        "<bpmn:outputSet><bpmn:dataOutputRefs>dout</bpmn:dataOutputRefs></bpmn:outputSet>"
        "</bpmn:ioSpecification>"
        '<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>store</bpmn:sourceRef>'
        "<bpmn:targetRef>din</bpmn:targetRef></bpmn:dataInputAssociation>"
        '<bpmn:dataOutputAssociation id="u"><bpmn:sourceRef>dout</bpmn:sourceRef>'
        "<bpmn:targetRef>store</bpmn:targetRef></bpmn:dataOutputAssociation>"
    )
    store = '<bpmn:dataStoreReference id="store" name="Kast"/>'
    drawn = process(store + straight(user("a", specified), user("b"), ids=("a", "b")))
    instance = start(session, drawn, x=1)

    do(session, "a", y=2)
    do(session, "b")

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"x": 1, "y": 2}


def test_a_task_knows_its_lane(session: Session) -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="l" name="Register">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    start(session, process(lanes + straight(user("a"), ids=("a",))))
    (task,) = instances.open_user_tasks(session)
    assert task.lane == "Register"
