"""What an event that does not interrupt knows of the activity that it happens beside, and back.

Over a reload at each wait.
"""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.registry import delegate as registered
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    escalation,
    message,
    node,
    process,
    signal,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")

WHEN = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>${n &gt; 3}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
BODY = (
    node("startEvent", "s")
    + user("a")
    + user("b")
    + node("endEvent", "e")
    + chain("s", "a", "b", "e")
)


def beside(kind: str, definition: str, body: str = BODY) -> bytes:
    """A process or subprocess with an event beside it, that leads to the task `handle`."""
    begin = node("startEvent", "h_s", definition, isInterrupting="false")
    handler = node(
        "subProcess",
        "h",
        begin + user("handle") + node("endEvent", "h_e") + chain("h_s", "handle", "h_e"),
        triggeredByEvent="true",
    )
    match kind:
        case "process":
            drawn = body + handler
        case "subprocess":
            drawn = straight(node("subProcess", "sub", body + handler), user("z"), ids=("sub", "z"))
        case _:
            drawn = (
                straight(node("subProcess", "sub", body), user("z"), ids=("sub", "z"))
                + boundary("edge", "sub", definition, interrupting=False)
                + user("handle")
                + chain("edge", "handle", "end")
            )
    return process(drawn, messages=("m",), signals=("x",), escalations=("up",))


def seen(session: Session, element_id: str) -> dict[str, Any]:
    (task, *_) = (t for t in instances.open_user_tasks(session) if t.element_id == element_id)
    return instances.task_variables(session, task)


def ring(session: Session, **variables: Any) -> None:
    assert messages.send_message(session, "m", correlation_key="1", variables=variables)


