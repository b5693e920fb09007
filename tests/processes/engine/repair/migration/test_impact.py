"""What a new version would do: where instances wait, which can move, and why others cannot."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of_file
from processes.engine.execution import instances
from processes.engine.repair.migration import impact, runs, undo
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
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
from tests.processes.engine.repair.migration.migrating import ENDS, do, items_of

TWO = straight(user("a"), job("b"), ids=("a", "b"))
GUARDED = (
    ENDS + user("a") + user("late") + boundary("t", "a", timer("timeDuration", "P1D"))
    + chain("start", "a", "end") + chain("t", "late", "end")
)  # fmt: skip


def many(session: Session, body: str, number: int) -> ProcessDefinition:
    definition = define(session, process(body))
    for n in range(number):
        instances.start_process(session, "p", business_key=str(n), started_by="test")
    return definition


def test_running_instances_are_counted_where_they_wait(session: Session) -> None:
    definition = many(session, TWO, 3)
    (task, *_) = instances.open_user_tasks(session)
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})
    assert impact.waiting_per_element(session, definition.id) == {"a": 2, "b": 1}
    newer = define(session, process(straight(user("a"), ids=("a",))))
    assert impact.waiting_per_element(session, newer.id) == {}


def test_an_instance_counts_once_at_each_place_and_not_when_it_has_ended(session: Session) -> None:
    definition = many(session, GUARDED, 2)
    assert impact.waiting_per_element(session, definition.id) == {"a": 2, "t": 2}
    ended = session.scalars(select(ProcessInstance).limit(1)).one()
    instances.cancel(session, ended.id, by="olga")
    assert impact.waiting_per_element(session, definition.id) == {"a": 1, "t": 1}


def test_a_file_is_tried_before_it_is_a_version(session: Session) -> None:
    definition = many(session, TWO, 2)
    new = process(straight(user("c"), ids=("c",)))
    (first, _second) = impact.try_out(
        session, definition.id, specification_of_file(session, new, "p"), {}, limit=10
    )
    assert (first.outcome, first.element_id) == (MigrationOutcome.NEEDS_MAPPING, "a")
    found = impact.try_out(
        session, definition.id, specification_of_file(session, new, "p"), {"a": "c"}, limit=1
    )
    assert [(each.outcome, each.waits_at) for each in found] == [(runs.CLEAN, ("a",))]
    assert session.scalars(select(ProcessDefinition)).all() == [definition]


def test_all_that_runs_is_moved_and_undone_in_chunks(session: Session) -> None:
    old = many(session, TWO, 5)
    new = define(session, process(straight(user("a"), user("c"), ids=("a", "c"))))
    run = runs.begin_all(session, old.id, new.id, {}, by="pieter")
    assert runs.apply_chunk(session, run.id, 2) == runs.Progress(2, 5, 0)
    while runs.apply_chunk(session, run.id, 2).done < 5:
        pass
    session.expire_all()
    do(session, "a")  # one of them goes on
    assert undo.begin_undo(session, run.id, by="olga")
    assert not undo.begin_undo(session, run.id, by="anna")
    assert undo.undo_chunk(session, run.id, 2).done == 2
    while (progress := undo.undo_chunk(session, run.id, 2)).done < progress.total:
        pass
    assert progress == runs.Progress(5, 5, 1)
    session.expire_all()
    on = [instance.definition_id for instance in session.scalars(select(ProcessInstance))]
    assert sorted(on) == sorted([old.id] * 4 + [new.id])
    (stayed,) = [item for item in items_of(session, run.id) if item.reason]
    assert stayed.reason == "Niet teruggedraaid. De zaak is sindsdien verder gegaan."


def test_a_half_filled_form_goes_along_and_comes_back(session: Session) -> None:
    old = many(session, TWO, 1)
    task = session.scalars(select(UserTask)).one()
    instances.save_draft(session, task.id, draft={"name": "half"}, by="anna")
    new = define(session, process(straight(user("a"), ids=("a",))))
    run = runs.begin_all(session, old.id, new.id, {}, by="pieter")
    runs.apply_chunk(session, run.id)
    session.expire_all()
    assert session.scalars(select(UserTask)).one().draft == {"name": "half"}
    undo.begin_undo(session, run.id, by="pieter")
    undo.undo_chunk(session, run.id)
    session.expire_all()
    assert session.scalars(select(UserTask)).one().draft == {"name": "half"}
    instance = session.scalars(select(ProcessInstance)).one()
    assert (instance.definition_id, instance.status) == (old.id, InstanceStatus.ACTIVE)
