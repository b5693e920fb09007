"""Local variables together with event subprocesses, data objects, decisions, loops and undoing."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.execution import instances
from processes.engine.execution.events import messages
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.execution.scopes.test_scopes import around, local, passing, seen, sub
from tests.processes.engine.playing import at, do, has_ended, start
from tests.processes.engine.tables import dmn, rule, table

pytestmark = pytest.mark.usefixtures("nothing_kept")


def handler(definition: str, *, interrupting: bool) -> str:
    """An event subprocess with this start and one user task."""
    begins = node(
        "startEvent", "h_s", definition, isInterrupting="true" if interrupting else "false"
    )
    inner = begins + user("handle") + node("endEvent", "h_e") + chain("h_s", "handle", "h_e")
    return node("subProcess", "h", inner, triggeredByEvent="true")


def condition(text: str) -> str:
    return (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_sees_what_is_local_to_the_scope_it_stands_in(
    session: Session, *, interrupting: bool
) -> None:
    inner = sub(
        "s",
        user("a"),
        ids=("a",),
        extra=local("x=${n + 1}", "y=${x}") + handler(message("m"), interrupting=interrupting),
    )
    xml = process(straight(inner, user("after"), ids=("s", "after")), messages=("m",))
    instance = start(session, xml, n=1)
    assert seen(session, "a") == {"n": 1, "x": 2}

    messages.send_message(session, "m", correlation_key="1", variables={"x": 7})
    assert seen(session, "handle") == {"n": 1, "x": 7}
    assert instances.variables(session, instance) == {"n": 1}
    for each in at(session):
        do(session, each)

    assert seen(session, "after") == {"n": 1, "y": 7}


def test_a_condition_in_a_called_process_is_on_what_was_passed(session: Session) -> None:
    called = straight(user("inside"), ids=("inside",)) + handler(
        condition("${amount &gt; 10}"), interrupting=True
    )
    define(session, process(called, "q"), "q")
    mapping = passing('in source="price" target="amount"', 'out source="amount" target="price"')
    drawn = node("callActivity", "call", mapping, calledElement="q")
    start(session, around(drawn, ids=("call",)), price=3, amount=99)

    assert at(session) == ["inside"]
    do(session, "inside", amount=12)
    assert at(session) == ["handle"]
    do(session, "handle")

    assert seen(session, "after") == {"price": 12, "amount": 99}


def test_a_condition_outside_does_not_hear_what_is_local(session: Session) -> None:
    inner = sub("s", user("a"), user("b"), ids=("a", "b"), extra=local("x=0"))
    edge = boundary("edge", "s", condition("${x == 5}")) + user("caught")
    body = straight(inner + edge, ids=("s",)) + chain("edge", "caught", "end")
    start(session, process(body), x=1)

    do(session, "a", x=5)

    assert at(session) == ["b"]


def test_a_data_object_is_written_from_inside_a_scope_that_closes(session: Session) -> None:
    objects = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
    writes = (
        '<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>r</bpmn:targetRef>'
        "</bpmn:dataOutputAssociation>"
    )
    task = user("a", local("x=1", "y=${x}") + writes)
    instance = start(session, process(objects + straight(task, user("b"), ids=("a", "b"))))

    do(session, "a", o="kept", noise=1)

    assert instances.variables(session, instance) == {"o": "kept", "y": "1"}


def test_a_decision_is_taken_on_the_inputs_of_its_task(session: Session) -> None:
    xml = dmn(table(rule('"ja"', '"groen"'), rule('"nee"', '"rood"')))
    words = Vocabulary(forms=frozenset(), topics={}, delegates={})
    definitions.deploy(session, xml, vocabulary=words, deployed_by="petra")
    task = node(
        "businessRuleTask",
        "d",
        local("answer=${given}", "light=${outcome}"),
        camunda_decisionRef="colour",
    )
    instance = start(session, around(task, ids=("d",)), given="nee")

    assert instances.variables(session, instance) == {"given": "nee", "light": "rood"}


def test_a_standard_loop_works_its_inputs_out_each_time(session: Session) -> None:
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="3">'
        "<bpmn:loopCondition>n &lt; 3</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    task = user("a", local("next=${n + 1}", "n=${next}") + loop)
    instance = start(session, around(task, ids=("a",)), n=0)

    rounds = []
    while at(session) == ["a"]:
        rounds.append(seen(session, "a")["next"])
        do(session, "a")

    assert rounds == [1, 2, 3]
    assert instances.variables(session, instance) == {"n": 3}


def test_scopes_within_scopes_each_keep_their_own(session: Session) -> None:
    deepest = sub("s3", user("a"), ids=("a",), extra=local("x=${x * 2}", "z=${x}"))
    middle = sub("s2", deepest, user("b"), ids=("s3", "b"), extra=local("x=${x + 1}"))
    outer = sub("s1", middle, user("c"), ids=("s2", "c"), extra=local("", "sum=${x + z}"))
    instance = start(session, around(outer, ids=("s1",)), x=1)

    assert seen(session, "a") == {"x": 4}
    do(session, "a", x=10)
    assert seen(session, "b") == {"x": 2, "z": 10}
    do(session, "b", x=50)
    assert seen(session, "c") == {"x": 1, "z": 10}
    assert instances.variables(session, instance) == {"x": 1}
    do(session, "c")

    assert seen(session, "after") == {"x": 1, "sum": 11}
    do(session, "after")
    assert has_ended(instance)


def test_a_call_within_a_round_within_a_subprocess_passes_through_each_border(
    session: Session,
) -> None:
    define(session, process(straight(user("inside"), ids=("inside",)), "q"), "q")
    mapping = passing('in source="label" target="name"', 'out source="found" target="found"')
    call = node("callActivity", "call", mapping, calledElement="q")
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"'
        ' camunda:collection="cities" camunda:elementVariable="city"/>'
    )
    rounds = sub("r", call, ids=("call",), extra=local("label=${city}", "last=${found}") + loop)
    outer = sub("s", rounds, ids=("r",), extra=local("", "outcome=${last}"))
    start(session, around(outer, ids=("s",)), cities=["Noord", "Zuid"])

    for city in ("Noord", "Zuid"):
        assert seen(session, "inside") == {"name": city}
        do(session, "inside", found=f"{city}!", noise=1)

    assert seen(session, "after") == {"cities": ["Noord", "Zuid"], "outcome": "Zuid!"}
