"""One instance migrated by itself: tried on a copy, moved, and undone like a move by hand."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification, snapshots
from processes.engine.repair.migration import single
from processes.engine.repair.migration.runs import OtherProcessError
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.playing import at, do, has_ended
from tests.processes.engine.repair.migration.migrating import begin
from tests.processes.engine.repair.modifying import LINE

BY: dict[str, Any] = {"by": "olga", "reason": "alleen deze"}
RENAMED = straight(user("first"), user("b"), ids=("first", "b"))


def test_one_moves_and_another_stays_where_it_is(session: Session) -> None:
    old, instance = begin(session, LINE)
    second = start_process(session, "p", business_key="2", started_by="test")
    new = define(session, process(straight(user("a"), user("z"), ids=("a", "z"))))

    assert single.try_one(session, instance.id, new.id, {}).outcome == MigrationOutcome.PENDING
    assert snapshots.snapshots_of(session, instance.id) == []
    snapshot = single.migrate_one(session, instance.id, new.id, {}, **BY)

    moved, stayed = (session.get_one(ProcessInstance, id_) for id_ in (instance.id, second.id))
    assert (moved.definition_id, stayed.definition_id) == (new.id, old.id)
    assert (snapshot.action, snapshot.reason) == ("migrate", "alleen deze")
    assert session.query(MigrationItem).count() == 0
    modification.undo(session, snapshot.id, by="olga")
    assert session.get_one(ProcessInstance, instance.id).definition_id == old.id
    assert at(session) == ["a", "a"]


def test_an_element_that_is_gone_needs_a_mapping(session: Session) -> None:
    _, instance = begin(session, LINE)
    new = define(session, process(RENAMED))
    found = single.try_one(session, instance.id, new.id, {})
    assert (found.outcome, found.element_id) == (MigrationOutcome.NEEDS_MAPPING, "a")
    with pytest.raises(CannotMoveError):
        single.migrate_one(session, instance.id, new.id, {}, **BY)
    assert snapshots.snapshots_of(session, instance.id) == []

    single.migrate_one(session, instance.id, new.id, {"a": "first"}, **BY)
    assert at(session) == ["first"]
    do(session, "first")
    do(session, "b")
    assert has_ended(session.get_one(ProcessInstance, instance.id))


def test_what_ended_or_is_of_another_process_is_refused(session: Session) -> None:
    old, instance = begin(session, LINE)
    with pytest.raises(OtherProcessError):
        single.migrate_one(session, instance.id, old.id, {}, **BY)
    elsewhere = define(session, process(LINE, "q"), "q")
    with pytest.raises(OtherProcessError):
        single.try_one(session, instance.id, elsewhere.id, {})
    new = define(session, process(LINE))
    with pytest.raises(CannotMoveError, match="Schrijf op waarom"):
        single.migrate_one(session, instance.id, new.id, {}, by="olga", reason=" ")
    instance = session.get_one(ProcessInstance, instance.id)
    instance.status = InstanceStatus.COMPLETED
    session.flush()
    with pytest.raises(CannotMoveError):
        single.migrate_one(session, instance.id, new.id, {}, **BY)