KINDS = ["process", "subprocess", "edge"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_knows_what_was_filled_in_until_then_and_what_it_brings(
    session: Session, kind: str
) -> None:
    start(session, beside(kind, message("m")), n=1, k=1)
    do(session, "a", n=7, k=7, new=True)
    ring(session, k=8)

    assert seen(session, "handle") == {"n": 7, "k": 8, "new": True}
    assert seen(session, "b") == {"n": 7, "k": 7, "new": True}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_after_it_counts(session: Session, kind: str) -> None:
    instance = start(session, beside(kind, message("m")), n=1)
    do(session, "a", n=7)
    ring(session)
    do(session, "b", n=9)
    assert instances.variables(session, instance)["n"] == 9
    do(session, "handle", other=1)
    if kind != "process":
        assert seen(session, "z")["n"] == 9
        do(session, "z")
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"n": 9, "other": 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", ["b", "handle"])
def test_what_it_writes_anew_counts(session: Session, kind: str, first: str) -> None:
    instance = start(session, beside(kind, message("m")), n=1)
    do(session, "a", n=7)
    ring(session)
    for name in (first, *({"b", "handle"} - {first})):
        do(session, name, **({"n": 1} if name == "handle" else {}))
    if kind != "process":
        do(session, "z")
    assert has_ended(instance)
    assert incidents.open_incidents(session) == []
    assert instances.variables(session, instance) == {"n": 1}


def test_a_variable_that_both_write_after_it_is_an_incident(session: Session) -> None:
    start(session, beside("subprocess", message("m")), n=1)
    do(session, "a", n=7)
    ring(session)
    do(session, "handle", n=1)
    with pytest.raises(StepFailedError):
        do(session, "b", n=9)
    (incident,) = incidents.open_incidents(session)
    assert "n" in incident.message
    assert at(session) == ["b"]


def test_of_two_events_the_later_knows_more_and_neither_is_in_the_way(session: Session) -> None:
    start(session, beside("subprocess", message("m")), n=1)
    ring(session)
    do(session, "a", n=7)
    ring(session)
    assert sorted(
        instances.task_variables(session, each)["n"]
        for each in instances.open_user_tasks(session)
        if each.element_id == "handle"
    ) == [1, 7]
    for name in ("handle", "b", "handle"):
        do(session, name)
    assert seen(session, "z")["n"] == 7


def test_a_condition_comes_true_again_after_what_was_done_about_it(session: Session) -> None:
    start(session, beside("process", WHEN), n=1)
    do(session, "a", n=7)
    assert seen(session, "handle")["n"] == 7
    do(session, "handle", n=2)
    do(session, "b", n=2)
    assert at(session) == []


def test_a_condition_that_holds_again_happens_again(session: Session) -> None:
    body = BODY.replace(chain("a", "b"), chain("a", "c", "b")) + user("c")
    start(session, beside("process", WHEN, body), n=1)
    do(session, "a", n=7)
    do(session, "handle", n=2)
    do(session, "c", n=9)
    assert at(session) == ["b", "handle"]


TWO = "<bpmn:conditionalEventDefinition><bpmn:condition>${n == 2}</bpmn:condition>"
TWO += "</bpmn:conditionalEventDefinition>"
CAUGHT = (
    node("startEvent", "start")
    + node("parallelGateway", "fork")
    + user("b")
    + node("parallelGateway", "join")
    + user("z")
    + node("endEvent", "end")
    + user("handle")
    + chain("fork", "a", "b", "join", "z", "end")
    + chain("handle", "join")
)


@pytest.mark.parametrize("waits", ["catch", "edge", "stops"])
@pytest.mark.parametrize(("later", "last"), [(None, 2), (3, 3)])
def test_what_follows_a_condition_knows_what_it_was_about(
    session: Session, waits: str, later: int | None, last: int
) -> None:
    if waits == "catch":
        drawn = node("intermediateCatchEvent", "when", TWO) + chain("fork", "when", "handle")
    else:
        drawn = user("c") + boundary("when", "c", TWO, interrupting=waits == "stops")
        drawn += chain("fork", "c") + chain("when", "handle")
    instance = start(session, process(CAUGHT + user("a") + chain("start", "fork") + drawn), n=0)
    do(session, "a", n=2)
    assert "handle" in at(session)
    assert seen(session, "handle") == {"n": 2}
    given = {} if later is None else {"n": later}
    do(session, "b", **given)
    assert instances.variables(session, instance) == {"n": last}
    do(session, "handle")
    assert incidents.open_incidents(session) == []
    assert seen(session, "z") == {"n": last}


def test_where_only_it_comes_to_a_join_what_it_saw_is_known_there(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "fork")
        + node("subProcess", "sub", BODY)
        + boundary("edge", "sub", message("m"), interrupting=False)
        + user("handle")
        + user("other")
        + node("parallelGateway", "join")
        + user("z")
        + node("endEvent", "end")
        + chain("start", "fork", "sub", "end")
        + chain("fork", "other", "join", "z", "end")
        + chain("edge", "handle", "join")
    )
    start(session, process(body, messages=("m",)), n=1)
    do(session, "a", n=7)
    ring(session)
    do(session, "handle")
    do(session, "other")
    assert seen(session, "z")["n"] == 7


@pytest.mark.parametrize("definition", [signal("x"), escalation("up")], ids=["signal", "up"])
def test_what_follows_in_the_same_turn_counts(session: Session, definition: str) -> None:
    @registered("count", title="Tellen")
    def count(_session: Session) -> dict[str, Any]:
        return {"n": 9}

    throws = node("intermediateThrowEvent", "throw", definition)
    body = (
        node("startEvent", "s")
        + user("a")
        + throws
        + delegate("count")
        + user("b")
        + node("endEvent", "e")
        + chain("s", "a", "throw", "count", "b", "e")
    )
    instance = start(session, beside("edge", definition, body), n=1)
    do(session, "a", n=7)
    assert seen(session, "handle")["n"] == 7
    assert instances.variables(session, instance)["n"] == 9
    do(session, "b")
    assert seen(session, "z")["n"] == 9
