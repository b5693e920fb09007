"""An operator moves, skips or repeats a token by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances
from processes.engine.execution.events import timers
from processes.engine.insight import history
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.language.values import VariablesError
from processes.engine.repair import modification, snapshots
from processes.engine.store.models import (
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
)
from tests.processes.engine.diagrams import (
    chain,
    delegate,
    flow,
    job,
    message,
    node,
    straight,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    ENDS,
    at,
    begin,
    both,
    choice,
    do,
    has_ended,
    inside,
    many,
    task_at,
)
from tests.processes.engine.repair.modifying import GUARDED, LINE, move


def refused(session: Session, instance: ProcessInstance, of: str, to: str) -> str:
    version = instance.row_version
    with pytest.raises(CannotMoveError) as error:
        move(session, instance, of, to)
    session.refresh(instance)
    assert instance.row_version == version
    assert incidents.open_incidents(session) == []
    assert snapshots.snapshots_of(session, instance.id) == []
    return error.value.reason


# -- move


@pytest.mark.parametrize(("to", "then"), [("c", []), ("a", ["b", "c"])])
def test_a_token_moves_forward_and_back(session: Session, to: str, then: list[str]) -> None:
    _, instance = begin(session, LINE)
    do(session, "a", seen=True)

    move(session, instance, "b", to)

    assert at(session) == [to]
    for element_id in [to, *then]:
        do(session, element_id)
    assert has_ended(session, instance)
    assert instances.variables(session, instance)["seen"] is True


def test_a_move_is_told_in_the_history_and_with_its_reason(session: Session) -> None:
    _, instance = begin(session, LINE)
    left = task_at(session, "a")

    kept = move(session, instance, "a", "c")

    (passage,) = (row for row in history.history(session, instance.id) if row.id == left.id)
    assert (passage.result, passage.actor, passage.element_id) == ("moved", "olga", "a")
    assert (kept.taken_by, kept.reason) == ("olga", "op verzoek")
    assert (kept.from_element_id, kept.to_element_id) == ("a", "c")
    session.refresh(left)
    assert left.status == TaskStatus.CANCELLED


def test_a_move_without_a_reason_is_refused(session: Session) -> None:
    _, instance = begin(session, LINE)

    with pytest.raises(CannotMoveError, match="waarom"):
        modification.move_token(
            session, instance.id, task_at(session, "a").id, "b", by="olga", reason=" "
        )


def test_a_moved_task_takes_its_boundary_events_along(session: Session) -> None:
    _, instance = begin(session, GUARDED)

    move(session, instance, "a", "b")
    assert session.scalars(select(Timer)).all() == []

    move(session, instance, "b", "a")
    assert session.scalars(select(Timer.element_id)).all() == ["t"]
    do(session, "a")
    do(session, "b")
    assert has_ended(session, instance)


def test_a_task_that_reminded_can_move_and_the_reminder_stays(session: Session) -> None:
    _, instance = begin(session, GUARDED)
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    timers.fire_due_timers(session, 10)

    move(session, instance, "a", "b")

    assert at(session) == ["b", "late"]
    do(session, "b")
    do(session, "late")
    assert has_ended(session, instance)


def test_a_token_moves_from_a_job_and_the_job_is_cancelled(session: Session) -> None:
    _, instance = begin(session, straight(job("send"), user("a"), ids=("send", "a")))
    (made,) = session.scalars(select(Job)).all()
    assert made.token_id is not None

    modification.move_token(
        session, instance.id, made.token_id, "a", by="olga", reason="adres bestaat niet"
    )

    session.expire_all()
    assert made.status == JobStatus.CANCELLED
    assert at(session) == ["a"]


def test_a_token_moves_to_rounds_and_to_a_subprocess(session: Session) -> None:
    body = straight(user("a"), many("b"), ids=("a", "b"))
    _, instance = begin(session, body)
    move(session, instance, "a", "b")
    assert at(session) == ["b", "b"]
    do(session, "b")
    do(session, "b")
    assert has_ended(session, instance)


def test_a_token_moves_to_the_end(session: Session) -> None:
    _, instance = begin(session, LINE)

    move(session, instance, "a", "end")

    assert has_ended(session, instance)
    assert at(session) == []


# -- what is refused


def test_a_token_does_not_move_into_a_join(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b",)))

    assert "halverwege" in refused(session, instance, "a", "join")


def test_a_token_does_not_leave_its_branch(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b",)))

    assert "voor altijd blijven wachten" in refused(session, instance, "a", "after")


def test_a_token_does_not_move_to_another_branch(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b", "b2")))

    assert refused(session, instance, "a", "b2")


def test_a_token_moves_within_its_branch(session: Session) -> None:
    _, instance = begin(session, both(("a", "a2"), ("b",)))

    move(session, instance, "a", "a2")
    do(session, "a2")
    do(session, "b")
    assert at(session) == ["after"]


def test_a_token_does_not_move_into_a_branch(session: Session) -> None:
    body = both(("a",), ("b",)).replace(chain("start", "split"), chain("start", "x", "split"))
    _, instance = begin(session, body + user("x"))

    assert "voor altijd blijven wachten" in refused(session, instance, "x", "a")


def test_a_round_does_not_move_apart(session: Session) -> None:
    _, instance = begin(session, straight(many("a"), user("b"), ids=("a", "b")))

    assert "ronde" in refused(session, instance, "a", "b")


def test_a_token_does_not_move_into_or_out_of_a_subprocess(session: Session) -> None:
    _, instance = begin(session, inside(user("x") + chain("s2", "x", "e2")))

    assert "dit deel van het proces" in refused(session, instance, "x", "after")


@pytest.mark.parametrize("to", ["start", "t", "nobody"])
def test_a_token_moves_only_to_where_it_can_begin(session: Session, to: str) -> None:
    _, instance = begin(session, GUARDED)

    assert refused(session, instance, "a", to)


def test_the_event_on_an_edge_does_not_move_by_itself(session: Session) -> None:
    _, instance = begin(session, GUARDED)
    token = session.scalars(select(Timer.token_id)).one()

    with pytest.raises(CannotMoveError, match="hoort bij de taak"):
        modification.move_token(session, instance.id, token, "b", by="olga", reason="proef")


def test_a_token_does_not_move_behind_a_gateway_of_events(session: Session) -> None:
    events = (("hear", message("paid")), ("other", message("stop")))
    _, instance = begin(session, choice(*events), messages=("paid", "stop"))
    token = session.scalars(select(MessageSubscription.token_id)).first()
    assert token is not None

    with pytest.raises(CannotMoveError, match="keuze tussen gebeurtenissen"):
        modification.move_token(session, instance.id, token, "hear", by="olga", reason="proef")
    with pytest.raises(CannotMoveError, match="meer dan één gebeurtenis"):
        modification.skip(session, instance.id, token, by="olga", reason="proef")

    modification.move_token(session, instance.id, token, "after_hear", by="olga", reason="proef")
    assert at(session) == ["after_hear"]
    assert session.scalars(select(MessageSubscription)).all() == []


def test_an_ended_instance_does_not_move(session: Session) -> None:
    _, instance = begin(session, LINE)
    token = task_at(session, "a").id
    instances.cancel(session, instance.id, by="olga")

    with pytest.raises(CannotMoveError, match="afgelopen"):
        modification.skip(session, instance.id, token, by="olga", reason="proef")


def test_a_move_whose_step_fails_changes_nothing(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), delegate("nobody"), ids=("a", "nobody")))

    assert "lukt niet" in refused(session, instance, "a", "nobody")
    assert at(session) == ["a"]


def test_a_token_moves_to_a_split_and_comes_out_on_every_branch(session: Session) -> None:
    body = both(("a",), ("b",)).replace(chain("start", "split"), chain("start", "x", "split"))
    _, instance = begin(session, body + user("x"))

    move(session, instance, "x", "split")

    assert at(session) == ["a", "b"]


def test_a_token_does_not_move_back_before_a_split_while_another_is_behind_it(
    session: Session,
) -> None:
    _, instance = begin(session, both(("a",), ("b",)))

    assert "tegelijk" in refused(session, instance, "a", "split")


def test_a_token_does_not_overtake_another_beyond_their_join(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b",), join="inclusiveGateway"))

    assert "tegelijk" in refused(session, instance, "a", "after")


# -- set a variable


def set_variable(session: Session, instance: ProcessInstance, name: str, value: object) -> None:
    token = task_at(session, "a").id
    modification.set_variables(
        session, instance.id, token, {name: value}, by="olga", reason="stond verkeerd"
    )
    session.expire_all()


def test_a_variable_is_set_where_the_token_waits_and_for_what_follows(session: Session) -> None:
    body = ENDS + user("a") + node("exclusiveGateway", "g", default="g_to_b") + user("b")
    body += user("c") + chain("start", "a", "g", "b", "end") + flow("g", "c", "${n == 7}")
    _, instance = begin(session, body + chain("c", "end"))
    set_variable(session, instance, "n", 7)
    assert instances.variables(session, instance)["n"] == 7
    task = task_at(session, "a")
    assert instances.task_variables(session, task)["n"] == 7
    (snapshot,) = snapshots.snapshots_of(session, instance.id)
    assert (snapshot.action, snapshot.taken_by, snapshot.from_element_id) == ("set", "olga", "a")
    do(session, "a")
    assert at(session) == ["c"]


def test_a_variable_that_was_set_is_put_back(session: Session) -> None:
    _, instance = begin(session, LINE)
    set_variable(session, instance, "n", 7)
    (snapshot,) = snapshots.snapshots_of(session, instance.id)
    modification.undo(session, snapshot.id, by="olga")
    assert instances.variables(session, instance)["n"] == 1
    assert [task.element_id for task in instances.open_user_tasks(session)] == ["a"]


@pytest.mark.parametrize(("name", "value"), [("1n", 7), ("n", 2**70), ("n", float("nan"))])
def test_a_variable_that_cannot_be_stored_is_refused(
    session: Session, name: str, value: object
) -> None:
    _, instance = begin(session, LINE)
    with pytest.raises(VariablesError):
        set_variable(session, instance, name, value)
    assert snapshots.snapshots_of(session, instance.id) == []
