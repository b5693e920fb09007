"""Local variables: parameters of activities and mappings of calls, over a reload at every wait."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.registry import BpmnError
from processes.engine.registry import delegate as registered
from processes.engine.store.models import Job, ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    delegate,
    error,
    escalation,
    flow,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")

EXTENSIONS = "<bpmn:extensionElements>{}</bpmn:extensionElements>"


def local(inputs: str = "", outputs: str = "") -> str:
    """Parameters, each as `name=value`, apart by `;`."""
    written = ""
    for tag, drawn in (("input", inputs), ("output", outputs)):
        for each in filter(None, drawn.split(";")):
            name, _, value = each.partition("=")
            written += f'<camunda:{tag}Parameter name="{name}">{value}</camunda:{tag}Parameter>'
    return EXTENSIONS.format(f"<camunda:inputOutput>{written}</camunda:inputOutput>")


def passing(*mappings: str) -> str:
    """The mappings of a call, each as `in source="a" target="b"`."""
    return EXTENSIONS.format("".join(f"<camunda:{each}/>" for each in mappings))


def sub(id_: str, *tasks: str, ids: tuple[str, ...], extra: str = "", kind: str = "") -> str:
    """A subprocess of these tasks, one after the other."""
    ends = node("startEvent", f"{id_}_s") + node("endEvent", f"{id_}_e")
    inner = extra + ends + "".join(tasks) + chain(f"{id_}_s", *ids, f"{id_}_e")
    return node(kind or "subProcess", id_, inner)


def call(session: Session, *mappings: str, tasks: str = "inside", extra: str = "") -> str:
    """A call activity `call` of a process with this user task."""
    if not session.query(ProcessInstance).count():
        define(session, process(straight(user(tasks), ids=(tasks,)), "q"), "q")
    return node("callActivity", "call", passing(*mappings) + extra, calledElement="q")


def around(*nodes: str, ids: tuple[str, ...]) -> bytes:
    """These, and then a user task `after`."""
    return process(straight(*nodes, user("after"), ids=(*ids, "after")))


def seen(session: Session, element_id: str) -> dict[str, object]:
    """The variables as the open task at this element sees them."""
    tasks = {task.element_id: task for task in instances.open_user_tasks(session)}
    return instances.task_variables(session, tasks[element_id])


# -- input and output parameters


def test_inputs_are_seen_inside_alone_and_answers_go_up(session: Session) -> None:
    task = user("a", local("amount=${n * 2};label=Bedrag"))
    instance = start(session, around(task, ids=("a",)), n=3)

    assert seen(session, "a") == {"n": 3, "amount": 6, "label": "Bedrag"}
    assert instances.variables(session, instance) == {"n": 3}
    do(session, "a", answer="ja")

    assert seen(session, "after") == {"n": 3, "answer": "ja"}
    assert instances.variables(session, instance) == {"n": 3, "answer": "ja"}


def test_outputs_alone_go_up_where_they_are_drawn(session: Session) -> None:
    task = user("a", local("amount=${n * 2}", "total=${amount + extra}"))
    instance = start(session, around(task, ids=("a",)), n=3)

    do(session, "a", extra=4, remark="weg")

    assert seen(session, "after") == {"n": 3, "total": 10}
    assert instances.variables(session, instance) == {"n": 3, "total": 10}


def test_an_input_hides_a_variable_of_its_name_and_gives_it_back(session: Session) -> None:
    start(session, around(user("a", local("n=${n + 1}")), ids=("a",)), n=3)

    assert seen(session, "a") == {"n": 4}
    do(session, "a", n=9)

    assert seen(session, "after") == {"n": 3}


def test_lists_and_maps_are_filled_in(session: Session) -> None:
    value = (
        "who=<camunda:map><camunda:entry key='name'>${name}</camunda:entry>"
        "<camunda:entry key='tags'><camunda:list><camunda:value>a</camunda:value>"
        "<camunda:value>${n}</camunda:value></camunda:list></camunda:entry></camunda:map>"
        ";none=;deep=<camunda:list><camunda:list><camunda:value>${n}</camunda:value>"
        "</camunda:list></camunda:list>"
    )
    start(session, around(user("a", local(value)), ids=("a",)), n=3, name="Anna")

    inside = seen(session, "a")
    assert inside["who"] == {"name": "Anna", "tags": ["a", 3]}
    assert inside["none"] is None
    assert inside["deep"] == [[3]]


def test_a_service_gets_arguments_and_gives_up_its_outputs_alone(session: Session) -> None:
    @registered("add", title="Tel op")
    def add(_session: Session, numbers: list[int]) -> dict[str, object]:
        return {"sum": sum(numbers), "noise": True}

    drawn = "numbers=<camunda:list><camunda:value>${n}</camunda:value>"
    drawn += "<camunda:value>${4}</camunda:value></camunda:list>"
    service = delegate("d", "add", local(drawn, "total=${sum};counted=${len(numbers)}"))
    instance = start(session, around(service, ids=("d",)), n=3)

    assert instances.variables(session, instance) == {"n": 3, "total": 7, "counted": 2}


def test_a_job_gives_up_its_outputs_alone(session: Session) -> None:
    service = job("j", inner=local("to=${name}", "sent=${ok};address=${to}"))
    instance = start(session, around(service, ids=("j",)), name="Anna")
    (made,) = session.query(Job).all()
    assert made.arguments["to"] == "Anna"

    work_off(session, "j", {"ok": True, "raw": "250"})

    assert instances.variables(session, instance) == {
        "name": "Anna",
        "sent": True,
        "address": "Anna",
    }


def test_a_subprocess_has_variables_of_its_own(session: Session) -> None:
    inner = sub("s", user("a"), user("b"), ids=("a", "b"), extra=local("x=${n}", "y=${x + z}"))
    instance = start(session, around(inner, ids=("s",)), n=3)

    assert seen(session, "a") == {"n": 3, "x": 3}
    do(session, "a", z=4, x=5)
    assert seen(session, "b") == {"n": 3, "x": 5, "z": 4}
    assert instances.variables(session, instance) == {"n": 3}
    do(session, "b")

    assert seen(session, "after") == {"n": 3, "y": 9}


@pytest.mark.parametrize("extra", [local("x=1"), local("x=1", "y=2")])
def test_what_was_local_does_not_outlive_an_interruption(session: Session, extra: str) -> None:
    inner = sub("s", user("a"), user("b"), ids=("a", "b"), extra=extra)
    late = boundary("late", "s", timer("timeDuration", "PT1H")) + user("chase")
    xml = around(inner, late, chain("late", "chase", "end"), ids=("s",))
    start(session, xml, n=3)
    do(session, "a", x=9, z=4)

    assert later(session, timedelta(hours=2)) == 1

    kept = {"n": 3} if "outputParameter" in extra else {"n": 3, "z": 4}
    assert seen(session, "chase") == kept


@pytest.mark.parametrize("parallel", ["true", "false"])
def test_each_round_has_inputs_of_its_own(session: Session, parallel: str) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{parallel}"'
        ' camunda:collection="cities" camunda:elementVariable="city"/>'
    )
    inner = sub("s", user("a"), ids=("a",), extra=local("label=${city}", "last=${label}") + loop)
    instance = start(session, around(inner, ids=("s",)), cities=["Noord", "Zuid"])

    rounds = list[object]()
    while at(session)[0] == "a":
        task = instances.open_user_tasks(session)[0]
        inside = instances.task_variables(session, task)
        assert inside["label"] == inside["city"]
        rounds.append(inside["label"])
        assert "label" not in instances.variables(session, instance)
        instances.complete_user_task(session, task.id, completed_by="anna", variables={"z": 1})

    assert {*rounds} == {"Noord", "Zuid"}
    assert seen(session, "after") == {"cities": ["Noord", "Zuid"], "last": rounds[-1]}


def test_outputs_are_collected_by_a_multi_instance(session: Session) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="cities" camunda:elementVariable="city">'
        "<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>"
        '<bpmn:outputDataItem id="one"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    task = user("a", local("", "one=${city + mark}") + loop)
    start(session, around(task, ids=("a",)), cities=[10, 20])

    do(session, "a", mark=1)
    do(session, "a", mark=2)

    assert seen(session, "after") == {"cities": [10, 20], "all": [11, 22]}


def parallel(*branches: tuple[str, str]) -> bytes:
    """Branches of one activity each, between two parallel gateways, and then `after`."""
    nodes = node("startEvent", "s") + node("endEvent", "e") + user("after")
    nodes += node("parallelGateway", "split") + node("parallelGateway", "join")
    flows = chain("s", "split") + chain("join", "after", "e")
    flows += "".join(chain("split", id_, "join") for id_, _drawn in branches)
    return process(nodes + "".join(drawn for _id, drawn in branches) + flows)


def test_the_same_local_name_in_two_branches_is_no_conflict(session: Session) -> None:
    branches = [(each, user(each, local(f"x={each}", f"of_{each}=${{x}}"))) for each in "ab"]
    instance = start(session, parallel(*branches))

    do(session, "a", note=1)
    assert instances.variables(session, instance) == {"of_a": "a"}
    do(session, "b", note=2)

    assert seen(session, "after") == {"of_a": "a", "of_b": "b"}


def test_the_same_output_in_two_branches_is_a_conflict_that_names_both(session: Session) -> None:
    branches = [(each, user(each, local("", f"x={each}"))) for each in "ab"]
    start(session, parallel(*branches))

    do(session, "a")
    with pytest.raises(StepFailedError):
        do(session, "b")

    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "merge-conflict"
    assert "“a”" in incident.message
    assert "“b”" in incident.message


def test_a_subprocess_in_one_branch_does_not_bring_back_what_the_other_wrote_before(
    session: Session,
) -> None:
    inner = sub("s", user("b"), user("c"), ids=("b", "c"))
    first = user("first") + chain("first", "s")
    xml = parallel(("a", user("a")), ("first", first + inner)).replace(
        flow("first", "join").encode(), flow("s", "join").encode()
    )
    instance = start(session, xml, x=0)

    do(session, "a", x=1)
    do(session, "first")

    assert instances.variables(session, instance) == {"x": 1}


def test_an_input_that_cannot_be_worked_out_is_an_incident_at_its_element(
    session: Session,
) -> None:
    start(session, process(straight(user("z"), user("a", local("x=${gone}")), ids=("z", "a"))))

    with pytest.raises(StepFailedError):
        do(session, "z")

    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "a"
    assert "gone" in incident.message
    assert at(session) == ["z"]


def test_a_receive_task_knows_its_inputs_and_keeps_them(session: Session) -> None:
    wait = node("receiveTask", "r", local("x=${n + 1}", "y=${x}"), messageRef="message_m")
    xml = process(
        straight(user("a"), wait, user("after"), ids=("a", "r", "after")), messages=("m",)
    )
    instance = start(session, xml, n=1)
    do(session, "a")
    assert instances.variables(session, instance) == {"n": 1}

    messages.send_message(session, "m", correlation_key="1", variables={"body": "x"})

    assert seen(session, "after") == {"n": 1, "y": 2}


def test_a_condition_inside_sees_what_is_local_and_one_outside_does_not(session: Session) -> None:
    holds = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>x == 1</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )
    inner = sub(
        "s",
        user("a") + boundary("in", "a", holds) + user("caught") + chain("in", "caught", "s_e"),
        ids=("a",),
        extra=local("x=1"),
    ).replace(">1<", ">${one}<")
    outer = boundary("out", "s", holds) + user("wrong") + chain("out", "wrong", "end")
    start(session, around(inner, outer, ids=("s",)), one=1)

    assert at(session) == ["caught"]


# -- mappings of a call


def test_without_a_mapping_all_goes_both_ways(session: Session) -> None:
    start(session, around(call(session), ids=("call",)), a=1)

    assert seen(session, "inside") == {"a": 1}
    do(session, "inside", b=2)

    assert seen(session, "after") == {"a": 1, "b": 2}


def test_only_what_is_mapped_goes_in_and_out(session: Session) -> None:
    drawn = call(
        session,
        'in source="a" target="x"',
        'in sourceExpression="${a + 1}" target="y"',
        'in source="gone" target="z"',
        'out source="result" target="r"',
        'out sourceExpression="${result * 2}" target="twice"',
    )
    instance = start(session, around(drawn, ids=("call",)), a=1, secret="s")

    assert seen(session, "inside") == {"x": 1, "y": 2, "z": None}
    do(session, "inside", result=3, noise=True, a=9)

    assert seen(session, "after") == {"a": 1, "secret": "s", "r": 3, "twice": 6}
    assert instances.variables(session, instance) == {"a": 1, "secret": "s", "r": 3, "twice": 6}


@pytest.mark.parametrize("first", ["all", "specific"])
def test_a_specific_mapping_goes_before_all_whatever_the_order(
    session: Session, first: str
) -> None:
    order = 1 if first == "all" else -1
    into = ['in variables="all"', 'in sourceExpression="${n + 1}" target="n"'][::order]
    out = ['out variables="all"', 'out source="m" target="n"'][::order]
    start(session, around(call(session, *into, *out), ids=("call",)), n=1, k=2)

    assert seen(session, "inside") == {"n": 2, "k": 2}
    do(session, "inside", m=7)

    assert seen(session, "after") == {"n": 7, "k": 2, "m": 7}


def test_a_direction_without_a_mapping_passes_everything(session: Session) -> None:
    start(session, around(call(session, 'in source="a" target="x"'), ids=("call",)), a=1)

    do(session, "inside", b=2)

    assert seen(session, "after") == {"a": 1, "x": 1, "b": 2}


def test_what_is_local_to_the_call_goes_in_and_out_as_local(session: Session) -> None:
    drawn = call(
        session,
        'in variables="all" local="true"',
        'out source="b" target="c" local="true"',
        'out source="d" target="e"',
        extra=local("x=${a}", "f=${c}"),
    )
    drawn = drawn.replace("</bpmn:extensionElements><bpmn:extensionElements>", "")
    start(session, around(drawn, ids=("call",)), a=1)

    assert seen(session, "inside") == {"x": 1}
    do(session, "inside", b=2, d=4)

    assert seen(session, "after") == {"a": 1, "e": 4, "f": 2}


def test_the_business_key_of_the_case_may_be_passed(session: Session) -> None:
    drawn = call(session, 'in businessKey="#{execution.processBusinessKey}"')
    start(session, around(drawn, ids=("call",)), a=1)

    assert seen(session, "inside") == {"a": 1}


def test_calls_within_calls_pass_what_each_of_them_says(session: Session) -> None:
    define(session, process(straight(user("deep"), ids=("deep",)), "r"), "r")
    inner = node(
        "callActivity",
        "c2",
        passing('in source="x" target="y"', 'out source="z" target="x"'),
        calledElement="r",
    )
    define(session, process(straight(user("mid"), inner, ids=("mid", "c2")), "q"), "q")
    outer = node(
        "callActivity",
        "c1",
        passing('in source="a" target="x"', 'out source="x" target="a"'),
        calledElement="q",
    )
    instance = start(session, around(outer, ids=("c1",)), a=1)

    do(session, "mid", own=5)
    assert seen(session, "deep") == {"y": 1}
    do(session, "deep", z=8)

    assert seen(session, "after") == {"a": 8}
    assert instances.variables(session, instance) == {"a": 8}


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_round_of_a_call_passes_its_own_element(session: Session, sequential: str) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"'
        ' camunda:collection="cities" camunda:elementVariable="city">'
        "<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>"
        '<bpmn:outputDataItem id="one"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    drawn = call(
        session, 'in source="city" target="name"', 'out source="found" target="one"', extra=loop
    )
    start(session, around(drawn, ids=("call",)), cities=["Noord", "Zuid"])

    while at(session)[0] == "inside":
        task = instances.open_user_tasks(session)[0]
        (name,) = instances.task_variables(session, task).values()
        instances.complete_user_task(
            session, task.id, completed_by="anna", variables={"found": f"{name}!"}
        )

    after = seen(session, "after")
    assert {**after, "all": None} == {"cities": ["Noord", "Zuid"], "all": None}
    assert after["all"] in (["Noord!", "Zuid!"], ["Zuid!", "Noord!"])


def test_two_calls_that_write_one_variable_are_a_conflict(session: Session) -> None:
    define(session, process(straight(user("inside"), ids=("inside",)), "q"), "q")
    calls = [
        (each, node("callActivity", each, passing('out source="y" target="x"'), calledElement="q"))
        for each in ("one", "two")
    ]
    start(session, parallel(*calls))

    do(session, "inside", y=1, z=1)
    with pytest.raises(StepFailedError):
        do(session, "inside", y=2, z=2)

    (incident,) = incidents.open_incidents(session)
    assert "“x”" in incident.message


@pytest.mark.parametrize("mapping", [(), ('out source="b" target="c"',)])
def test_an_error_in_a_called_process_brings_only_what_its_mapping_shows(
    session: Session, mapping: tuple[str, ...]
) -> None:
    body = straight(user("inside"), ids=("inside",))
    body = body.replace(node("endEvent", "end"), node("endEvent", "end", error("x")))
    define(session, process(body, "q", errors=("x",)), "q")
    drawn = node("callActivity", "call", passing(*mapping), calledElement="q")
    drawn += boundary("caught", "call", error("x")) + user("repair")
    xml = process(straight(drawn, ids=("call",)) + chain("caught", "repair", "end"), errors=("x",))
    start(session, xml, a=1)

    do(session, "inside", b=2)

    assert seen(session, "repair") == ({"a": 1} if mapping else {"a": 1, "b": 2})


def test_an_escalation_from_a_scope_that_goes_on_brings_nothing_that_is_local(
    session: Session,
) -> None:
    raised = node("intermediateThrowEvent", "t", escalation("e"))
    inner = sub("s", user("a") + raised + user("b"), ids=("a", "t", "b"), extra=local("x=1"))
    edge = boundary("told", "s", escalation("e"), interrupting=False) + user("look")
    xml = process(
        straight(inner, edge, ids=("s",)) + chain("told", "look", "end"), escalations=("e",)
    )
    start(session, xml)

    do(session, "a", z=2)

    assert seen(session, "look") == {"z": 2}
    assert seen(session, "b") == {"x": "1", "z": 2}


def test_a_bpmn_error_of_a_job_leaves_what_was_local(session: Session) -> None:
    inner = sub("s", job("j"), ids=("j",), extra=local("x=1", "y=2"))
    drawn = inner + boundary("caught", "s", error("x")) + user("repair")
    xml = process(straight(drawn, ids=("s",)) + chain("caught", "repair", "end"), errors=("x",))
    start(session, xml, a=1)

    work_off(session, "j", BpmnError("x"))

    assert seen(session, "repair") == {"a": 1}


def test_the_end_of_a_process_keeps_nothing_local(session: Session) -> None:
    instance = start(session, process(straight(user("a", local("x=1")), ids=("a",))))

    do(session, "a", b=2)

    assert has_ended(instance)
    assert instances.variables(session, instance) == {"b": 2}


def test_a_message_carries_what_is_drawn_also_as_a_list(session: Session) -> None:
    drawn = "cities=<camunda:list><camunda:value>${a}</camunda:value></camunda:list>"
    thrown = node("intermediateThrowEvent", "t", local(drawn) + message("m"))
    wait = node("receiveTask", "r", messageRef="message_m")
    body = (
        node("startEvent", "start")
        + node("endEvent", "end")
        + node("parallelGateway", "split")
        + thrown
        + wait
        + user("after")
        + chain("start", "split", "t", "end")
        + chain("split", "r", "after", "end")
    )
    start(session, process(body, messages=("m",)), a="Noord")

    assert seen(session, "after")["cities"] == ["Noord"]
