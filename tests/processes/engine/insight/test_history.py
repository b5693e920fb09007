"""Who or what entered and left each element of an instance."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, make_transient

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.insight import history
from processes.engine.store.models import ActivityInstance
from tests.processes.engine.diagrams import (
    job,
    node,
    straight,
    user,
)
from tests.processes.engine.repair.migration.migrating import begin, do

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def clock(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def test_entries_tell_who_was_where_and_when(session: Session) -> None:
    clock()
    _, instance = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    clock(minutes=5)
    do(session, "a")

    entries = {each.element_id: each for each in history.entries(session, instance.id)}

    assert list(entries) == ["start", "a", "b"]
    assert (entries["a"].entered_at, entries["a"].left_at) == (
        MONDAY,
        MONDAY + timedelta(minutes=5),
    )
    assert (entries["a"].actor, entries["a"].result) == ("anna", "completed")
    assert (entries["b"].left_at, entries["b"].result) == (None, None)


def test_what_one_step_passes_is_told_in_that_order_wherever_its_rows_lie(
    session: Session,
) -> None:
    """PostgreSQL puts rows of one moment in another order once some were written anew."""
    clock()
    ids = tuple("nmlkjihgfedcba")
    passed = [node("exclusiveGateway", id_) for id_ in ids[1:-1]]
    _, instance = begin(session, straight(user("n"), *passed, user("a"), ids=ids))
    do(session, "n")
    shuffled = select(ActivityInstance).order_by(ActivityInstance.element_id)
    for row in session.scalars(shuffled).all():
        make_transient(row)
        session.execute(delete(ActivityInstance).where(ActivityInstance.id == row.id))
        session.add(row)
        session.flush()
    do(session, "a")
    told = [each.element_id for each in history.entries(session, instance.id)]
    assert told == ["start", *ids, "end"]


def test_an_open_job_is_an_entry_with_the_name_in_the_diagram(session: Session) -> None:
    _, instance = begin(session, straight(job("send", "mail"), ids=("send",)))

    last = history.entries(session, instance.id)[-1]

    assert (last.element_id, last.name, last.left_at) == ("send", "send", None)


def test_what_was_cancelled_is_told(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), ids=("a",)))
    instances.cancel(session, instance.id, by="olga")

    last = history.entries(session, instance.id)[-1]
    assert (last.element_id, last.result) == ("a", "cancelled")


def test_of_what_lapses_it_tells_who_made_it_lapse(session: Session) -> None:
    _, instance = begin(session, straight(user("a"), user("b"), ids=("a", "b")))
    instances.cancel(session, instance.id, by="Operator 1")

    entries = {each.element_id: each for each in history.entries(session, instance.id)}

    assert (entries["a"].result, entries["a"].actor) == ("cancelled", "Operator 1")
