"""An error that is thrown is caught, and one that is waited for can be thrown."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    error,
    job,
    node,
    process,
    straight,
    user,
)

CODES = ("refused", "other")
ANY = "<bpmn:errorEventDefinition/>"


def inside(body: str) -> str:
    """A subprocess `sub` around this."""
    return node("subProcess", "sub", straight(body, ids=("b",)).replace("_to_", "_then_"))


def edged(host: str, definition: str, on: str = "b") -> bytes:
    """A process with this activity, and an error event `a` at its edge."""
    edge = boundary("a", on, definition) + chain("a", "end")
    return process(straight(host, ids=(on,)) + edge, errors=CODES)


def ending(code: str) -> bytes:
    """A subprocess that ends in this error, with an event at its edge for `refused`."""
    ends = node("startEvent", "s2") + node("endEvent", "a", error(code)) + chain("s2", "a")
    around = boundary("x", "sub", error("refused")) + chain("x", "end")
    body = straight(node("subProcess", "sub", ends), ids=("sub",)) + around
    return process(body, errors=CODES)


def by_condition(**drawn: str) -> bytes:
    """An external task with a definition of an error, caught at its edge."""
    attributes = "".join(f' {name}="{value}"' for name, value in drawn.items())
    part = f"<camunda:errorEventDefinition{attributes}/>"
    host = job("a", "j", f"<bpmn:extensionElements>{part}</bpmn:extensionElements>")
    edge = boundary("x", "a", error("refused")) + chain("x", "end")
    return process(straight(host, ids=("a",)) + edge, errors=CODES)


EXAMPLES = {
    "error-of-task": Example(
        by_condition(errorRef="error_refused"),
        by_condition(errorRef="error_refused", expression="${1 == 1}"),
    ),
    "error-caught": Example(ending("other"), ending("refused")),
    "error-thrown": Example(
        edged(job("b", "post"), error("other")), edged(job("b", "post"), error("refused"))
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_error_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_error_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def told(xml: bytes, beside: dict[str, bytes] | None = None) -> list[str]:
    """What is said of errors."""
    rules = {"error-thrown", "error-caught"}
    return [each.message for each in found(xml, beside) if each.rule in rules]


@pytest.mark.parametrize("definition", [ANY, error("refused")])
def test_an_event_at_the_edge_of_what_throws_nothing_is_told(definition: str) -> None:
    for quiet in (job("b", "quiet"), delegate("b", "d"), user("b")):
        (message,) = told(edged(quiet, definition))
        assert "nooit gevolgd" in message


def test_what_could_be_thrown_instead_is_named() -> None:
    assert sorted(told(edged(job("b", "post"), error("other")))) == [
        '"b" kan de fout "refused" geven, en niemand vangt die: dat wordt dan een storing.',
        'De fout "other" kan bij "b" niet voorkomen. Wel kan daar voorkomen: refused.',
    ]


@pytest.mark.parametrize("definition", [ANY, error("refused")])
def test_what_is_thrown_within_a_subprocess_comes_out_of_it(definition: str) -> None:
    assert told(edged(inside(job("b", "post")), definition, on="sub")) == []


def test_what_is_thrown_in_a_called_process_comes_out_of_the_call() -> None:
    called = process(straight(job("b", "post"), ids=("b",)), key="q")
    call = node("callActivity", "b", calledElement="q")
    assert told(edged(call, error("refused")), {"q.bpmn": called}) == []
    (message,) = told(edged(call, error("other")), {"q.bpmn": called})
    assert "refused" in message


def test_a_service_of_which_nothing_is_known_may_throw_anything() -> None:
    for unknown in (job("b", "mail"), delegate("b", "publish"), job("b", "nowhere")):
        assert told(edged(unknown, error("other"))) == []


def test_an_event_subprocess_hears_what_stands_beside_it() -> None:
    def heard(code: str, topic: str) -> list[str]:
        start = node("startEvent", "a", error(code))
        inner = start + node("endEvent", "a2") + chain("a", "a2")
        handler = node("subProcess", "handler", inner, triggeredByEvent="true")
        return told(process(straight(job("b", topic), ids=("b",)) + handler, errors=CODES))

    assert heard("refused", "post") == []
    assert len(heard("other", "post")) == 2
    assert len(heard("refused", "quiet")) == 1


def test_a_code_of_a_service_that_nobody_catches_is_told() -> None:
    (message,) = told(process(straight(job("b", "post"), ids=("b",))))
    assert message.startswith('"b" kan de fout "refused" geven')
