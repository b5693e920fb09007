"""An operator moves, skips or repeats a token by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine import (
    history,
    incidents,
    instances,
    jobs,
    messages,
    modification,
    snapshots,
    timers,
)
from processes.engine.models import (
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.snapshot_models import InstanceSnapshot
from processes.engine.spiff_fit import CannotMoveError
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    delegate,
    job,
    message,
    node,
    straight,
    timer,
    user,
)
from tests.processes.engine.migrating import ENDS, at, begin, do, has_ended, task_at
from tests.processes.engine.test_migration_scopes import both, choice, inside, many

LINE = straight(user("a"), user("b"), user("c"), ids=("a", "b", "c"))
GUARDED = (
    ENDS + user("a") + user("b") + user("late")
    + boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    + chain("start", "a", "b", "end") + chain("t", "late", "end")
)  # fmt: skip


def move(session: Session, instance: ProcessInstance, of: str, to: str) -> InstanceSnapshot:
    token = task_at(session, of).id
    moved = modification.move_token(session, instance.id, token, to, by="olga", reason="op verzoek")
    session.expire_all()
    return moved


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
    instances.cancel(session, instance.id, reason="klaar", by="olga")

    with pytest.raises(CannotMoveError, match="afgelopen"):
        modification.skip(session, instance.id, token, by="olga", reason="proef")


def test_a_move_whose_step_fails_changes_nothing(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), delegate("nobody"), ids=("a", "nobody")))

    assert "lukt niet" in refused(session, instance, "a", "nobody")
    assert at(session) == ["a"]


# -- skip and repeat


def test_a_skipped_task_goes_on_without_an_answer(session: Session) -> None:
    _, instance = begin(session, LINE)
    task = task_at(session, "a")

    modification.skip(session, instance.id, task.id, by="olga", reason="niet nodig")

    assert at(session) == ["b"]
    (passage,) = (row for row in history.history(session, instance.id) if row.id == task.id)
    assert (passage.result, passage.actor) == ("skipped", "olga")
    session.refresh(task)
    assert task.status == TaskStatus.CANCELLED


def test_a_skipped_job_never_goes_on_a_second_time(session: Session) -> None:
    _, instance = begin(session, straight(job("send"), user("a"), ids=("send", "a")))
    (made,) = session.scalars(select(Job)).all()
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1)) is not None
    assert made.token_id is not None

    modification.skip(session, instance.id, made.token_id, by="olga", reason="is al gebeld")

    assert not jobs.finish(session, made.id, "w", 1, {"sent": True})
    assert at(session) == ["a"]


def test_a_skipped_wait_goes_on(session: Session) -> None:
    hear = node("receiveTask", "hear", messageRef="message_paid")
    _, instance = begin(session, straight(hear, user("a"), ids=("hear", "a")), messages=("paid",))
    token = session.scalars(select(MessageSubscription.token_id)).one()

    modification.skip(session, instance.id, token, by="olga", reason="betaald per kas")

    assert at(session) == ["a"]
    assert messages.send_message(session, "paid", correlation_key="1") is False


def test_a_skipped_round_counts(session: Session) -> None:
    _, instance = begin(session, straight(many("a"), user("b"), ids=("a", "b")))

    for _ in range(2):
        token = task_at(session, "a").id
        modification.skip(session, instance.id, token, by="olga", reason="niet nodig")

    assert at(session) == ["b"]


def test_a_repeated_job_begins_with_fresh_attempts(session: Session) -> None:
    _, instance = begin(session, straight(job("send"), user("a"), ids=("send", "a")))
    (first,) = session.scalars(select(Job)).all()
    assert jobs.claim(session, first.id, owner="w", lease=timedelta(minutes=1)) is not None
    assert first.token_id is not None

    modification.repeat(session, instance.id, first.token_id, by="olga", reason="opnieuw")

    session.expire_all()
    (second,) = (each for each in session.scalars(select(Job)) if each.id != first.id)
    assert (first.status, second.status, second.attempts) == (
        JobStatus.CANCELLED, JobStatus.NEW, 0,
    )  # fmt: skip
    assert second.idempotency_key != first.idempotency_key


def test_a_repeated_task_is_an_empty_form(session: Session) -> None:
    _, instance = begin(session, LINE)
    task = task_at(session, "a")
    instances.save_draft(session, task.id, draft={"x": 1}, by="anna")

    modification.repeat(session, instance.id, task.id, by="olga", reason="verkeerd begonnen")

    again = task_at(session, "a")
    assert again.id != task.id
    assert again.draft is None


# -- undo


def test_undo_puts_back_task_draft_and_timer(session: Session) -> None:
    _, instance = begin(session, GUARDED)
    task = task_at(session, "a")
    instances.save_draft(session, task.id, draft={"x": 1}, by="anna")
    due = session.scalars(select(Timer.due_at)).one()
    kept = move(session, instance, "a", "b")

    modification.undo(session, kept.id, by="piet")

    back = task_at(session, "a")
    assert (at(session), back.id, back.draft) == (["a"], task.id, {"x": 1})
    assert session.scalars(select(Timer.due_at)).one() == due
    session.refresh(kept)
    assert kept.undone_by == "piet"
    do(session, "a")
    do(session, "b")
    assert has_ended(session, instance)


def test_undo_opens_an_instance_that_the_move_ended(session: Session) -> None:
    _, instance = begin(session, LINE)
    kept = move(session, instance, "a", "end")

    modification.undo(session, kept.id, by="olga")

    session.refresh(instance)
    assert (instance.status, instance.ended_at) == (InstanceStatus.ACTIVE, None)
    for element_id in "abc":
        do(session, element_id)
    assert has_ended(session, instance)


def test_undo_of_a_skip_before_a_join(session: Session) -> None:
    _, instance = begin(session, both(("a",), ("b",)))
    do(session, "a")
    kept = modification.skip(
        session, instance.id, task_at(session, "b").id, by="olga", reason="niet nodig"
    )
    assert at(session) == ["after"]

    modification.undo(session, kept.id, by="olga")

    do(session, "b")
    do(session, "after")
    assert has_ended(session, instance)


def test_undo_gives_the_job_back_to_the_workers(session: Session) -> None:
    _, instance = begin(session, straight(job("send"), user("a"), ids=("send", "a")))
    (made,) = session.scalars(select(Job)).all()
    assert made.token_id is not None
    kept = modification.skip(session, instance.id, made.token_id, by="olga", reason="proef")
    jobs.new_jobs(session)

    modification.undo(session, kept.id, by="olga")

    assert jobs.new_jobs(session) == [(made.id, "send")]
    session.expire_all()
    assert made.status == JobStatus.NEW
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1)) is not None
    assert jobs.finish(session, made.id, "w", 1, {})
    assert at(session) == ["a"]


def test_undo_is_refused_when_somebody_went_on(session: Session) -> None:
    _, instance = begin(session, LINE)
    kept = move(session, instance, "a", "b")
    do(session, "b")

    with pytest.raises(snapshots.NotUndoableError, match="verder gegaan"):
        modification.undo(session, kept.id, by="olga")


def test_undo_is_refused_when_a_new_job_has_begun(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), job("send"), ids=("a", "send")))
    kept = move(session, instance, "a", "send")
    (made,) = session.scalars(select(Job)).all()
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1)) is not None

    with pytest.raises(snapshots.NotUndoableError, match="al begonnen"):
        modification.undo(session, kept.id, by="olga")
    assert session.scalars(select(UserTask.status)).all() == [TaskStatus.CANCELLED]
