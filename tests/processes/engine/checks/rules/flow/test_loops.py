"""Whatever repeats is bounded, and no circle runs without a wait."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    START_END,
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
    flow,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)


def many(inner: str, attributes: str = "") -> bytes:
    written = f"<bpmn:multiInstanceLoopCharacteristics {attributes}>{inner}"
    return process(straight(user("a", f"{written}</bpmn:multiInstanceLoopCharacteristics>"),
        ids=("a",)))  # fmt: skip


def times(text: str) -> str:
    return f"<bpmn:loopCardinality>{text}</bpmn:loopCardinality>"


def again(attributes: str, condition: str = "") -> bytes:
    inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    written = f"<bpmn:standardLoopCharacteristics {attributes}>{inner}"
    return process(straight(user("a", f"{written}</bpmn:standardLoopCharacteristics>"),
        ids=("a",)))  # fmt: skip


def circle(drawn: str, name: str = "a") -> bytes:
    gateway = node("exclusiveGateway", "g", default="g_to_e")
    back = flow("g", name, "x == 1")
    return process(START_END + drawn + gateway + chain("s", name, "g", "e") + back)


OVER = 'camunda:collection="${items}" camunda:elementVariable="item"'
NONE = f'{OVER} behavior="None" noneBehaviorEventRef="thrown"'
DAY = timer("timeDuration", "P1D").replace("Definition>", "Definition >", 1)


def throwing(definition: str) -> bytes:
    """A multi-instance that throws this after each round; the definition is at the root."""
    root = definition.replace("EventDefinition ", 'EventDefinition id="thrown" ', 1)
    xml = many("", NONE).replace(b"<bpmn:process", root.encode() + b"<bpmn:process", 1)
    return xml.replace(b"<bpmn:process", b'<bpmn:message id="message_m" name="m"/><bpmn:process')


EVENT_SUBPROCESS = node(
    "subProcess",
    "x",
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="items"/>',
    triggeredByEvent="true",
)
EXAMPLES = {
    "multi-instance-missing": Example(many(""), many("", OVER)),
    "multi-instance-single": Example(many(times("3"), OVER), many(times("3"))),
    "multi-instance-bound": Example(many(times("1000000")), many(times("1000"))),
    "attribute-refused": Example(
        process(straight(user("a", camunda_formHandlerClass="x.Y"), ids=("a",)))
    ),
    "multi-instance-behavior": Example(throwing(DAY), throwing(message("m"))),
    "multi-instance-event": Example(
        throwing(message("m")).replace(b'Ref="thrown"', b'Ref="gone"'), throwing(message("m"))
    ),
    "multi-instance-unused": Example(
        throwing(message("m")).replace(b' behavior="None"', b""), throwing(message("m"))
    ),
    "multi-instance-output": Example(
        many("<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>", OVER),
        many(
            '<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef><bpmn:outputDataItem id="one"/>',
            OVER,
        ),
    ),
    "multi-instance-collection": Example(
        many("", 'camunda:collection="${answers.list}"'), many("", OVER)
    ),
    "loop-missing": Example(again(""), again("", "x == 1")),
    "loop-bound": Example(again('loopMaximum="99999"'), again('loopMaximum="10"')),
    "repeat-place": Example(
        process(straight(user("a"), ids=("a",)) + EVENT_SUBPROCESS),
        at="x",
    ),
    "loop-without-wait": Example(circle(delegate("a", "d")), circle(user("a"))),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_unbounded_repeat_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_bounded_repeat_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_a_list_in_feel_may_be_gone_over() -> None:
    over = 'camunda:collection="=offers[status = &quot;concept&quot;]"'

    assert not found(many("", f'{over} camunda:elementVariable="item"'))


def test_a_list_in_wrong_feel_is_told() -> None:
    over = 'camunda:collection="=offers[status =" camunda:elementVariable="item"'

    assert [each.rule for each in found(many("", over))] == ["expression-syntax"]


@pytest.mark.parametrize("text", ["0", "-1", "1001", "${-5}", "9" * 900])
def test_a_number_of_times_out_of_bounds_is_refused(text: str) -> None:
    assert "multi-instance-bound" in {each.rule for each in found(many(times(text)))}


@pytest.mark.parametrize("text", ["0", "-3", "many", "1e3", "\u0661"])
def test_a_maximum_out_of_bounds_is_refused(text: str) -> None:
    assert "loop-bound" in {each.rule for each in found(again(f'loopMaximum="{text}"'))}


@pytest.mark.parametrize(
    "drawn",
    [
        user("a"),
        job("a", "j"),
        node("subProcess", "a", node("startEvent", "s2") + user("b") + node("endEvent", "e2")
            + chain("s2", "b", "e2")),
    ],
)  # fmt: skip
def test_a_circle_that_waits_is_fine(drawn: str) -> None:
    assert "loop-without-wait" not in {each.rule for each in found(circle(drawn))}


@pytest.mark.parametrize(
    "drawn",
    [
        node("task", "a"),
        delegate("a", "d"),
        node("subProcess", "a", node("startEvent", "s2") + node("endEvent", "e2")
            + chain("s2", "e2")),
    ],
)  # fmt: skip
def test_a_circle_that_never_waits_is_refused(drawn: str) -> None:
    assert "loop-without-wait" in {each.rule for each in found(circle(drawn))}


def test_an_error_that_leads_straight_back_is_a_circle_too() -> None:
    back = boundary("x", "a", error("E")) + chain("x", "a")
    drawn = process(straight(delegate("a", "d"), ids=("a",)) + back, errors=("E",))

    assert "loop-without-wait" in {each.rule for each in found(drawn)}


def test_a_circle_through_a_called_process_waits_where_that_process_waits() -> None:
    called = node("callActivity", "a", calledElement="q")
    waiting = process(straight(user("b"), ids=("b",)), "q")
    hasty = process(straight(delegate("b", "d"), ids=("b",)), "q")

    assert "loop-without-wait" not in {f.rule for f in found(circle(called), {"q": waiting})}
    assert "loop-without-wait" in {f.rule for f in found(circle(called), {"q": hasty})}


def test_calls_that_branch_at_every_level_are_followed_once() -> None:
    names = tuple(f"n{number}" for number in range(10))
    calls = [
        "".join(node("callActivity", name, calledElement=f"q{level + 1}") for name in names)
        for level in range(20)
    ]
    beside = {f"q{level}": process(straight(calls[level], ids=names), f"q{level}")
        for level in range(20)}  # fmt: skip

    assert "loop-without-wait" in {f.rule for f in found(circle(calls[0], "n0"), beside)}


SIGNAL = '<bpmn:signalEventDefinition signalRef="gone"/>'


def complex_one(inner: str) -> str:
    return f"<bpmn:complexBehaviorDefinition>{inner}</bpmn:complexBehaviorDefinition>"


WHEN, WHAT = "<bpmn:condition>{}</bpmn:condition>", f"<bpmn:event>{SIGNAL}</bpmn:event>"


@pytest.mark.parametrize(
    ("behaviour", "inner", "rule"),
    [
        ("Some", "", "multi-instance-behavior"),
        ("One", "", "multi-instance-event"),
        ("Complex", "", "multi-instance-event"),
        ("Complex", complex_one(WHEN.format("true")), "multi-instance-event"),
        ("Complex", complex_one(WHAT), "multi-instance-event"),
        ("Complex", complex_one(WHEN.format("import x") + WHAT), "expression-syntax"),
        ("Complex", complex_one(WHEN.format("true") + WHAT), "reference-exists"),
    ],
)
def test_what_rounds_throw_is_whole(behaviour: str, inner: str, rule: str) -> None:
    findings = found(many(inner, f'{OVER} behavior="{behaviour}"'))
    assert rule in {each.rule for each in findings if each.element == "a"}
    assert "attribute-unknown" not in {each.rule for each in findings}
