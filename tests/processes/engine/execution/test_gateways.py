"""Gateways split and join as drawn, over a reload at every wait."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    flow,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


def rounds(inner: str, collection: str = "") -> str:
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{collection}>{inner}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


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


@pytest.mark.parametrize("split", ["exclusiveGateway", "inclusiveGateway", "task"])
def test_a_comment_in_a_condition_leaves_it_whole(session: Session, split: str) -> None:
    body = (
        node("startEvent", "start") + node(split, "x", default="x_to_b") + user("a") + user("b")
        + chain("start", "x", "b") + flow("x", "a", "<!-- a note -->n &gt; 1<?note?> and n &lt; 3")
    )  # fmt: skip
    for number in (2, 5):
        start(session, process(body), n=number)
        open_ = at(session)
        assert open_ == (["a"] if number == 2 else ["b"])
        do(session, open_[0])


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
    assert "“a”" in incident.message
    assert "“b”" in incident.message
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


@pytest.mark.parametrize(("hours", "taken"), [(0.3, "a"), (0.31, "b"), ("veel", "b"), (None, "b")])
def test_a_condition_in_feel_holds_only_where_it_is_true(
    session: Session, hours: Any, taken: str
) -> None:
    """`0.1 + 0.2` is exactly 0.3 there, and what cannot be compared does not hold."""
    body = (
        node("startEvent", "start") + node("exclusiveGateway", "x", default="x_to_b")
        + user("a") + user("b") + chain("start", "x", "b")
        + flow("x", "a", "= hours &lt;= 0.1 + 0.2")
    )  # fmt: skip
    start(session, process(body), hours=hours)

    assert at(session) == [taken]


def test_feel_that_comes_to_nothing_is_an_incident_with_its_reason(session: Session) -> None:
    drawn = straight(
        user("a") + node("userTask", "b", camunda_formKey="b", camunda_dueDate="= date(d)"),
        ids=("a", "b"),
    )
    start(session, process(drawn))

    with pytest.raises(StepFailedError):
        do(session, "a", d="2026-02-30")
    (incident,) = incidents.open_incidents(session)
    assert "de datum of tijd bestaat niet" in incident.message
    assert "2026-02-30" not in incident.message + incident.details


@pytest.mark.parametrize(
    ("drawn", "expression", "reason"),
    [
        (
            node("userTask", "b", camunda_formKey="b", camunda_followUpDate="= date(missing)"),
            "= date(missing)",
            '"missing" is niet bekend',
        ),
        (user("b") + boundary("late", "b", timer("timeDuration", "= n + d")), "= n + d", "+ gaat"),
        (user("b") + boundary("late", "b", timer("timeDate", "${d > n}")), "d > n", "> gaat"),
        (
            node(
                "receiveTask",
                "b",
                "<bpmn:extensionElements><camunda:properties><camunda:property"
                ' name="correlationKey" value="= text.size"/></camunda:properties>'
                "</bpmn:extensionElements>",
                messageRef="message_m",
            ),
            "= text.size",
            "size",
        ),
        (user("b", rounds("<bpmn:loopCardinality>= n * d</bpmn:loopCardinality>")), "= n * d", "*"),
        (user("b", rounds("<bpmn:loopCardinality>d</bpmn:loopCardinality>")), "d", "geen lijst"),
        (user("b", rounds("", ' camunda:collection="nobody"')), "nobody", "geen lijst"),
    ],
)
def test_an_expression_without_an_outcome_is_named_with_its_reason(
    session: Session, drawn: str, expression: str, reason: str
) -> None:
    where = "late" if "boundary" in drawn else "b"
    late = flow("late", "end") if "boundary" in drawn else ""
    body = straight(user("a") + drawn, ids=("a", "b")) + late
    start(session, process(body, messages=("m",)), n=1, d="2026-02-28", text="x")

    with pytest.raises(StepFailedError):
        do(session, "a")

    (incident,) = incidents.open_incidents(session)
    assert f'{where}”: De expressie "{expression}"' in incident.message
    assert reason in incident.message
    assert at(session) == ["a"]


def test_what_feel_gives_is_kept_as_json(session: Session) -> None:
    drawn = straight(
        node(
            "userTask",
            "a",
            "<bpmn:extensionElements><camunda:inputOutput>"
            '<camunda:outputParameter name="end">= date(d) + @"P1M"</camunda:outputParameter>'
            '<camunda:outputParameter name="total">= sum(hours)</camunda:outputParameter>'
            "</camunda:inputOutput></bpmn:extensionElements>",
            camunda_formKey="a",
        )
        + user("b"),
        ids=("a", "b"),
    )
    instance = start(session, process(drawn))
    do(session, "a", d="2026-01-31", hours=[0.1, 0.2])

    assert instances.variables(session, instance) == {"end": "2026-02-28", "total": 0.3}
