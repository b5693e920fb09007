"""A database of release 0.1.0 is upgraded, and everything in it goes on as it would have there.

`release_0_1_0/make.txt` says how its rows were made: an instance at each kind of wait, jobs,
drafts, offers, a portfolio, a staged file of the older register.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.setup import schema
from app.setup.tables import all_tables
from processes.base import set_clock, today
from processes.casework.offers.publication import Worker, take_step
from processes.database import open_database
from processes.engine.deployment import drafts
from processes.engine.deployment.start_timers import StartTimer
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import messages, timers
from processes.engine.execution.incidents import open_incidents, retry_incident
from processes.engine.interpreter import cache
from processes.engine.repair import modification, suspension
from processes.engine.repair.migration import runs as migration_runs
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.snapshot_models import InstanceSnapshot, MigrationRun
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider
from tests.app.setup.release import kept, load
from tests.conftest import Backend
from workers.vocabulary import vocabulary

CONTACT = {"name": "Noor de Wit", "email": "noor@scholing.example"}
RELEASE = kept("release_0_1_0")
PLAYED = sorted(RELEASE["went"])


class Clock:
    """A moment after the release; each look at it is a little later."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=10)
        return self.moment


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The time; and every step loads its instance anew, so that every wait is a reload."""
    monkeypatch.setattr(cache, "KEPT", 0)
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


@pytest.fixture(scope="module")
def upgraded(backend: Backend) -> Iterator[Engine]:
    engine = open_database(backend.new_database())
    load(engine, RELEASE)
    schema.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(upgraded: Engine) -> Iterator[Session]:
    """Nothing that a test does stays."""
    with Session(upgraded, expire_on_commit=False) as session:
        yield session
        session.rollback()


def the_instance(session: Session, key: str) -> ProcessInstance:
    return session.scalars(select(ProcessInstance).filter_by(business_key=key)).one()


def tasks(session: Session, instance: ProcessInstance) -> list[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == "open")
    return sorted(
        session.scalars(query), key=lambda each: (each.element_id, each.opened_at, str(each.id))
    )


def new_job(session: Session, instance: ProcessInstance) -> Job | None:
    query = select(Job).where(Job.instance_id == instance.id, Job.status == JobStatus.NEW)
    return session.scalars(query.order_by(Job.created_at, Job.id)).first()


def work(session: Session, made: Job) -> None:
    claimed = jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None
    assert jobs.finish(session, made.id, "w", claimed.attempts, {"worked": True})


def deliver(session: Session, instance: ProcessInstance) -> bool:
    query = select(MessageSubscription).where(MessageSubscription.instance_id == instance.id)
    found = session.scalars(query.order_by(MessageSubscription.element_id)).first()
    if found is None:
        return False
    if found.kind == "message":
        messages.send_message(session, found.name, correlation_key=found.correlation_key)
    else:
        messages.send_signal(session, found.name)
    return True


def set_free(session: Session, instance: ProcessInstance) -> None:
    """What holds an instance up: it is suspended, its job failed, or its worker is gone."""
    if instance.status is InstanceStatus.SUSPENDED:
        suspension.resume(session, instance.id)
    for incident in open_incidents(session):
        if incident.instance_id == instance.id:
            retry_incident(session, incident.id, by="anna")
    for lost in session.scalars(select(Job).filter_by(instance_id=instance.id, status="leased")):
        jobs.put_back(session, lost.id, lost.lease_owner or "", lost.attempts)
        lost.due_at = datetime(2026, 11, 30, tzinfo=UTC)
    session.flush()


def play_out(session: Session, instance: ProcessInstance, clock: Clock) -> None:
    """Whatever is open first: tasks, jobs, events, then time; as `make.txt` has it."""
    for turn in range(60):
        session.refresh(instance)
        if instance.status != InstanceStatus.ACTIVE:
            return
        if open_tasks := tasks(session, instance):
            said: dict[str, dict[str, Any]] = {"condition": {"paid": True}}
            said["loop"] = {"again": turn < 1}
            instances.complete_user_task(
                session,
                open_tasks[0].id,
                completed_by="anna",
                variables=said.get(instance.business_key or "", {}),
            )
        elif made := new_job(session, instance):
            work(session, made)
        elif not deliver(session, instance):
            clock.moment += timedelta(days=400)
            timers.fire_due_timers(session, 100)


def went(session: Session, instance: ProcessInstance) -> list[str]:
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance.id)
    return sorted(f"{each.element_id} {each.result}" for each in session.scalars(query))


@pytest.mark.parametrize("key", PLAYED)
def test_an_instance_goes_on_as_it_would_have_gone(
    session: Session, clock: Clock, key: str
) -> None:
    instance = the_instance(session, key)
    set_free(session, instance)
    play_out(session, instance, clock)
    status, *elements = RELEASE["went"][key]
    assert (str(instance.status), went(session, instance)) == (status, elements)
    assert not [each for each in open_incidents(session) if each.instance_id == instance.id]


def test_every_row_is_still_there(session: Session) -> None:
    counted = {
        name: session.scalar(select(func.count()).select_from(table))
        for name, table in all_tables().tables.items()
        if name in RELEASE["tables"]
    }
    assert counted == {
        name: len(table["rows"])
        for name, table in RELEASE["tables"].items()
        if name != "alembic_version"
    }


def test_every_state_and_every_draft_can_be_read(session: Session) -> None:
    for instance in session.scalars(select(ProcessInstance)):
        instances.variables(session, instance)
    (draft,) = drafts.drafts(session)
    assert draft.name == "getekend"
    assert drafts.todo(draft) == []


def test_what_was_moved_and_migrated_can_be_put_back(session: Session) -> None:
    moved = the_instance(session, "moved")
    (snapshot,) = session.scalars(select(InstanceSnapshot).filter_by(instance_id=moved.id))
    modification.undo(session, snapshot.id, by="anna")
    assert [task.element_id for task in tasks(session, moved)] == ["b"]
    migrated, run = the_instance(session, "migrated"), session.scalars(select(MigrationRun)).one()
    migration_runs.undo(session, run.id, by="anna")
    session.refresh(migrated)
    assert migrated.definition_id == run.from_definition_id


def test_what_runs_again_by_the_clock_begins(session: Session, clock: Clock) -> None:
    assert clock.moment > session.scalars(select(StartTimer.due_at)).one()
    begun = session.query(ProcessInstance).filter_by(process_key="clocked").count()
    timers.fire_due_timers(session, 100)
    assert session.query(ProcessInstance).filter_by(process_key="clocked").count() == begun + 1


def test_a_registration_that_was_half_done_is_finished(session: Session) -> None:
    vocabulary()  # registers the delegates
    begun = the_instance(session, "90000017")
    answers = (
        {"company": {"name": "Scholing"}, "contact": CONTACT, "next": "review"},
        {"change": ""},
    )
    for variables in answers:
        (task,) = tasks(session, begun)
        instances.complete_user_task(session, task.id, completed_by="anna", variables=variables)
    provider = session.scalars(select(Provider).filter_by(kvk="90000017")).one()
    assert provider.reference == "AB-2026-second"
    topics = {job.topic for job in session.scalars(select(Job).filter_by(instance_id=begun.id))}
    assert topics >= {"send-confirmation", "migrate-offers"}


def test_an_offer_that_was_a_concept_is_published(session: Session) -> None:
    vocabulary()  # registers the delegates
    offer = session.scalars(select(Offer).filter_by(title="Concept")).one()
    take_step(session, offer, {"action": "publish"}, by=Worker("68750110", None, "anna"))
    session.refresh(offer)
    assert offer.is_visible(today())
