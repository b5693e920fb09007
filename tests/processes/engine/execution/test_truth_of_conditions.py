"""A condition comes to yes or no: texts as JUEL reads them; what is neither is an incident."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from processes.engine.language.expressions import ExpressionError, compile_expression, evaluate
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start

TEXTS = [("true", True), ("TRUE", True), ("false", False), ("False", False), ("", False)]
NO_TRUTHS = ["ja", "0", "1", " true", 0, 1, 2.5, [], ["a"], {}, {"a": True}]


@pytest.mark.parametrize(("value", "holds"), [*TEXTS, (True, True), (False, False), (None, False)])
def test_a_value_is_a_truth_as_juel_coerces_it(value: Any, holds: bool) -> None:
    known = {"a": value, "b": True, "c": False}
    assert compile_expression("${a}").holds(known) is holds
    assert evaluate("${a and b}", known) is holds
    assert evaluate("${b and a}", known) is holds
    assert evaluate("${a or c}", known) is holds
    assert evaluate("${c or a}", known) is holds
    assert evaluate("${not a}", known) is not holds


@pytest.mark.parametrize("value", NO_TRUTHS)
@pytest.mark.parametrize(
    "source", ["${a}", "a", "= a", "${not a}", "${a and b}", "${b and a}", "${c or a}"]
)
def test_what_is_no_truth_is_told(source: str, value: Any) -> None:
    with pytest.raises(ExpressionError, match="is geen ja of nee"):
        compile_expression(source).holds({"a": value, "b": True, "c": False})


@pytest.mark.parametrize("text", [text for text, _holds in TEXTS])
def test_no_text_is_a_truth_of_feel(text: str) -> None:
    with pytest.raises(ExpressionError, match="is geen ja of nee"):
        compile_expression("= a").holds({"a": text})


def choice(kind: str) -> str:
    return (
        node("startEvent", "start")
        + user("ask")
        + node(kind, "way", default="way_to_no")
        + user("yes")
        + user("no")
        + node("endEvent", "end")
        + chain("start", "ask", "way")
        + flow("way", "yes", "${agreed}")
        + chain("way", "no", "end")
        + chain("yes", "end")
    )


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway", "manualTask"])
@pytest.mark.parametrize(("text", "holds"), TEXTS)
def test_a_token_goes_as_the_text_says_also_where_the_step_was_seen_before(
    session: Session, kind: str, text: str, holds: bool
) -> None:
    define(session, process(choice(kind)))
    for number, answer in enumerate([True, False, text, True, text]):
        instances.start_process(
            session, "p", business_key=str(number), variables={}, started_by="test"
        )
        do(session, "ask", agreed=answer)
        if kind == "manualTask":
            do(session, "way")
        assert at(session) == ["yes" if answer is True or (answer is text and holds) else "no"]
        do(session, *at(session))


def test_what_is_no_truth_is_an_incident_also_where_the_step_was_seen_before(
    session: Session,
) -> None:
    define(session, process(choice("exclusiveGateway")))
    for number, answer in enumerate([True, "ja", True, 1, True]):
        instances.start_process(
            session, "p", business_key=str(number), variables={}, started_by="test"
        )
        if answer is True:
            do(session, "ask", agreed=answer)
            do(session, "yes")
            continue
        with pytest.raises(StepFailedError):
            do(session, "ask", agreed=answer)
        (incident,) = incidents.open_incidents(session)
        assert incident.element_id == "way"
        assert "is geen ja of nee" in incident.message
        do(session, "ask", agreed=False)
        do(session, "no")
        assert not incidents.open_incidents(session)


def loop(condition: str, *, before: bool) -> str:
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="{str(before).lower()}">'
        f"<bpmn:loopCondition>{condition}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )


@pytest.mark.parametrize("before", [True, False])
def test_a_loop_ends_where_the_text_says_so(session: Session, before: bool) -> None:
    body = straight(user("again", loop("${more}", before=before)), ids=("again",))
    instance = start(session, process(body), more="true")
    do(session, "again", more="True")
    with pytest.raises(StepFailedError):
        do(session, "again", more="nee")
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "again"
    assert "is geen ja of nee" in incident.message
    do(session, "again", more="false")
    assert has_ended(instance)


def test_a_loop_whose_condition_feel_cannot_tell_ends(session: Session) -> None:
    body = straight(user("again", loop("= more &gt; 3", before=False)), ids=("again",))
    instance = start(session, process(body))
    do(session, "again", more=4)
    do(session, "again", more="x")
    assert has_ended(instance)


@pytest.mark.parametrize("order", ["true", "false"])
def test_rounds_are_enough_where_the_text_says_so(session: Session, order: str) -> None:
    rounds = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">'
        "<bpmn:loopCardinality>4</bpmn:loopCardinality>"
        "<bpmn:completionCondition>${enough}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    instance = start(session, process(straight(user("a", rounds), ids=("a",))))
    do(session, "a", enough="false")
    do(session, "a", enough="")
    do(session, "a", enough="TRUE")
    assert has_ended(instance)


def test_an_event_waits_while_the_text_says_no(session: Session) -> None:
    condition = "<bpmn:condition>${late}</bpmn:condition>"
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + user("b")
        + boundary(
            "edge",
            "a",
            f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>",
        )
        + user("caught")
        + node("endEvent", "end")
        + chain("start", "split", "a", "end")
        + chain("split", "b", "end")
        + chain("edge", "caught", "end")
    )
    start(session, process(body), late="false")
    assert at(session) == ["a", "b"]
    do(session, "b", late="true")
    assert at(session) == ["caught"]
