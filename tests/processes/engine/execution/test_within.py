"""What an instance throws or changes reaches its own tokens at once, before its flow goes on."""

import pytest
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import ActivityInstance, InstanceStatus, MessageSubscription
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    delegate,
    node,
    process,
    signal,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


def condition(text: str) -> str:
    return (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )


def sub(inner: str, id_: str = "sub", **attributes: str) -> str:
    return node("subProcess", id_, inner, **attributes)


def scope(*nodes: str, ids: tuple[str, ...], end: str = "") -> str:
    """Start `s`, these one after the other, and end `e` with this definition."""
    ends = node("startEvent", "s") + node("endEvent", "e", end)
    return ends + "".join(nodes) + chain("s", *ids, "e")


def throwing(kind: str, session: Session) -> str:
    """An activity `sub` that does user task `a`, and then throws the signal."""
    if kind == "end":
        return sub(scope(user("a"), ids=("a",), end=signal("x")))
    if kind == "between":
        thrown = node("intermediateThrowEvent", "t", signal("x"))
        return sub(scope(user("a"), thrown, user("late"), ids=("a", "t", "late")))
    if kind == "deeper":
        return sub(
            scope(sub(scope(user("a"), ids=("a",), end=signal("x")), "in").replace('"s"', '"s2"')
                  .replace('"e"', '"e2"').replace("s_to", "s2_to"), user("late"),
                  ids=("in", "late"))
        )  # fmt: skip
    called = scope(user("a"), ids=("a",), end=signal("x"))
    define(session, process(called, "q", signals=("x",)), "q")
    return node("callActivity", "sub", calledElement="q")


THROWS = ["end", "between", "called", "deeper"]


@pytest.mark.parametrize("kind", THROWS)
def test_a_signal_interrupts_the_scope_that_throws_it(session: Session, kind: str) -> None:
    body = straight(throwing(kind, session), user("after"), ids=("sub", "after"))
    edge = boundary("heard", "sub", signal("x")) + user("b") + chain("heard", "b", "end")
    instance = start(session, process(body + edge, signals=("x",)))
    do(session, "a", n=1)

    assert at(session) == ["b"]
    assert instances.variables(session, instance)["n"] == 1
    do(session, "b")
    assert has_ended(instance)
    passed = session.query(ActivityInstance).filter_by(instance_id=instance.id)
    thrower = "t" if kind == "between" else "e2" if kind == "deeper" else "e"
    assert thrower in {each.element_id for each in passed}
    assert session.query(MessageSubscription).all() == []


@pytest.mark.parametrize("kind", THROWS)
def test_a_signal_may_let_its_scope_go_on(session: Session, kind: str) -> None:
    body = straight(throwing(kind, session), user("after"), ids=("sub", "after"))
    heard = boundary("heard", "sub", signal("x"), interrupting=False)
    edge = heard + user("b") + chain("heard", "b", "end")
    start(session, process(body + edge, signals=("x",)))
    do(session, "a")
    assert at(session) == sorted(["b", "after" if kind in ("end", "called") else "late"])


@pytest.mark.parametrize(("interrupting", "left"), [("true", ["b"]), ("false", ["b"])])
def test_a_signal_at_the_end_of_the_process_begins_its_event_subprocess(
    session: Session, interrupting: str, left: list[str]
) -> None:
    begin = node("startEvent", "heard", signal("x"), isInterrupting=interrupting)
    inner = begin + user("b") + node("endEvent", "over") + chain("heard", "b", "over")
    body = scope(user("a"), ids=("a",), end=signal("x")) + sub(inner, triggeredByEvent="true")
    instance = start(session, process(body, signals=("x",)))
    do(session, "a")

    assert at(session) == left
    assert instance.status == InstanceStatus.ACTIVE
    do(session, "b")
    assert has_ended(instance)


def test_a_signal_reaches_every_token_that_waits_in_the_instance(session: Session) -> None:
    catchers = "".join(
        node("intermediateCatchEvent", f"c{n}", signal("x")) + user(f"u{n}") for n in (1, 2)
    )
    thrown = node("intermediateThrowEvent", "t", signal("x"))
    body = (
        node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "g")
        + catchers + user("a") + thrown + user("after")
        + chain("start", "g", "c1", "u1", "end") + chain("g", "c2", "u2", "end")
        + chain("g", "a", "t", "after", "end")
    )  # fmt: skip
    start(session, process(body, signals=("x",)))
    do(session, "a")
    assert at(session) == ["after", "u1", "u2"]


def test_a_signal_from_outside_reaches_all_tokens_before_the_flow_goes_on(
    session: Session,
) -> None:
    inner = scope(node("intermediateCatchEvent", "c", signal("x")), delegate("d"), ids=("c", "d"))
    ran = []
    registry.delegate("d", title="d")(lambda _session: ran.append(1))
    body = straight(sub(inner), user("after"), ids=("sub", "after"))
    edge = boundary("heard", "sub", signal("x")) + user("b") + chain("heard", "b", "end")
    start(session, process(body + edge, signals=("x",)))

    messages.send_signal(session, "x")
    assert at(session) == ["b"]
    assert ran == []


