"""Several event subprocesses of one scope, one in another, and in rounds.

Over a reload at every wait.
"""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.insight import history
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    escalation,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.execution.scopes.test_event_subprocesses import ROUNDS, handler
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


def several(*handlers: str, kind: str) -> bytes:
    """A process or subprocess with these event subprocesses, around two tasks."""
    body = user("a") + user("b") + "".join(handlers)
    if kind == "process":
        drawn = straight(body, ids=("a", "b"))
    else:
        inner = node("startEvent", "s") + node("endEvent", "e") + body + chain("s", "a", "b", "e")
        drawn = straight(node("subProcess", "sub", inner), user("z"), ids=("sub", "z"))
    return process(drawn, messages=("one", "two", "stop"), errors=("refused",))


def leading_to(id_: str, definition: str, *, ends: str = "", interrupting: bool = False) -> str:
    inner = user(f"{id_}_task") + chain(f"{id_}_start", f"{id_}_task", f"{id_}_end")
    drawn = handler(id_, definition, inner, interrupting=interrupting)
    return drawn.replace(f'name="{id_}_end"></', f'name="{id_}_end">{ends}</')


BOTH = ["process", "subprocess"]


@pytest.mark.parametrize("kind", BOTH)
def test_one_that_interrupts_ends_those_that_run_beside_its_scope(
    session: Session, kind: str
) -> None:
    beside = leading_to("one", message("one")), leading_to("two", message("two"))
    xml = several(*beside, leading_to("stop", message("stop"), interrupting=True), kind=kind)
    instance = start(session, xml, n=0)
    do(session, "a", n=1)
    for name in ("one", "two", "two"):
        assert messages.send_message(session, name, correlation_key="1")
    do(session, "one_task", n=2, one=True)
    assert at(session) == ["b", "two_task", "two_task"]

    assert messages.send_message(session, "stop", correlation_key="1", variables={"why": "x"})
    assert at(session) == ["stop_task"]
    assert history.waiting_at(session, instance.id) == ["stop_task"]
    (task,) = instances.open_user_tasks(session)
    assert instances.task_variables(session, task) == {"n": 2, "one": True, "why": "x"}

    do(session, "stop_task", n=3)
    if kind == "subprocess":
        (task,) = instances.open_user_tasks(session)
        assert instances.task_variables(session, task) == {"n": 3, "one": True, "why": "x"}
        do(session, "z")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"n": 3, "one": True, "why": "x"}


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "last"), [("one_task", None, 2), ("one_task", "b", 7), ("b", "one_task", 2)]
)
def test_the_latest_write_of_a_scope_counts_for_the_next_and_behind_it(
    session: Session, first: str, second: str | None, last: int, *, interrupting: bool
) -> None:
    beside = leading_to("one", message("one"))
    stop = leading_to("stop", message("stop"), interrupting=interrupting)
    xml = several(beside, stop, user("c"), kind="subprocess").replace(
        chain("b", "e").encode(), chain("b", "c", "e").encode()
    )
    start(session, xml, n=0)
    do(session, "a", n=1)
    assert messages.send_message(session, "one", correlation_key="1")
    for name in filter(None, (first, second)):
        do(session, name, n={"one_task": 2, "b": 7}[name])
    assert messages.send_message(session, "stop", correlation_key="1")

    def known() -> dict[str, int]:
        open_tasks = instances.open_user_tasks(session)
        return {t.element_id: instances.task_variables(session, t)["n"] for t in open_tasks}

    assert known()["stop_task"] == last
    while (left := at(session)) != ["z"]:
        do(session, left[-1])
    assert known() == {"z": last}


@pytest.mark.parametrize("kind", BOTH)
def test_an_error_of_one_is_caught_by_another_of_its_scope(session: Session, kind: str) -> None:
    fails = leading_to("one", message("one"), ends=error("refused"))
    caught = leading_to("stop", error("refused"), interrupting=True)
    instance = start(session, several(fails, caught, kind=kind))
    assert messages.send_message(session, "one", correlation_key="1")
    do(session, "one_task", k=1)
    assert at(session) == ["stop_task"]
    (task,) = instances.open_user_tasks(session)
    assert instances.task_variables(session, task) == {"k": 1}
    do(session, "stop_task")
    if kind == "subprocess":
        do(session, "z")
    assert has_ended(instance)


