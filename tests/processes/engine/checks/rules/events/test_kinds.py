"""Events are of a kind that runs in their place, and say what they are about."""

from typing import Any

import pytest

from tests.processes.engine.checks.rules.judging import (
    START_END,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    catch,
    event,
    found,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)


def caught(inner: str, **roots: Any) -> bytes:
    return process(straight(catch("a", inner), ids=("a",)), **roots)


def bounded(edge: str, **roots: Any) -> bytes:
    """A user task b with this boundary event a, that leads to the end."""
    return process(straight(user("b"), ids=("b",)) + edge + chain("a", "end"), **roots)


def linked(thrown: str, caught_at: str) -> bytes:
    throw = node("intermediateThrowEvent", "a", f'<bpmn:linkEventDefinition name="{thrown}"/>')
    land = catch("l", f'<bpmn:linkEventDefinition name="{caught_at}"/>')
    return process(START_END + throw + land + chain("s", "a") + chain("l", "e"))


def all_of(id_: str, definitions: str, on: str) -> str:
    """A boundary event for which all of these have to happen."""
    return node("boundaryEvent", id_, definitions, attachedToRef=on, parallelMultiple="true")


DAY = timer("timeDuration", "P1D")
TIMED = caught(DAY)
TWO = node("eventBasedGateway", "g") + catch("b", message("m")) + chain("s", "g", "b", "e")
SHARED = caught("<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>").replace(
    b"<bpmn:process",
    DAY.replace("Definition>", 'Definition id="d">', 1).encode() + b"<bpmn:process",
)
CONDITION = "<bpmn:conditionalEventDefinition><bpmn:condition>{}</bpmn:condition></bpmn:conditionalEventDefinition>"  # noqa: E501
ON_MESSAGE = process(START_END + TWO + catch("a", DAY) + chain("g", "a", "e"), messages=("m",))
BOUNDED = bounded(boundary("a", "b", error("E1")), errors=("E1",))

EXAMPLES = {
    "name-computed": Example(
        caught(message("${naam}"), messages=("${naam}",)), caught(message("m"), messages=("m",))
    ),
    "event-kind": Example(
        process(straight(event("intermediateThrowEvent", "a", "cancel"), ids=("a",)))
    ),
    "event-parallel": Example(
        bounded(all_of("a", DAY + error("E1"), on="b"), errors=("E1",)),
        bounded(all_of("a", DAY + message("m"), on="b"), messages=("m",)),
    ),
    "event-alone": Example(
        linked("here", "here").replace(b'name="here"/>', b'name="here"/>' + DAY.encode()),
        linked("here", "here"),
    ),
    "event-definition-ref": Example(
        caught("<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"), SHARED
    ),
    "boundary-attached": Example(bounded(boundary("a", "gone", DAY)), BOUNDED),
    "boundary-interrupts": Example(
        bounded(boundary("a", "b", error("E1"), interrupting=False), errors=("E1",)), BOUNDED
    ),
    "reference-missing": Example(
        caught("<bpmn:messageEventDefinition/>"), caught(message("m"), messages=("m",))
    ),
    "reference-exists": Example(caught(message("m")), caught(message("m"), messages=("m",))),
    "reference-name": Example(
        caught(signal("n"), signals=("n",)).replace(b' name="n"', b""),
        caught(signal("n"), signals=("n",)),
    ),
    "condition-event-empty": Example(
        caught(CONDITION.format("")), caught(CONDITION.format("paid == true"))
    ),
    "link-pairs": Example(linked("here", "there"), linked("here", "here")),
    "event-gateway-targets": Example(
        process(START_END + TWO + user("a") + chain("g", "a", "e"), messages=("m",)), ON_MESSAGE
    ),
    "event-gateway-instantiates": Example(
        ON_MESSAGE.replace(b'id="g"', b'id="g" instantiate="true"'), ON_MESSAGE, at="g"
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_event_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_event_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("startEvent", "error"),
        ("startEvent", "escalation"),
        ("startEvent", "compensate"),
        ("endEvent", "timer"),
        ("intermediateCatchEvent", ""),
        ("intermediateCatchEvent", "error"),
        ("intermediateCatchEvent", "compensate"),
        ("intermediateThrowEvent", "cancel"),
        ("intermediateThrowEvent", "timer"),
        ("intermediateThrowEvent", "terminate"),
    ],
)
def test_a_kind_that_does_not_run_here_is_refused(kind: str, definition: str) -> None:
    findings = found(process(straight(event(kind, "a", definition), ids=("a",))))

    assert ("event-kind", "a") in {(each.rule, each.element) for each in findings}


def test_the_start_of_a_subprocess_is_a_plain_one() -> None:
    inside = node("startEvent", "s2", DAY) + node("endEvent", "e2") + chain("s2", "e2")
    timed = process(straight(node("subProcess", "a", inside), ids=("a",)))

    assert ("event-kind", "s2") in {(each.rule, each.element) for each in found(timed)}


@pytest.mark.parametrize("definition", [message("m"), signal("n"), DAY, CONDITION.format("x > 1")])
def test_a_process_may_begin_by_an_event(definition: str) -> None:
    plain = straight(user("a"), ids=("a",))
    begins = plain.replace(node("startEvent", "start"), node("startEvent", "start", definition))
    assert begins != plain
    findings = found(process(begins, messages=("m",), signals=("n",)))

    assert "event-kind" not in {each.rule for each in findings}


def test_an_event_subprocess_must_have_an_event_and_no_arrows() -> None:
    inside = node("startEvent", "s2") + node("endEvent", "e2") + chain("s2", "e2")
    event_subprocess = node("subProcess", "a", inside, triggeredByEvent="true")
    drawn = process(straight(event_subprocess, ids=("a",)))

    assert {"event-kind", "flow-at-wrong-side"} <= {each.rule for each in found(drawn)}


def test_a_boundary_event_on_a_task_of_another_scope_is_refused() -> None:
    inside = node("startEvent", "s2") + user("b") + node("endEvent", "e2") + chain("s2", "b", "e2")
    outside = boundary("x", "b", DAY) + chain("x", "end")
    drawn = process(straight(node("subProcess", "a", inside), ids=("a",)) + outside)

    assert ("boundary-attached", "x") in {(each.rule, each.element) for each in found(drawn)}


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_error_among_others_interrupts_too(interrupting: bool) -> None:
    edge = boundary("a", "b", DAY + error("E1"), interrupting=interrupting)
    rules = {each.rule for each in found(bounded(edge, errors=("E1",)))}
    assert ("boundary-interrupts" in rules) is not interrupting


@pytest.mark.parametrize(
    "definitions", [DAY + message("m"), message("m") + DAY, CONDITION.format("paid") + DAY]
)
def test_an_event_may_wait_for_several_things(definitions: str) -> None:
    assert not found(caught(definitions, messages=("m",)))


def test_a_process_does_not_begin_with_two_things_at_once() -> None:
    begins = straight(user("a"), ids=("a",)).replace(
        node("startEvent", "start"),
        node("startEvent", "start", DAY + message("m"), parallelMultiple="true"),
    )
    assert "event-parallel" in {each.rule for each in found(process(begins, messages=("m",)))}


@pytest.mark.parametrize("kind", ["compensate", "error"])
def test_each_of_several_definitions_must_be_of_a_kind_that_runs(kind: str) -> None:
    assert "event-kind" in {
        each.rule for each in found(caught(DAY + f"<bpmn:{kind}EventDefinition/>"))
    }
