"""What is called exists, and no process calls itself by any way round."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    PLAIN,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, node, process, straight, timer, user


def calls(target: str, key: str = "p", **attributes: str) -> bytes:
    drawn = node("callActivity", "a", calledElement=target, **attributes)
    return process(straight(drawn, ids=("a",)), key)


OTHER = {"q": process(straight(user("b"), ids=("b",)), "q")}
GOOD = calls("q")
WAITING = process(
    node("startEvent", "nightly", timer("timeCycle", "R/P1D"))
    + user("b")
    + node("endEvent", "end")
    + chain("nightly", "b", "end"),
    "w",
)


def around(id_: str, key: str, *, calling: str = "") -> bytes:
    """A process with a subprocess of this id, and a call behind it."""
    inner = node("startEvent", "si") + user("b") + node("endEvent", "ei") + chain("si", "b", "ei")
    drawn = node("subProcess", id_, inner)
    if calling:
        call = node("callActivity", "a", calledElement=calling)
        return process(straight(drawn, call, ids=(id_, "a")), key)
    return process(straight(drawn, ids=(id_,)), key)


EXAMPLES = {
    "call-missing": Example(calls(""), GOOD, beside=OTHER),
    "call-exists": Example(calls("gone"), GOOD, beside=OTHER),
    "call-expression": Example(calls("${which}"), GOOD, beside=OTHER),
    "call-start": Example(calls("w"), GOOD, beside={**OTHER, "w": WAITING}),
    "call-cycle": Example(calls("p"), PLAIN),
    "call-same-id": Example(
        around("sub", "p", calling="q"),
        around("sub_p", "p", calling="q"),
        beside={"q": around("sub", "q")},
    ),
    "call-binding": Example(calls("q", camunda_calledElementBinding="version"), GOOD, beside=OTHER),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_call_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_call_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize(
    "key", ["${which}", "#{which}", "deel_${number}", "= which", " ${a or b} "]
)
def test_an_expression_is_told_as_one_and_not_as_a_process_that_is_missing(key: str) -> None:
    (finding,) = [each for each in found(calls(key), OTHER) if each.rule.startswith("call-")]

    assert (finding.rule, finding.element) == ("call-expression", "a")
    assert "dat kan hier niet" in finding.message


def test_a_circle_over_what_is_deployed_already_is_refused() -> None:
    beside = {"q": calls("r", "q"), "r": calls("p", "r")}

    assert ("call-cycle", "a") in {(f.rule, f.element) for f in found(calls("q"), beside)}


def test_a_new_version_that_no_longer_calls_breaks_the_circle() -> None:
    beside = {"q": calls("p", "q"), "p": calls("q", "p")}

    assert not found(PLAIN, beside)


def test_two_called_processes_with_a_subprocess_of_one_id_are_told() -> None:
    beside = {"q": around("sub", "q", calling="r"), "r": around("sub", "r")}

    assert ("call-same-id", "a") in {(f.rule, f.element) for f in found(calls("q"), beside)}
