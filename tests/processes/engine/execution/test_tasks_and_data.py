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
    undoable,
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


def deep(levels: int, inner: str, id_: str) -> str:
    """A task of this id in so many subprocesses; the outermost is called id_1."""
    for level in range(levels, 0, -1):
        inside = id_ if level == levels else f"{id_}_{level + 1}"
        names = (f"s_{id_}_{level}", inside, f"e_{id_}_{level}")
        ends = node("startEvent", names[0]) + node("endEvent", names[2])
        inner = node("subProcess", f"{id_}_{level}", ends + inner + chain(*names))
    return inner


@pytest.mark.parametrize("levels", [1, 3])
def test_a_data_object_is_used_in_every_scope_inside_its_own(session: Session, levels: int) -> None:
    drawn = straight(
        undoable("first"),
        deep(levels, user("a", WRITES), "a"),
        deep(levels, user("b", READS), "b"),
        ids=("first", "a_1", "b_1"),
    )
    instance = start(session, process(OBJECT + drawn))
    do(session, "first")

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
