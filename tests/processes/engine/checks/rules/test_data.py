"""Data objects exist, and lie where SpiffWorkflow looks for them."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, node, process, straight, user

OBJECT = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'


def reads(reference: str) -> str:
    return (
        f'<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>{reference}</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation>"
    )


GOOD = process(OBJECT + straight(user("a", reads("r")), ids=("a",)))
EXAMPLES = {
    "data-object-exists": Example(
        process(OBJECT.replace('Ref="o"', 'Ref="x"') + straight(user("a"), ids=("a",))),
        GOOD,
        at="r",
    ),
    "data-association": Example(
        process(OBJECT + straight(user("a", reads("gone")), ids=("a",))), GOOD
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_wrong_data_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_right_data_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def nested(depth: int, inner: str) -> str:
    for level in range(depth):
        ends = node("startEvent", f"s{level}") + node("endEvent", f"e{level}")
        name = f"n{level}" if level else "a"
        inner = node(
            "subProcess", f"q{level}", ends + inner + chain(f"s{level}", name, f"e{level}")
        )
        inner = inner.replace(f"q{level}", f"n{level + 1}")
    return inner


@pytest.mark.parametrize(("depth", "refused"), [(1, False), (2, True)])
def test_a_data_object_two_levels_up_is_refused_before_the_parser_hangs(
    depth: int, refused: bool
) -> None:
    drawn = OBJECT + straight(nested(depth, user("a", reads("r"))), ids=(f"n{depth}",))

    rules = {each.rule for each in found(process(drawn))}

    assert rules == ({"data-association"} if refused else set())
