"""A sweep finds what nobody was told of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from processes.base import new_id, now, set_clock
from processes.casework import orphaned_tasks
from processes.engine.execution import jobs
from processes.engine.insight import kept_figures
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Job, JobStatus, ProcessDefinition, ProcessInstance, Timer
from processes.engine.tasks import files
from processes.engine.tasks.directory import remember
from processes.engine.tasks.files import NewFile, Place
from processes.platform.settings import Settings
from tests import patience
from tests.processes.engine.tasks.people import ANNA, add_case, add_task
from tests.workers.rows import do_nothing, let_time_pass, messages, sweep
from workers import schedule
from workers.celery import celery
from workers.enqueue import open_session
from workers.job_context import JobContext
from workers.schedule import forget_wake_ups

MakeJob = Callable[..., UUID]
Topic = Callable[..., str]
ReadJob = Callable[[UUID], Job]


def test_without_a_broker_a_sweep_performs_what_is_due(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    first, second = (make_job(topic(do_nothing)) for _ in range(2))
    let_time_pass()
    sweep()
    assert {read_job(first).status, read_job(second).status} == {JobStatus.DONE}


def test_a_sweep_leaves_a_new_job_to_whom_the_bell_rang_for(
    broker: str, topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job(topic(do_nothing))
    messages(broker, "default")  # the broker forgets everything
    sweep()
    assert messages(broker, "default") == []
    assert read_job(job_id).status is JobStatus.NEW
    let_time_pass()
    sweep()
    assert read_job(job_id).status is JobStatus.DONE


def test_with_a_broker_a_sweep_rings_for_another_attempt_and_not_again_at_once(
    broker: str, topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job(topic(do_nothing))
    messages(broker, "default")
    with open_session() as session, session.begin():
        session.get_one(Job, job_id).attempts = 1
    sweep()
    sweep()
    [heard] = messages(broker, "default")
    assert str(job_id) in heard
    assert read_job(job_id).status is JobStatus.NEW


def test_a_job_for_a_worker_outside_is_never_told_to_celery_nor_performed_here(
    broker: str, make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job("not-a-topic")
    let_time_pass()
    sweep()
    with open_session() as session, session.begin():
        session.get_one(Job, job_id).attempts = 1
    sweep()
    assert messages(broker, "default") == []
    job = read_job(job_id)
    assert (job.status, job.attempts, job.lease_owner) == (JobStatus.NEW, 1, None)


@pytest.mark.parametrize(("attempts", "status"), [(4, JobStatus.LEASED), (5, JobStatus.FAILED)])
def test_a_sweep_makes_an_incident_of_the_last_lock_that_ran_out(
    make_job: MakeJob, read_job: ReadJob, attempts: int, status: JobStatus
) -> None:
    job_id = make_job("not-a-topic")
    until = now() + timedelta(hours=1)
    with open_session() as session, session.begin():
        job = session.get_one(Job, job_id)
        job.status, job.lease_owner, job.lease_until = JobStatus.LEASED, "outside:x:w", until
        job.attempts = attempts
    sweep()
    assert read_job(job_id).status is JobStatus.LEASED
    set_clock(lambda: until + timedelta(seconds=1))
    sweep()
    assert read_job(job_id).status is status


def test_with_a_broker_a_sweep_rings_for_what_finds_no_room_here(
    broker: str, topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    begun, may_end = Event(), Event()

    def wait(*, job: JobContext) -> None:
        assert job
        begun.set()
        assert may_end.wait(timeout=patience.SECONDS)

    make_job(topic(wait))
    let_time_pass()
    schedule.sweep()
    assert begun.wait(timeout=patience.SECONDS)
    second = make_job(topic(do_nothing))
    messages(broker, "default")
    let_time_pass()
    schedule.sweep()
    heard = messages(broker, "default")
    may_end.set()
    schedule.wait_for_lanes()
    assert [str(second) in each for each in heard] == [True]
    assert read_job(second).status is JobStatus.NEW


@pytest.mark.usefixtures("broker")
def test_a_worker_performs_what_the_bell_rings_for(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job(topic(do_nothing))
    celery.tasks["run_job"](str(job_id))
    assert read_job(job_id).status is JobStatus.DONE


def test_a_job_that_waits_for_its_next_attempt_is_left_alone(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    def fail(*, job: JobContext) -> None:
        raise ConnectionError(job.attempt)

    job_id = make_job(topic(fail))
    let_time_pass()
    sweep()
    forget_wake_ups()
    sweep()
    assert read_job(job_id).attempts == 1
    moment = now() + timedelta(minutes=5)
    set_clock(lambda: moment)
    sweep()
    assert read_job(job_id).attempts == 2


def test_a_timer_that_cannot_be_fired_holds_up_no_job(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    job_id = make_job(topic(do_nothing))
    let_time_pass()
    with open_session() as session:
        session.add(_broken_timer(session))
        session.commit()
    with pytest.raises(ExceptionGroup):
        sweep()
    assert read_job(job_id).status is JobStatus.DONE


def _broken_timer(session: Session) -> Timer:
    """A due timer of an instance whose state nobody can read."""
    definition = ProcessDefinition(
        key="broken", version=1, name="", xml="<broken/>", sha256="", deployed_by="test"
    )
    session.add(definition)
    session.flush()
    instance = ProcessInstance(
        definition_id=definition.id,
        process_key="broken",
        business_key=None,
        tenant=None,
        started_by="test",
        state=b"no state",
    )
    session.add(instance)
    session.flush()
    return Timer(instance_id=instance.id, token_id=new_id(), element_id="timer", due_at=now())


def test_a_sweep_deletes_the_messages_for_which_nobody_came(worker_settings: Settings) -> None:
    assert worker_settings
    expired = message_until(now() - timedelta(seconds=1), "vroeger")
    kept = message_until(now() + timedelta(days=1), "later")
    with open_session() as session, session.begin():
        session.add_all([expired, kept])
    sweep()
    with open_session() as session:
        assert session.scalars(select(BufferedMessage.name)).all() == ["later"]


def message_until(moment: datetime, name: str) -> BufferedMessage:
    return BufferedMessage(name=name, correlation_key=None, variables={}, expires_at=moment)


def test_a_sweep_deletes_the_files_that_nobody_sent(worker_settings: Settings) -> None:
    assert worker_settings
    new = NewFile("scan.pdf", "application/pdf", b"%PDF-1.7", None)
    with open_session() as session:
        left = files.keep(session, Place(ANNA.reference), new)
        left.uploaded_at = now() - files.DAY
        kept = files.keep(session, Place("teacher:other"), new).id
        session.commit()
    sweep()
    with open_session() as session:
        assert session.scalars(select(UploadedFile.id)).all() == [kept]


def test_a_sweep_makes_the_digests_of_a_working_day_once(
    worker_settings: Settings,
) -> None:
    assert worker_settings
    with open_session() as session:
        remember(session, ANNA, "anna@register.example")
        session.commit()

    def digests() -> int:
        with open_session() as session:
            query = select(Job.id).where(Job.topic == "send-task-digest")
            return len(session.scalars(query).all())

    set_clock(lambda: datetime(2027, 3, 1, 6, 0, tzinfo=UTC))
    sweep()
    assert digests() == 0
    set_clock(lambda: datetime(2027, 3, 1, 6, 31, tzinfo=UTC))
    for _ in range(2):
        sweep()
    assert digests() == 1


def test_a_sweep_keeps_how_many_tasks_nobody_can_do_and_renews_it(
    worker_settings: Settings,
) -> None:
    assert worker_settings
    began = now()
    set_clock(lambda: began)
    with open_session() as session:
        add_task(session, add_case(session, "p"), "afdeling", tenant=None)
        session.commit()
    sweep()
    with open_session() as session:
        assert orphaned_tasks.number_found(session) == 1
        add_task(session, add_case(session, "q"), "afdeling", tenant=None)
        session.commit()
    sweep()
    with open_session() as session:
        assert not orphaned_tasks.SCAN.due.ask(session, now())
        assert orphaned_tasks.number_found(session) == 1
    set_clock(lambda: began + kept_figures.EVERY + timedelta(seconds=1))
    sweep()
    with open_session() as session:
        assert orphaned_tasks.number_found(session) == 2


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # PostgreSQL plans what is given
def test_whether_a_job_is_due_is_asked_by_the_index_of_those_that_are_not_done(
    session: Session,
) -> None:
    """Years of finished jobs would otherwise be read in each sweep."""
    asked = select(jobs.ANY_DUE.condition).params(ago_0=now())
    written = asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {written}")).all()
    assert "ix_job_topic_due" in str(plan)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("look", [jobs.due_jobs, partial(jobs.worn_out, known=["mail"])])
def test_jobs_to_look_at_are_found_by_the_index_of_those_that_are_not_done(
    session: Session, look: Callable[..., list[UUID]]
) -> None:
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        look(session, limit=5)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    statement, parameters = sent[-1]
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    assert "ix_job_topic_due" in str(plan.all())