def test_a_signal_is_not_kept_for_who_waits_after_it(session: Session) -> None:
    thrown = node("intermediateThrowEvent", "t", signal("x"))
    wait = node("intermediateCatchEvent", "c", signal("x"))
    body = straight(user("a"), thrown, wait, user("b"), ids=("a", "t", "c", "b"))
    start(session, process(body, signals=("x",)))
    do(session, "a")
    assert at(session) == []
    assert messages.send_signal(session, "x") == 1
    assert at(session) == ["b"]


def test_a_signal_still_reaches_other_instances(session: Session) -> None:
    wait = node("intermediateCatchEvent", "c", signal("x"))
    define(session, process(straight(wait, user("b"), ids=("c", "b")), signals=("x",)))
    instances.start_process(session, "p", business_key="2", started_by="test")
    thrown = node("intermediateThrowEvent", "t", signal("x"))
    start(session, process(straight(thrown, user("a"), ids=("t", "a")), signals=("x",)))
    assert at(session) == ["a", "b"]


def test_a_boundary_does_not_hear_what_is_thrown_behind_its_task(session: Session) -> None:
    thrown = node("intermediateThrowEvent", "t", signal("x"))
    body = straight(user("a"), thrown, user("after"), ids=("a", "t", "after"))
    edge = boundary("heard", "a", signal("x")) + user("b") + chain("heard", "b", "end")
    start(session, process(body + edge, signals=("x",)))
    do(session, "a")
    assert at(session) == ["after"]


@pytest.mark.parametrize("kind", ["sub", "call"])
def test_a_condition_that_holds_on_entry_interrupts_before_anything_runs(
    session: Session, kind: str
) -> None:
    ran = []
    registry.delegate("d", title="d")(lambda _session: ran.append(1))
    inner = scope(delegate("d"), ids=("d",))
    define(session, process(inner, "q"), "q")
    drawn = sub(inner) if kind == "sub" else node("callActivity", "sub", calledElement="q")
    body = straight(drawn, user("after"), ids=("sub", "after"))
    edge = boundary("late", "sub", condition("${n == 1}")) + user("b") + chain("late", "b", "end")
    start(session, process(body + edge), n=1)
    assert at(session) == ["b"]
    assert ran == []


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("by", ["user", "delegate"])
def test_a_condition_that_the_last_task_makes_true_is_seen(
    session: Session, by: str, interrupting: bool
) -> None:
    registry.delegate("d", title="d")(lambda _session: {"n": 1})
    last = user("d") if by == "user" else delegate("d")
    body = straight(
        sub(scope(user("a"), last, ids=("a", "d"))), user("after"), ids=("sub", "after")
    )
    late = boundary("late", "sub", condition("${n == 1}"), interrupting=interrupting)
    start(session, process(body + late + user("b") + chain("late", "b", "end")), n=0)
    do(session, "a")
    if by == "user":
        do(session, "d", n=1)
    assert at(session) == (["b"] if interrupting else ["after", "b"])


def test_a_condition_of_the_process_is_seen_when_its_last_task_makes_it_true(
    session: Session,
) -> None:
    begin = node("startEvent", "late", condition("${n == 1}"), isInterrupting="true")
    inner = begin + user("b") + node("endEvent", "over") + chain("late", "b", "over")
    body = scope(user("a"), ids=("a",)) + sub(inner, triggeredByEvent="true")
    start(session, process(body), n=0)
    do(session, "a", n=1)
    assert at(session) == ["b"]


def test_a_condition_that_held_for_a_moment_was_seen(session: Session) -> None:
    values = iter([1, 0])
    registry.delegate("d", title="d")(lambda _session: {"n": next(values)})
    inner = scope(
        user("a"), delegate("d"), delegate("d2", "d"), user("w"), ids=("a", "d", "d2", "w")
    )
    body = straight(sub(inner), ids=("sub",)) + user("b") + chain("late", "b", "end")
    start(session, process(body + boundary("late", "sub", condition("${n == 1}"))), n=0)
    do(session, "a")
    assert at(session) == ["b"]


@pytest.mark.parametrize("text", ["${late}", "${late == true and n &gt; 1}", "${not late}"])
def test_a_condition_on_what_is_not_there_does_not_hold(session: Session, text: str) -> None:
    body = straight(user("a"), user("after"), ids=("a", "after"))
    edge = boundary("e", "a", condition(text)) + user("b") + chain("e", "b", "end")
    start(session, process(body + edge))
    assert at(session) == ["a"]


def test_a_condition_holds_once_its_variable_is_there(session: Session) -> None:
    wait = node("intermediateCatchEvent", "c", condition("${paid == true}"))
    body = (
        node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "g")
        + wait + user("a") + user("b")
        + chain("start", "g", "c", "b", "end") + chain("g", "a", "end")
    )  # fmt: skip
    start(session, process(body))
    assert at(session) == ["a"]
    do(session, "a", paid=True)
    assert at(session) == ["b"]


def test_a_condition_that_cannot_be_worked_out_is_told_at_its_own_event(session: Session) -> None:
    body = straight(user("a"), user("after"), ids=("a", "after"))
    edge = boundary("e", "after", condition("${n &gt; 1}")) + user("b") + chain("e", "b", "end")
    start(session, process(body + edge))
    with pytest.raises(StepFailedError) as failed:
        do(session, "a", n="veel")
    assert failed.value.incident.element_id == "e"
    assert at(session) == ["a"]
