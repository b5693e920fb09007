"""A token that is skipped or repeated, and what was done by hand undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages
from processes.engine.insight import history
from processes.engine.repair import modification, snapshots
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.unit_of_work import unit_of_work
from tests.processes.engine.diagrams import (
    job,
    node,
    straight,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    at,
    begin,
    both,
    do,
    has_ended,
    many,
    task_at,
)
from tests.processes.engine.repair.modifying import GUARDED, LINE, move

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
    unit_of_work(session).take_jobs()

    modification.undo(session, kept.id, by="olga")

    assert unit_of_work(session).take_jobs() == [(made.id, "send")]
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
