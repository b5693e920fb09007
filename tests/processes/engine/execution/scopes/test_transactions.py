"""A cancelled transaction is undone and left by its cancel event, over a reload at every wait."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.insight import history
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    flow,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start
from tests.processes.engine.undoing import CANCEL, scope, throw, undone

pytestmark = pytest.mark.usefixtures("nothing_kept")

A, B = undone(user("a"), "a"), undone(user("b"), "b")
CHOICE = (
    node("exclusiveGateway", "choose", default="choose_to_t_end")
    + flow("choose", "cancelled", "${wrong == true}")
    + flow("choose", "t_end")
    + node("endEvent", "cancelled", CANCEL)
)


def transaction(*nodes: str, ids: tuple[str, ...], inner: str = "") -> str:
    """A transaction that is cancelled at its end where `wrong` is true."""
    ends = node("startEvent", "t_start") + node("endEvent", "t_end")
    parts = ends + inner + "".join(nodes) + chain("t_start", *ids, "choose") + CHOICE
    return node("transaction", "t", parts)


def whole(drawn: str) -> str:
    return (
        straight(drawn, user("after"), ids=("t", "after"))
        + boundary("on_cancel", "t", CANCEL)
        + user("sorry")
        + chain("on_cancel", "sorry", "end")
    )


def test_a_transaction_that_is_not_cancelled_goes_on(session: Session) -> None:
    instance = start(session, process(whole(transaction(A, ids=("a",)))))
    do(session, "a", wrong=False)
    assert at(session) == ["after"]
    do(session, "after")
    assert has_ended(instance)


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event(session: Session) -> None:
    instance = start(session, process(whole(transaction(A, B, ids=("a", "b")))))
    do(session, "a", room=1)
    do(session, "b", wrong=True)

    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert at(session) == ["undo_a"]
    do(session, "undo_a", refunded=True)
    assert at(session) == ["sorry"]
    assert instances.variables(session, instance) == {"room": 1, "wrong": True, "refunded": True}
    do(session, "sorry")
    assert has_ended(instance)
    passed = [row.element_id for row in history.history(session, instance.id)]
    assert passed.count("cancelled") == passed.count("on_cancel") == 1


def test_nothing_to_undo_leaves_at_once(session: Session) -> None:
    start(session, process(whole(transaction(user("a"), ids=("a",)))))
    do(session, "a", wrong=True)
    assert at(session) == ["sorry"]


def test_cancelling_stops_what_runs_and_undoes_what_was_done_in_what_ran(session: Session) -> None:
    fork = (
        node("parallelGateway", "fork")
        + scope("subProcess", "s", B, user("c"), ids=("b", "c"))
        + node("endEvent", "s_out")
        + chain("fork", "s", "s_out")
    )
    drawn = transaction(A, ids=("fork", "a"), inner=fork)
    start(session, process(whole(drawn)))
    do(session, "b")
    assert at(session) == ["a", "c"]
    do(session, "a", wrong=True)

    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["undo_b"]
    do(session, "undo_b")
    assert at(session) == ["sorry"]


def test_a_cancel_end_event_deeper_within_cancels_the_transaction(session: Session) -> None:
    inner = node(
        "subProcess",
        "s",
        node("startEvent", "s_start")
        + B
        + node("endEvent", "given_up", CANCEL)
        + chain("s_start", "b", "given_up"),
    )
    drawn = node(
        "transaction",
        "t",
        node("startEvent", "t_start")
        + A
        + inner
        + node("endEvent", "t_end")
        + chain("t_start", "a", "s", "t_end"),
    )
    start(session, process(whole(drawn)))
    for element_id in ("a", "b", "undo_b", "undo_a"):
        assert at(session) == [element_id]
        do(session, element_id)
    assert at(session) == ["sorry"]


def test_an_error_out_of_a_transaction_undoes_nothing(session: Session) -> None:
    drawn = node(
        "transaction",
        "t",
        node("startEvent", "t_start")
        + A
        + node("endEvent", "t_end", error("refused"))
        + chain("t_start", "a", "t_end"),
    )
    body = (
        straight(drawn, ids=("t",))
        + boundary("failed", "t", error("refused"))
        + throw("try")
        + user("sorry")
        + chain("failed", "try", "sorry", "end")
    )
    start(session, process(body, errors=("refused",)))
    do(session, "a")
    assert at(session) == ["sorry"]


def test_a_completed_transaction_can_be_undone_as_any_subprocess(session: Session) -> None:
    drawn = transaction(A, ids=("a",))
    body = straight(drawn, throw("try"), ids=("t", "try")) + boundary("on_cancel", "t", CANCEL)
    instance = start(session, process(body + flow("on_cancel", "end")))
    do(session, "a", wrong=False)
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert has_ended(instance)


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_cancelling_one_round_undoes_all_rounds(session: Session, sequential: str) -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    start(session, process(whole(transaction(A, ids=("a",), inner=loop))))
    for wrong in (False, True):
        task = instances.open_user_tasks(session)[0]
        instances.complete_user_task(
            session, task.id, completed_by="anna", variables={"wrong": wrong}
        )
    for _ in range(2):
        assert at(session) == ["undo_a"]
        do(session, "undo_a")
    assert at(session) == ["sorry"]


def test_the_transaction_is_cancelled_from_an_event_subprocess_in_it(session: Session) -> None:
    handler = node(
        "subProcess",
        "e",
        node("startEvent", "e_start", error("refused"))
        + node("endEvent", "e_end", CANCEL)
        + flow("e_start", "e_end"),
        triggeredByEvent="true",
    )
    drawn = node(
        "transaction",
        "t",
        node("startEvent", "t_start")
        + A
        + node("endEvent", "t_end", error("refused"))
        + chain("t_start", "a", "t_end")
        + handler,
    )
    start(session, process(whole(drawn), errors=("refused",)))
    do(session, "a")
    assert at(session) == ["undo_a"]
    do(session, "undo_a")
    assert at(session) == ["sorry"]


def test_what_was_being_undone_when_it_is_cancelled_is_undone_still(session: Session) -> None:
    fork = (
        node("parallelGateway", "fork")
        + A
        + B
        + throw("try")
        + node("endEvent", "tried")
        + chain("fork", "a", "b", "try", "tried")
    )
    drawn = transaction(user("c"), ids=("fork", "c"), inner=fork)
    start(session, process(whole(drawn)))
    for element_id in ("a", "b"):
        do(session, element_id)
    assert at(session) == ["c", "undo_b"]
    do(session, "c", wrong=True)

    for element_id in ("undo_b", "undo_a", "sorry"):
        assert at(session) == [element_id]
        do(session, element_id)
