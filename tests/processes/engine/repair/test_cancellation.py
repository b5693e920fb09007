"""An instance that was cancelled by hand comes back as it was."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.execution.instances import InstanceNotActiveError
from processes.engine.execution.steps import StepFailedError
from processes.engine.repair import cancellation, modification, snapshots
from processes.engine.repair.snapshots import NotUndoableError
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    Timer,
)
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    job,
    message,
    node,
    process,
    timer,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, later, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")


def busy(session: Session) -> ProcessInstance:
    """An instance with a task that has a timer, a job, and a message to wait for."""
    wait = node("intermediateCatchEvent", "wait", message("m"))
    body = (
        node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "g")
        + user("a") + job("work") + wait + user("late")
        + boundary("t", "a", timer("timeDuration", "P1D")) + chain("t", "late", "end")
        + chain("start", "g", "a", "end") + chain("g", "work", "end") + chain("g", "wait", "end")
    )  # fmt: skip
    return start(session, process(body, messages=("m",)))


def test_a_cancelled_instance_comes_back_as_it_was(session: Session) -> None:
    instance = busy(session)
    before = session.query(ActivityInstance).count()
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    assert instance.status == InstanceStatus.CANCELLED
    assert at(session) == []
    assert not messages.send_message(session, "x", correlation_key="1")

    modification.undo(session, snapshot.id, by="olga")

    assert (instance.status, instance.ended_at) == (InstanceStatus.ACTIVE, None)
    assert session.query(ActivityInstance).count() == before
    assert at(session) == ["a"]
    assert session.query(Timer).count() == 1
    assert messages.send_message(session, "m", correlation_key="1")
    work_off(session, "work", {})
    assert later(session, timedelta(days=2)) == 1
    do(session, "late")
    assert has_ended(instance)


def test_a_suspended_instance_comes_back_suspended(session: Session) -> None:
    instance = busy(session)
    instance.status = InstanceStatus.SUSPENDED
    session.flush()
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    modification.undo(session, snapshot.id, by="olga")
    assert instance.status == InstanceStatus.SUSPENDED


def test_what_was_open_of_incidents_is_open_again(session: Session) -> None:
    instance = busy(session)
    with pytest.raises(StepFailedError):
        do(session, "a", x="y" * 2_000_000)
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    assert incidents.open_incidents(session) == []
    modification.undo(session, snapshot.id, by="olga")
    assert len(incidents.open_incidents(session)) == 1


def test_it_is_not_undone_twice_or_while_another_runs(session: Session) -> None:
    instance = busy(session)
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    other = instances.start_process(session, "p", business_key="1", started_by="test")
    with pytest.raises(NotUndoableError, match="andere zaak"):
        modification.undo(session, snapshot.id, by="olga")

    cancellation.cancel(session, other.id, by="olga", reason="die niet")
    modification.undo(session, snapshot.id, by="olga")
    with pytest.raises(NotUndoableError):
        modification.undo(session, snapshot.id, by="olga")
    assert [each.action for each in snapshots.snapshots_of(session, instance.id)] == ["cancel"]


def test_after_a_month_it_stays_cancelled(session: Session) -> None:
    instance = busy(session)
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    set_clock(lambda: datetime.now(UTC) + timedelta(days=29))
    assert snapshots.why_not(session, snapshot) is None
    set_clock(lambda: datetime.now(UTC) + timedelta(days=31))
    assert snapshots.why_not(session, snapshot) == "De zaak is meer dan 30 dagen geleden gestopt."
    with pytest.raises(NotUndoableError, match="30 dagen"):
        modification.undo(session, snapshot.id, by="olga")


def test_what_has_ended_is_not_cancelled(session: Session) -> None:
    instance = busy(session)
    cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    with pytest.raises(InstanceNotActiveError):
        cancellation.cancel(session, instance.id, by="olga", reason="nog eens")


def test_a_job_that_was_being_done_is_done_again(session: Session) -> None:
    instance = busy(session)
    session.query(Job).one().status = JobStatus.LEASED
    session.flush()
    snapshot = cancellation.cancel(session, instance.id, by="olga", reason="per ongeluk")
    modification.undo(session, snapshot.id, by="olga")
    assert session.query(Job).one().status == JobStatus.NEW
