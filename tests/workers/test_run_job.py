"""A job is performed once, retried when it fails, and never finished by somebody who lost it."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine.registry import BadDataError, BpmnError
from processes.engine.store.models import Incident, Job, JobStatus
from processes.platform.logs import json_lines
from processes.register.changes import AuditEvent, record_event
from workers.job_context import JobContext, LeaseLostError, TurnOverError
from workers.run_job import run

Topic = Callable[[Callable[..., dict[str, Any] | None]], str]
MakeJob = Callable[..., UUID]
ReadJob = Callable[[UUID], Job]


def later(time: timedelta) -> None:
    moment = now() + time
    set_clock(lambda: moment)


def take_over(engine: Engine, job_id: UUID) -> None:
    """What another worker does once the lease has run out."""
    with Session(engine) as session, session.begin():
        values = {"lease_owner": "another", "attempts": Job.attempts + 1}
        session.execute(update(Job).where(Job.id == job_id).values(values))


def test_a_job_gets_its_arguments_and_is_done(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    seen: dict[str, Any] = {}

    def greet(name: str, *, job: JobContext) -> None:
        seen.update(name=name, key=job.idempotency_key, attempt=job.attempt)

    job_id = make_job(topic(greet), name="Noor")
    assert run(job_id)
    job = read_job(job_id)
    assert seen == {"name": "Noor", "key": job.idempotency_key, "attempt": 1}
    assert job.status is JobStatus.DONE
    assert job.done_at


def test_a_job_that_is_done_is_not_done_again(topic: Topic, make_job: MakeJob) -> None:
    times: list[int] = []

    def count(*, job: JobContext) -> None:
        times.append(job.attempt)

    job_id = make_job(topic(count))
    assert run(job_id)
    assert not run(job_id)
    assert times == [1]


def test_a_job_that_fails_waits_and_is_tried_again(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    def stumble(*, job: JobContext) -> None:
        if job.attempt == 1:
            message = "the mail server is away"
            raise ConnectionError(message)

    job_id = make_job(topic(stumble))
    assert run(job_id)
    job = read_job(job_id)
    assert job.status is JobStatus.NEW
    assert "the mail server is away" in (job.last_error or "")
    assert job.due_at > now() + timedelta(seconds=30)
    assert not run(job_id)
    later(timedelta(minutes=2))
    assert run(job_id)
    assert read_job(job_id).status is JobStatus.DONE


def test_a_job_out_of_attempts_becomes_an_incident(
    topic: Topic,
    make_job: MakeJob,
    read_job: ReadJob,
    read_incidents: Callable[[], list[Incident]],
) -> None:
    def fail(*, job: JobContext) -> None:
        raise ValueError(job.attempt)

    job_id = make_job(topic(fail))
    run(job_id)
    assert not read_incidents()
    later(timedelta(hours=1))
    run(job_id)
    assert read_job(job_id).status is JobStatus.FAILED
    [incident] = read_incidents()
    assert incident.job_id == job_id
    assert "deze taak" in incident.message
    assert "ValueError" not in incident.message
    assert "ValueError: 2" in incident.details


def test_a_business_error_without_a_diagram_to_catch_it_is_an_incident_at_once(
    topic: Topic,
    make_job: MakeJob,
    read_incidents: Callable[[], list[Incident]],
) -> None:
    def refuse(*, job: JobContext) -> None:
        raise BpmnError(job.tenant or "address-refused")

    run(make_job(topic(refuse)))
    assert len(read_incidents()) == 1


def test_a_job_for_a_worker_outside_is_left_as_it_was(make_job: MakeJob, read_job: ReadJob) -> None:
    job_id = make_job("not-a-topic")
    assert not run(job_id)
    job = read_job(job_id)
    assert (job.status, job.attempts, job.lease_owner) == (JobStatus.NEW, 0, None)


def test_a_worker_that_lost_its_lease_changes_nothing(
    topic: Topic, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    def dawdle(*, job: JobContext) -> None:
        take_over(own_engine, job.id)
        with job.transaction() as session:
            record_event(session, "never", actor="worker")

    job_id = make_job(topic(dawdle))
    assert run(job_id)
    job = read_job(job_id)
    assert (job.status, job.lease_owner) == (JobStatus.LEASED, "another")
    with Session(own_engine) as session:
        assert session.query(AuditEvent).count() == 0


def test_a_worker_that_returns_too_late_does_not_finish_the_job(
    topic: Topic, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    def dawdle(*, job: JobContext) -> None:
        take_over(own_engine, job.id)

    job_id = make_job(topic(dawdle))
    run(job_id)
    assert read_job(job_id).lease_owner == "another"


def test_a_killed_worker_leaves_a_job_that_is_taken_over_when_its_lease_ran_out(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    def die(*, job: JobContext) -> None:
        if job.attempt == 1:
            raise KeyboardInterrupt  # ends a worker without a word, as a kill does

    job_id = make_job(topic(die))
    with pytest.raises(KeyboardInterrupt):
        run(job_id)
    assert read_job(job_id).status is JobStatus.LEASED
    assert not run(job_id)
    later(timedelta(minutes=2))
    assert run(job_id)
    assert read_job(job_id).status is JobStatus.DONE


def test_what_a_job_did_before_it_failed_stays(
    topic: Topic, make_job: MakeJob, read_job: ReadJob, own_engine: Engine
) -> None:
    def half(*, job: JobContext) -> None:
        for done in (1, 2):
            with job.transaction() as session:
                record_event(session, "copied", actor="worker")
            job.progress(done, 3)
        raise ConnectionError

    job_id = make_job(topic(half))
    run(job_id)
    assert read_job(job_id).progress == {"done": 2, "total": 3}
    with Session(own_engine) as session:
        assert session.query(AuditEvent).count() == 2


def test_progress_goes_with_the_transaction_that_is_open(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    def work(*, job: JobContext) -> None:
        with job.transaction():
            job.progress(1, 3)
        job.progress(2, 3)
        with job.transaction():
            job.progress(3, 3)
            raise ConnectionError

    job_id = make_job(topic(work))
    run(job_id)
    assert read_job(job_id).progress == {"done": 2, "total": 3}


def test_a_transaction_that_raises_is_undone(
    topic: Topic, make_job: MakeJob, own_engine: Engine
) -> None:
    def stumble(*, job: JobContext) -> None:
        with job.transaction() as session:
            record_event(session, "copied", actor="worker")
            raise ConnectionError

    run(make_job(topic(stumble)))
    with Session(own_engine) as session:
        assert session.query(AuditEvent).count() == 0


def test_progress_keeps_the_lease(topic: Topic, make_job: MakeJob, read_job: ReadJob) -> None:
    leases: list[Any] = []

    def work(*, job: JobContext) -> None:
        leases.append(read_job(job.id).lease_until)
        later(timedelta(seconds=40))
        job.progress(1, 2)
        leases.append(read_job(job.id).lease_until)

    run(make_job(topic(work)))
    assert leases[1] - leases[0] >= timedelta(seconds=40)


def test_a_lost_lease_is_told_to_the_service_task(
    topic: Topic, make_job: MakeJob, own_engine: Engine
) -> None:
    told: list[bool] = []

    def dawdle(*, job: JobContext) -> None:
        take_over(own_engine, job.id)
        try:
            job.progress(1, 2)
        except LeaseLostError:
            told.append(True)
            raise

    run(make_job(topic(dawdle)))
    assert told == [True]


def test_bad_data_is_an_incident_at_once(
    topic: Topic,
    make_job: MakeJob,
    read_job: ReadJob,
    read_incidents: Callable[[], list[Incident]],
) -> None:
    def refuse(*, job: JobContext) -> None:
        raise BadDataError(job.id)

    job_id = make_job(topic(refuse))
    run(job_id)
    assert (read_job(job_id).status, read_job(job_id).attempts) == (JobStatus.FAILED, 1)
    assert len(read_incidents()) == 1


@pytest.mark.parametrize("arguments", [{}, {"name": "Noor", "age": 8}])
def test_arguments_that_do_not_fit_are_bad_data(
    arguments: dict[str, Any], topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    def greet(name: str, *, job: JobContext) -> None:
        raise AssertionError(name, job)

    job_id = make_job(topic(greet), **arguments)
    run(job_id)
    assert read_job(job_id).status is JobStatus.FAILED


def test_a_long_job_lets_others_go_first_and_loses_no_attempt(
    topic: Topic, make_job: MakeJob, read_job: ReadJob
) -> None:
    turns: list[int] = []

    def work(*, job: JobContext) -> None:
        turns.append(job.attempt)
        job.progress(len(turns), 4)
        if len(turns) < 4:
            raise TurnOverError

    job_id = make_job(topic(work))  # its topic has two attempts
    for _ in range(4):
        assert run(job_id)
    assert turns == [1, 1, 1, 1]
    assert read_job(job_id).status is JobStatus.DONE


def test_a_turn_is_not_over_at_once(topic: Topic, make_job: MakeJob, read_job: ReadJob) -> None:
    def work(*, job: JobContext) -> None:
        job.give_way()

    job_id = make_job(topic(work))
    run(job_id)
    assert read_job(job_id).status is JobStatus.DONE


def test_all_that_is_logged_during_a_job_carries_its_id(topic: Topic, make_job: MakeJob) -> None:
    lines: list[str] = []

    def work(*, job: JobContext) -> None:
        record = logging.makeLogRecord({"name": "workers.x", "msg": "in the middle"})
        lines.append(json_lines().format(record))
        assert job.id

    job_id = make_job(topic(work))
    assert run(job_id)
    event = json.loads(lines[0])
    assert (event["job_id"], event["attempt"]) == (str(job_id), 1)
