"""What is called exists, and no process calls itself by any way round."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import node, process, straight, user


def calls(target: str, key: str = "p", **attributes: str) -> bytes:
    drawn = node("callActivity", "a", calledElement=target, **attributes)
    return process(straight(drawn, ids=("a",)), key)


OTHER = {"q": process(straight(user("b"), ids=("b",)), "q")}
GOOD = calls("q")
EXAMPLES = {
    "call-missing": Example(calls(""), GOOD, beside=OTHER),
    "call-exists": Example(calls("gone"), GOOD, beside=OTHER),
    "call-cycle": Example(calls("p"), PLAIN),
    "call-binding": Example(calls("q", camunda_calledElementBinding="version"), GOOD, beside=OTHER),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_call_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_call_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_a_circle_over_what_is_deployed_already_is_refused() -> None:
    beside = {"q": calls("r", "q"), "r": calls("p", "r")}

    assert ("call-cycle", "a") in {(f.rule, f.element) for f in found(calls("q"), beside)}


def test_a_new_version_that_no_longer_calls_breaks_the_circle() -> None:
    beside = {"q": calls("p", "q"), "p": calls("q", "p")}

    assert not found(PLAIN, beside)
