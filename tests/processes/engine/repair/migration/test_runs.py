"""A migration run: in chunks, checked again under the lock, told per instance, and undone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import timers
from processes.engine.repair import snapshots
from processes.engine.repair.migration import runs
from processes.engine.store.models import Job, JobStatus, ProcessDefinition, ProcessInstance, Timer
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    job,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    ENDS,
    apply,
    at,
    begin,
    do,
    dry_run,
    forecast,
    has_ended,
    items_of,
    migrate,
    task_at,
)

ONE = straight(user("a"), ids=("a",))
TWO = straight(user("a"), user("b"), ids=("a", "b"))
GUARDED = (
    ENDS + user("a") + user("late") + boundary("t", "a", timer("timeDuration", "P1D"))
    + chain("start", "a", "end") + chain("t", "late", "end")
)  # fmt: skip


def many(session: Session, number: int) -> tuple[ProcessDefinition, list[ProcessInstance]]:
    definition = define(session, process(ONE))
    started = [
        instances.start_process(session, "p", business_key=str(n), started_by="test")
        for n in range(number)
    ]
    return definition, started


def version_of(session: Session, instance: ProcessInstance) -> int:
    session.refresh(instance)
    return session.get_one(ProcessDefinition, instance.definition_id).version


def complete(session: Session, instance: ProcessInstance, **variables: Any) -> None:
    tasks = instances.open_user_tasks(session, business_key=instance.business_key)
    instances.complete_user_task(
        session, tasks[0].id, completed_by="anna", variables=variables
    )  # fmt: skip


def test_a_run_moves_its_instances_in_chunks(session: Session) -> None:
    old, _ = many(session, 5)
    new = define(session, process(TWO))
    run = runs.begin_all(session, old.id, new.id, {}, by="olga")

    seen = [runs.apply_chunk(session, run.id, 2) for _ in range(3)]

    assert [(each.done, each.total, each.failed) for each in seen] == [
        (2, 5, 0), (4, 5, 0), (5, 5, 0),
    ]  # fmt: skip
    assert {item.outcome for item in items_of(session, run.id)} == {"migrated"}
    assert set(session.scalars(select(ProcessInstance.definition_id))) == {new.id}


def test_an_instance_that_moved_on_since_the_run_began_is_looked_at_again(session: Session) -> None:
    old, (instance, other) = many(session, 2)
    body = straight(user("a"), user("c"), ids=("a", "c"))
    new = define(session, process(body))
    run = runs.begin_all(session, old.id, new.id, {}, by="olga")
    complete(session, instance)

    runs.apply_chunk(session, run.id)

    items = {item.instance_id: item for item in items_of(session, run.id)}
    assert items[instance.id].outcome == MigrationOutcome.BLOCKED
    assert "afgelopen" in items[instance.id].reason
    assert items[other.id].outcome == MigrationOutcome.MIGRATED


def test_what_cannot_move_stays_and_the_others_go(session: Session) -> None:
    old = define(session, process(TWO))
    first, second = (
        instances.start_process(session, "p", business_key=key, started_by="test") for key in "12"
    )
    complete(session, first)
    new = define(session, process(ONE))

    run = apply(session, dry_run(session, old.id, new.id), by="olga")

    outcomes = {item.instance_id: item.outcome for item in items_of(session, run.id)}
    assert outcomes == {
        first.id: MigrationOutcome.NEEDS_MAPPING, second.id: MigrationOutcome.MIGRATED,
    }  # fmt: skip
    assert (version_of(session, first), version_of(session, second)) == (1, 2)
    complete(session, first)
    assert has_ended(session, first)


def test_undo_puts_back_version_state_and_rows(session: Session) -> None:
    old, instance = begin(session, ONE)
    task = task_at(session, "a")
    instances.save_draft(session, task.id, draft={"x": 1}, by="anna")
    item = migrate(session, old, GUARDED.replace('"a"', '"b"').replace("a_to", "b_to"), {"a": "b"})
    instances.save_draft(session, task.id, draft={"x": 2}, by="anna")

    (undone,) = runs.undo(session, item.run_id, by="olga")

    assert undone.outcome == MigrationOutcome.UNDONE
    back = task_at(session, "a")
    assert (back.id, back.form_key, back.draft) == (task.id, "a", {"x": 2})
    assert session.scalars(select(Timer)).all() == []
    assert version_of(session, instance) == 1
    do(session, "a")
    assert has_ended(session, instance)


def test_undo_puts_back_a_timer_that_was_disarmed(session: Session) -> None:
    old, _ = begin(session, GUARDED)
    due = session.scalars(select(Timer.due_at)).one()
    item = migrate(session, old, ONE)

    runs.undo(session, item.run_id, by="olga")

    assert session.scalars(select(Timer.due_at)).one() == due
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    assert timers.fire_due_timers(session, 10) == 1
    assert at(session) == ["late"]


def test_undo_leaves_what_has_moved_on(session: Session) -> None:
    old, (first, second) = many(session, 2)
    new = define(session, process(TWO))
    run = apply(session, dry_run(session, old.id, new.id), by="olga")
    complete(session, first)

    items = {item.instance_id: item for item in runs.undo(session, run.id, by="olga")}

    assert items[first.id].outcome == MigrationOutcome.MIGRATED
    assert "verder gegaan" in items[first.id].reason
    assert (version_of(session, first), version_of(session, second)) == (2, 1)


def test_undo_is_done_once(session: Session) -> None:
    old, _ = begin(session, ONE)
    item = migrate(session, old, TWO)
    runs.undo(session, item.run_id, by="olga")

    assert runs.undo(session, item.run_id, by="olga") == []
    assert item.snapshot_id is not None
    with pytest.raises(snapshots.NotUndoableError):
        snapshots.undo(session, item.snapshot_id, by="olga")


def test_undo_of_a_migration_leaves_the_attempts_of_a_job(session: Session) -> None:
    old, instance = begin(session, straight(job("send"), ids=("send",)))
    item = migrate(session, old, straight(job("send"), user("a"), ids=("send", "a")))
    (made,) = session.scalars(select(Job)).all()
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1)) is not None

    runs.undo(session, item.run_id, by="olga")

    session.expire_all()
    assert (made.status, made.attempts) == (JobStatus.LEASED, 1)
    assert jobs.finish(session, made.id, "w", 1, {})
    assert has_ended(session, instance)


def test_a_suspended_or_ended_instance_is_no_trap(session: Session) -> None:
    old, instance = begin(session, ONE)
    instances.cancel(session, instance.id, by="olga")
    new = define(session, process(TWO))

    assert dry_run(session, old.id, new.id).forecasts == []


def test_what_the_new_version_cannot_work_out_is_told(session: Session) -> None:
    old, _ = begin(session, ONE)

    found = forecast(session, old, GUARDED.replace("P1D", "${nobody_knows}"))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "past niet in de nieuwe versie" in found.reason


def test_a_run_of_nothing_is_done_at_once(session: Session) -> None:
    old = define(session, process(ONE))
    new = define(session, process(TWO))
    plan = dry_run(session, old.id, new.id)

    run = apply(session, plan, by="olga")

    assert runs.progress_of(session, run.id) == runs.Progress(0, 0, 0)
