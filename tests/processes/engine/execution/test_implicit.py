"""A scope may begin and end without events for it, and a loop may count without waiting."""

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.checks.findings import HARMLESS
from processes.engine.execution import instances
from processes.engine.execution.incidents import open_incidents
from processes.engine.execution.steps import StepFailedError
from tests.processes.engine.checks.rules.judging import found
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    flow,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


def refused(xml: bytes) -> list[str]:
    return [str(each) for each in found(xml) if each.severity not in HARMLESS]


def test_a_process_begins_at_what_nothing_leads_to_and_ends_where_paths_stop(
    session: Session,
) -> None:
    xml = process(user("a") + user("b") + user("c") + chain("a", "b"))
    assert refused(xml) == []
    instance = start(session, xml, n=1)
    assert at(session) == ["a", "c"]
    do(session, "a")
    do(session, "c", n=2)
    assert at(session) == ["b"]
    do(session, "b", done=True)
    assert has_ended(instance)
    assert instances.variables(session, instance) == {"n": 2, "done": True}


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("ends", [True, False])
def test_a_subprocess_may_have_no_events(session: Session, begins: bool, ends: bool) -> None:
    inner = user("a") + user("b") + chain("a", "b")
    inner += node("startEvent", "s") + chain("s", "a") if begins else ""
    inner += node("endEvent", "e") + chain("b", "e") if ends else ""
    xml = process(straight(node("subProcess", "sub", inner), user("c"), ids=("sub", "c")))
    assert refused(xml) == []
    start(session, xml)
    for name in ("a", "b"):
        assert at(session) == [name]
        do(session, name, **{f"by_{name}": 1})
    assert at(session) == ["c"]


@pytest.mark.parametrize("kind", ["exclusiveGateway", "parallelGateway", "inclusiveGateway"])
def test_a_gateway_may_be_the_last_node(session: Session, kind: str) -> None:
    gateway = node("startEvent", "start") + user("a") + node(kind, "g") + chain("start", "a", "g")
    assert refused(process(gateway)) == []
    instance = start(session, process(gateway))
    do(session, "a")
    assert has_ended(instance)


def test_an_event_subprocess_without_an_end_ends(session: Session) -> None:
    handler = node("startEvent", "e", message("m")) + user("b") + chain("e", "b")
    body = user("a") + node("subProcess", "sub", handler, triggeredByEvent="true")
    xml = process(body, messages=("m",))
    assert refused(xml) == []
    instance = start(session, xml)
    assert at(session) == ["a"]
    do(session, "a")
    assert has_ended(instance)


def test_an_event_on_an_edge_may_lead_nowhere(session: Session) -> None:
    edge = boundary("e", "a", message("m"), interrupting=False)
    inner = user("a") + edge
    xml = process(straight(node("subProcess", "sub", inner), ids=("sub",)), messages=("m",))
    assert refused(xml) == []
    instance = start(session, xml)
    do(session, "a")
    assert has_ended(instance)


def counting(limit: int) -> bytes:
    gateways = node("exclusiveGateway", "m") + node("exclusiveGateway", "g", default="g_to_b")
    body = straight(gateways + delegate("d") + user("b"), ids=("m", "d", "g", "b"))
    return process(body + flow("g", "m", f"${{n &lt; {limit}}}"))


@pytest.mark.parametrize("limit", [3, 300])
def test_a_loop_may_count_without_waiting(session: Session, limit: int) -> None:
    registry.delegate("d", title="d")(lambda _session, n: {"n": n + 1})
    assert "loop-without-wait" in {each.rule for each in found(counting(limit))}
    instance = start(session, counting(limit), n=0)
    assert at(session) == ["b"]
    assert instances.variables(session, instance)["n"] == limit


def test_a_loop_that_counts_too_far_is_an_incident(session: Session) -> None:
    registry.delegate("d", title="d")(lambda _session, n: {"n": n + 1})
    with pytest.raises(StepFailedError) as failed:
        start(session, counting(1_000_000), n=0)
    assert failed.value.incident.kind == "budget"


def test_paths_that_just_stop_are_named_by_what_was_drawn_where_they_disagree(
    session: Session,
) -> None:
    inner = user("a") + user("b")
    start(session, process(straight(node("subProcess", "sub", inner), ids=("sub",))))
    do(session, "a", n=1)
    with pytest.raises(StepFailedError, match=r"“a” en “b” .* “n”, en komen samen bij “sub”"):
        do(session, "b", n=2)
    assert [each.element_id for each in open_incidents(session)] == ["sub"]


def test_what_a_node_says_of_its_arrows_is_not_asked(session: Session) -> None:
    """Some programs write nodes in `incoming` and `outgoing`; the arrows themselves say it all."""
    ends = node("startEvent", "start", "<bpmn:outgoing>a</bpmn:outgoing>") + node("endEvent", "end")
    told = "<bpmn:incoming>start</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>"
    asks = user("a", told) + user("b", "<bpmn:incoming>a</bpmn:incoming>")
    xml = process(ends + asks + chain("start", "a", "b", "end"))
    assert refused(xml) == []
    instance = start(session, xml)
    do(session, "a")
    assert at(session) == ["b"]
    do(session, "b")
    assert has_ended(instance)