def test_an_error_that_one_throws_again_goes_outward(session: Session) -> None:
    again = leading_to("stop", error("refused"), ends=error("refused"), interrupting=True)
    fails = leading_to("one", message("one"), ends=error("refused"))
    xml = several(fails, again, kind="subprocess").replace(
        b"</bpmn:process>",
        (
            boundary("failed", "sub", error("refused")) + user("y") + chain("failed", "y", "end")
        ).encode()
        + b"</bpmn:process>",
    )
    start(session, xml)
    assert messages.send_message(session, "one", correlation_key="1")
    do(session, "one_task")
    do(session, "stop_task")
    assert at(session) == ["y"]


def test_an_escalation_of_one_does_not_begin_it_again(session: Session) -> None:
    up = escalation("up")
    again = leading_to("one", up, ends=up)
    throws = node("intermediateThrowEvent", "throw", up)
    body = straight(throws, user("b"), ids=("throw", "b")) + again
    start(session, process(body, escalations=("up",)))
    assert at(session) == ["b", "one_task"]
    do(session, "one_task")
    assert at(session) == ["b"]


LATER = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>${item == 2 and n &gt; 3}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)


@pytest.mark.parametrize("at_edge", [True, False])
def test_a_condition_in_a_round_sees_its_element_and_nothing_of_other_rounds(
    session: Session, *, at_edge: bool
) -> None:
    edge = boundary("e", "c", LATER, interrupting=False) + user("e_task") + chain("e", "e_task")
    beside = edge if at_edge else leading_to("e", LATER)
    inner = (
        ROUNDS.format("false")
        + node("startEvent", "s")
        + user("a")
        + user("b")
        + user("c")
        + chain("s", "a", "b", "c")
        + beside
    )
    drawn = straight(node("subProcess", "sub", inner), user("z"), ids=("sub", "z"))
    start(session, process(drawn), items=[1, 2, 3], n=0)

    def answer(element_id: str, item: int, n: int) -> None:
        tasks = instances.open_user_tasks(session)
        (task,) = (
            each
            for each in tasks
            if each.element_id == element_id
            and instances.task_variables(session, each)["item"] == item
        )
        given = {"n": n}
        instances.complete_user_task(session, task.id, completed_by="anna", variables=given)

    answer("a", 1, 9)
    answer("a", 2, 1)
    answer("a", 3, 9)
    assert at(session) == ["b", "b", "b"]
    answer("b", 1, 9)
    assert at(session) == ["b", "b", "c"]
    answer("b", 2, 5)
    assert at(session) == ["b", "c", "c", "e_task"]
    (task,) = (t for t in instances.open_user_tasks(session) if t.element_id == "e_task")
    variables = instances.task_variables(session, task)
    assert (variables["item"], variables["n"]) == (2, 5)


def test_an_event_subprocess_has_event_subprocesses_of_its_own(session: Session) -> None:
    within = leading_to("two", message("two"), interrupting=True)
    outer = leading_to("one", message("one")).replace("</bpmn:subProcess>", within) + (
        "</bpmn:subProcess>"
    )
    instance = start(session, several(outer, kind="process"))
    do(session, "a", n=1)
    assert messages.send_message(session, "one", correlation_key="1", variables={"k": 2})
    assert at(session) == ["b", "one_task"]
    assert messages.send_message(session, "two", correlation_key="1")
    assert at(session) == ["b", "two_task"]
    (task,) = (t for t in instances.open_user_tasks(session) if t.element_id == "two_task")
    assert instances.task_variables(session, task) == {"n": 1, "k": 2}
    do(session, "two_task")
    assert at(session) == ["b"]
    do(session, "b")
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert {"one_start", "two_start", "two_end"} <= set(passed)
