"""What undoes an activity is drawn so that it can, and only transactions are cancelled."""

import re

import pytest

from processes.engine.checks.findings import Severity
from tests.processes.engine import diagrams
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import boundary, chain, flow, node, straight, user
from tests.processes.engine.undoing import CANCEL, COMPENSATE, compensate, scope, throw, undone

A = undone(user("a"), "a")
LOOSE = user("a") + node("boundaryEvent", "at_a", COMPENSATE, attachedToRef="a")
EVENT = node(
    "subProcess",
    "e",
    node("startEvent", "e_start", COMPENSATE)
    + user("look")
    + node("endEvent", "e_end")
    + chain("e_start", "look", "e_end"),
    triggeredByEvent="true",
)


def process(body: str) -> bytes:
    """A whole file, in which every form is one that there is."""
    return re.sub(rb'camunda:formKey="[^"]*"', b'camunda:formKey="form"', diagrams.process(body))


def drawn(*nodes: str, ids: tuple[str, ...]) -> bytes:
    return process(straight(*nodes, throw("t"), ids=(*ids, "t")))


def transaction(*, cancelled: bool = True, caught: bool = True, kind: str = "transaction") -> bytes:
    end = node("endEvent", "t_end", CANCEL if cancelled else "")
    inner = node("startEvent", "t_start") + A + end + chain("t_start", "a", "t_end")
    edge = boundary("on_cancel", "s", CANCEL) + flow("on_cancel", "end") if caught else ""
    return process(straight(node(kind, "s", inner), ids=("s",)) + edge)


GOOD = drawn(A, ids=("a",))
WHOLE = transaction()
EXAMPLES = {
    "compensation-handler": Example(drawn(LOOSE, ids=("a",)), GOOD, at="at_a"),
    "compensation-unused": Example(
        drawn(A, user("undo_b", isForCompensation="true"), ids=("a",)), GOOD, at="undo_b"
    ),
    "compensation-flow": Example(drawn(A, flow("undo_a", "t"), ids=("a",)), GOOD, at="undo_a"),
    "compensation-twice": Example(
        drawn(A, node("boundaryEvent", "x", COMPENSATE, attachedToRef="a"), ids=("a",)), GOOD
    ),
    "compensation-reference": Example(
        process(straight(A, throw("t", "gone"), ids=("a", "t"))),
        process(straight(A, throw("t", "a"), ids=("a", "t"))),
        at="t",
    ),
    "compensation-nothing": Example(drawn(user("a"), ids=("a",)), GOOD, at="t"),
    "compensation-of-process": Example(
        process(straight(A, EVENT, ids=("a",))),
        drawn(scope("subProcess", "s", A, EVENT, ids=("a",)), ids=("s",)),
        at="e",
    ),
    "cancel-place": Example(transaction(caught=False, kind="subProcess"), WHOLE, at="t_end"),
    "cancel-caught": Example(transaction(caught=False), WHOLE, at="s"),
    "cancel-never": Example(transaction(cancelled=False), WHOLE, at="on_cancel"),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_bad_diagram_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_good_diagram_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


CLEAN = {
    "one": process(straight(A, throw("t", "a"), ids=("a", "t"))),
    "without waiting": process(straight(A, throw("t", "a", waits=False), ids=("a", "t"))),
    "at the end": process(
        node("startEvent", "s") + A + node("endEvent", "e", compensate()) + chain("s", "a", "e")
    ),
    "by an event subprocess": EXAMPLES["compensation-of-process"].good,
    "a subprocess from within": drawn(scope("subProcess", "s", A, ids=("a",)), ids=("s",)),
    "a transaction": WHOLE,
    "a completed transaction": process(
        straight(scope("transaction", "s", A, ids=("a",)), throw("t", "s"), ids=("s", "t"))
    ),
    "by a subprocess": drawn(
        undone(
            user("a"),
            "a",
            scope("subProcess", "undo_a", user("u"), ids=("u",)).replace(
                "<bpmn:subProcess", '<bpmn:subProcess isForCompensation="true"', 1
            ),
        ),
        ids=("a",),
    ),
    "from the association's other end": GOOD.replace(
        b'sourceRef="at_a" targetRef="undo_a"', b'sourceRef="undo_a" targetRef="at_a"'
    ),
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_runs_has_no_findings(name: str) -> None:
    assert found(CLEAN[name]) == []


BAD = {
    "a handler in another scope": (
        drawn(LOOSE, scope("subProcess", "s", user("x"), A, ids=("x",)), ids=("a", "s")),
        "compensation-handler",
    ),
    "a flow out of the event": (drawn(A, flow("at_a", "t"), ids=("a",)), "compensation-flow"),
    "a boundary event on what undoes": (
        drawn(A, boundary("x", "undo_a", COMPENSATE), ids=("a",)),
        "compensation-flow",
    ),
    "an event and an event subprocess": (
        drawn(undone(scope("subProcess", "s", A, EVENT, ids=("a",)), "s"), ids=("s",)),
        "compensation-twice",
    ),
    "a cancel event on a task": (
        process(straight(user("a"), ids=("a",)) + boundary("x", "a", CANCEL) + flow("x", "end")),
        "cancel-place",
    ),
    "a cancel end event in what undoes the transaction": (
        process(
            straight(
                scope(
                    "transaction",
                    "s",
                    A,
                    EVENT.replace('id="e_end" name="e_end">', f'id="e_end" name="e_end">{CANCEL}'),
                    ids=("a",),
                ),
                ids=("s",),
            )
        ),
        "cancel-place",
    ),
    "a cancel event that does not interrupt": (
        WHOLE.replace(b'cancelActivity="true"', b'cancelActivity="false"'),
        "boundary-interrupts",
    ),
    "an activity of another scope": (
        process(straight(scope("subProcess", "s", A, ids=("a",)), throw("t", "a"), ids=("s", "t"))),
        "compensation-reference",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_run_is_found(name: str) -> None:
    xml, rule = BAD[name]
    assert rule in {finding.rule for finding in found(xml)}


def test_a_cancelled_transaction_without_a_way_on_can_be_kept_as_a_draft() -> None:
    assert {finding.severity for finding in found(transaction(caught=False))} == {Severity.TODO}
