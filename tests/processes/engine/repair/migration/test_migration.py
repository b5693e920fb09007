"""Running instances go to another version, or stay where they are and it is told why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages, timers
from processes.engine.repair import snapshots
from processes.engine.repair.migration import runs
from processes.engine.store.models import (
    Job,
    JobStatus,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    Timer,
)
from processes.engine.store.snapshot_models import InstanceSnapshot, MigrationOutcome
from processes.engine.tasks.wanted_tasks import Tab, Wanted
from processes.engine.tasks.worklist import worklist
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    job,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    ENDS,
    at,
    begin,
    do,
    dry_run,
    forecast,
    has_ended,
    migrate,
    task_at,
)
from tests.processes.engine.tasks.people import ANNA

# -- the dry run


def test_a_dry_run_writes_nothing(session: Session) -> None:
    old, instance = begin(session, straight(user("a"), ids=("a",)))
    version, state = instance.row_version, instance.state
    new = define(session, process(straight(user("a"), user("b"), ids=("a", "b"))))

    plan = dry_run(session, old.id, new.id)

    assert [each.outcome for each in plan.forecasts] == [MigrationOutcome.PENDING]
    assert [each.waits_at for each in plan.forecasts] == [("a",)]
    session.refresh(instance)
    assert (instance.definition_id, instance.row_version, instance.state) == (
        old.id, version, state,
    )  # fmt: skip
    assert session.scalars(select(InstanceSnapshot)).all() == []


def test_a_task_that_was_removed_needs_a_mapping(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))

    found = forecast(session, old, straight(user("b"), ids=("b",)))

    assert found.outcome == MigrationOutcome.NEEDS_MAPPING
    assert found.element_id == "a"
    assert "“a” staat niet in de nieuwe versie" in found.reason


def test_a_mapping_to_what_is_not_there_is_told(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))

    found = forecast(session, old, straight(user("b"), ids=("b",)), {"a": "c"})

    assert found.outcome == MigrationOutcome.NEEDS_MAPPING
    assert "“c”" in found.reason


def test_another_kind_of_element_is_blocked(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))

    found = forecast(session, old, straight(job("a"), ids=("a",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "ander soort" in found.reason


def test_instances_move_within_their_own_process_only(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))
    other = define(session, process(straight(user("a"), ids=("a",)), key="q"), "q")

    with pytest.raises(runs.OtherProcessError):
        runs.begin_all(session, old.id, other.id, {}, by="olga")


# -- what stays


def test_the_draft_of_a_half_filled_form_stays_on_its_task(session: Session) -> None:
    old, instance = begin(session, straight(user("a"), ids=("a",)))
    before = task_at(session, "a")
    instances.save_draft(session, before.id, draft={"name": "half"}, by="anna")

    migrate(session, old, straight(user("a"), user("b"), ids=("a", "b")))

    after = task_at(session, "a")
    assert (after.id, after.draft, after.draft_by) == (before.id, {"name": "half"}, "anna")
    do(session, "a")
    assert at(session) == ["b"]
    do(session, "b")
    assert has_ended(session, instance)


def test_the_data_of_the_open_task_stays(session: Session) -> None:
    old, instance = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    do(session, "a", answer="ja")

    migrate(session, old, straight(user("b"), ids=("b",)))

    assert instances.variables(session, instance) == {"n": 1, "items": [1, 2], "answer": "ja"}


def test_the_open_task_gets_the_words_of_the_new_version(session: Session) -> None:
    old, _ = begin(session, straight(user("a"), ids=("a",)))
    before = task_at(session, "a").id

    migrate(session, old, straight(user("b", camunda_candidateGroups="registrar"), ids=("b",)),
            {"a": "b"})  # fmt: skip

    task = task_at(session, "b")
    assert (task.id, task.form_key, task.candidate_group) == (before, "b", "registrar")
    do(session, "b")
    assert at(session) == []


def test_a_timer_keeps_its_due_time(session: Session) -> None:
    def body(days: int) -> str:
        wait = node("intermediateCatchEvent", "wait", timer("timeDuration", f"P{days}D"))
        return straight(wait, user("a"), ids=("wait", "a"))

    old, _ = begin(session, body(1))
    due = session.scalars(select(Timer.due_at)).one()

    migrate(session, old, body(30))

    assert session.scalars(select(Timer.due_at)).one() == due
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    assert timers.fire_due_timers(session, 10) == 1
    assert at(session) == ["a"]


def test_a_timer_that_got_another_name_keeps_its_due_time(session: Session) -> None:
    def body(id_: str) -> str:
        wait = node("intermediateCatchEvent", id_, timer("timeDuration", "P1D"))
        return straight(wait, user("a"), ids=(id_, "a"))

    old, _ = begin(session, body("wait"))
    due = session.scalars(select(Timer.due_at)).one()

    migrate(session, old, body("pause"), {"wait": "pause"})

    assert session.execute(select(Timer.element_id, Timer.due_at)).one() == ("pause", due)
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    assert timers.fire_due_timers(session, 10) == 1


def test_an_open_job_stays_and_its_result_goes_on_in_the_new_version(session: Session) -> None:
    old, instance = begin(session, straight(job("send", "mail"), ids=("send",)))
    (made,) = session.scalars(select(Job)).all()
    claimed = jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None

    migrate(session, old, straight(job("tell", "mail"), user("a"), ids=("tell", "a")),
            {"send": "tell"})  # fmt: skip

    (same,) = session.scalars(select(Job)).all()
    assert (same.id, same.element_id, same.status) == (made.id, "tell", JobStatus.LEASED)
    assert jobs.finish(session, made.id, "w", 1, {"sent": True})
    assert at(session) == ["a"]
    assert instances.variables(session, instance)["sent"] is True


def test_an_open_job_of_another_kind_is_blocked(session: Session) -> None:
    old, _ = begin(session, straight(job("send", "mail"), ids=("send",)))

    found = forecast(session, old, straight(job("send", "letter"), ids=("send",)))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "opdracht" in found.reason


def test_a_message_is_still_waited_for(session: Session) -> None:
    def body(name: str) -> str:
        hear = node("receiveTask", "hear", messageRef=f"message_{name}")
        return straight(hear, user("a"), ids=("hear", "a"))

    old, _ = begin(session, body("paid"), messages=("paid",))
    before = session.scalars(select(MessageSubscription.id)).one()
    migrate(session, old, body("paid"), messages=("paid",))
    assert session.scalars(select(MessageSubscription.id)).one() == before

    second = session.scalars(select(ProcessInstance.definition_id)).one()
    migrate(session, session.get_one(ProcessDefinition, second), body("settled"),
            messages=("settled",))  # fmt: skip
    assert messages.send_message(session, "settled", correlation_key="1")
    assert at(session) == ["a"]


# -- boundary events


def guarded(edge: str) -> str:
    ends = ENDS + user("a") + user("late") + node("endEvent", "end2")
    return ends + edge + chain("start", "a", "end") + (chain("t", "late", "end2") if edge else "")


DAY = boundary("t", "a", timer("timeDuration", "P1D"))


def test_a_boundary_event_that_is_added_listens_on_the_current_task(session: Session) -> None:
    old, instance = begin(session, straight(user("a"), ids=("a",)))

    migrate(session, old, guarded(DAY))

    assert session.scalars(select(Timer.element_id)).all() == ["t"]
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    assert timers.fire_due_timers(session, 10) == 1
    assert at(session) == ["late"]
    do(session, "late")
    assert has_ended(session, instance)


def test_a_boundary_event_that_is_added_does_not_stop_the_task(session: Session) -> None:
    old, instance = begin(session, straight(user("a"), ids=("a",)))

    migrate(session, old, guarded(DAY))
    do(session, "a")

    assert has_ended(session, instance)
    assert session.scalars(select(Timer)).all() == []


def test_a_boundary_event_that_is_removed_listens_no_more(session: Session) -> None:
    old, instance = begin(session, guarded(DAY))

    migrate(session, old, straight(user("a"), ids=("a",)))

    assert session.scalars(select(Timer)).all() == []
    do(session, "a")
    assert has_ended(session, instance)


def test_a_boundary_timer_that_stays_keeps_its_due_time(session: Session) -> None:
    old, _ = begin(session, guarded(DAY))
    before = session.execute(select(Timer.id, Timer.due_at)).one()

    migrate(session, old, guarded(DAY.replace("P1D", "P9D")))

    assert session.execute(select(Timer.id, Timer.due_at)).one() == before


def test_a_boundary_signal_takes_the_place_of_a_boundary_timer(session: Session) -> None:
    old, _ = begin(session, guarded(DAY))

    migrate(session, old, guarded(boundary("t", "a", signal("stop"))), signals=("stop",))

    assert session.scalars(select(Timer)).all() == []
    assert messages.send_signal(session, "stop") == 1
    assert at(session) == ["late"]


def test_a_reminder_that_went_out_is_not_sent_again(session: Session) -> None:
    reminder = boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    old, instance = begin(session, guarded(reminder))
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    timers.fire_due_timers(session, 10)
    assert at(session) == ["a", "late"]

    migrate(session, old, guarded(reminder))

    assert session.scalars(select(Timer)).all() == []
    do(session, "a")
    do(session, "late")
    assert has_ended(session, instance)


def test_two_tokens_cannot_stand_one_after_the_other(session: Session) -> None:
    reminder = boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    old, _ = begin(session, guarded(reminder))
    set_clock(lambda: datetime.now(UTC) + timedelta(days=2))
    timers.fire_due_timers(session, 10)

    found = forecast(session, old, straight(user("a"), user("late"), ids=("a", "late")))

    assert found.outcome == MigrationOutcome.BLOCKED
    assert "tegelijk" in found.reason


def test_a_second_group_of_the_new_version_finds_the_task(session: Session) -> None:
    old, instance = begin(
        session, straight(user("a", camunda_candidateGroups="operator"), ids=("a",))
    )

    def listed() -> list[str]:
        session.expire_all()
        return [task.element_id for task in worklist(session, ANNA, Wanted(Tab.GROUP)).tasks]

    assert listed() == []
    migrate(
        session,
        old,
        straight(user("a", camunda_candidateGroups="operator,registrar"), ids=("a",)),
        {},
    )
    assert listed() == ["a"]
    (snapshot,) = snapshots.snapshots_of(session, instance.id)
    snapshots.undo(session, snapshot.id, by="olga")
    assert listed() == []
