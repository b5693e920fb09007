"""Committing never fails because of the broker; a broker that listens hears of each new job."""

import socket
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work
from tests.workers.conftest import talk_to
from tests.workers.rows import do_nothing, let_time_pass, messages, sweep
from workers import run_job
from workers.celery import celery
from workers.enqueue import open_session
from workers.job_context import JobContext

MakeJob = Callable[..., UUID]


def test_a_broker_hears_of_a_new_job_by_its_id_alone(
    broker: str, make_job: MakeJob, topic: Callable[..., str]
) -> None:
    messages(broker, "default")

    def send(secret: str) -> None:
        assert secret

    job_id = make_job(topic(send), secret="not for the broker")
    [heard] = messages(broker, "default")
    assert str(job_id) in heard
    assert "not for the broker" not in heard


@pytest.mark.rule("R69")
def test_a_broker_that_is_away_fails_nothing(
    make_job: MakeJob, own_engine: Engine, topic: Callable[..., str]
) -> None:
    job_id = make_job(topic(lambda: None))
    with Session(own_engine) as session:
        assert session.get(Job, job_id)


def test_a_broker_that_never_answers_costs_a_request_seconds_and_the_next_one_nothing(
    worker_settings: Settings, make_job: MakeJob, topic: Callable[..., str]
) -> None:
    assert worker_settings
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(0)
        talk_to(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        name = topic(do_nothing)
        make_job(name)
        first = _connections_to(silent)
        make_job(name)
        second = _connections_to(silent)
    assert 0 < first * celery.conf.broker_transport_options["socket_timeout"] < 10  # seconds
    assert second == 0


def _connections_to(listener: socket.socket) -> int:
    """How many there were since we last looked."""
    number = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            number += 1
    return number


def test_what_is_rolled_back_is_not_rung_for(broker: str, topic: Callable[..., str]) -> None:
    messages(broker, "default")
    name = topic(lambda: None)
    with open_session() as session:
        create_job(session, name, {}, idempotency_key="once")
        session.rollback()
        unit_of_work(session).commit()
    assert len(messages(broker, "default")) <= 1


def made(topic: str, number: int) -> list[UUID]:
    """So many jobs, made in one transaction."""
    with open_session() as session:
        jobs = [create_job(session, topic, {}, idempotency_key=str(n)) for n in range(number)]
        unit_of_work(session).commit()
        return [job.id for job in jobs]


@pytest.mark.parametrize(("number", "told"), [(16, 16), (17, 2), (40, 4)])
def test_few_jobs_have_a_message_each_and_many_share_one(
    broker: str, topic: Callable[..., str], number: int, told: int
) -> None:
    messages(broker, "default")
    ids = made(topic(do_nothing), number)
    heard = messages(broker, "default")
    assert len(heard) == told
    assert [sum(str(job_id) in each for each in heard) for job_id in ids] == [1] * number


@pytest.mark.usefixtures("broker")
def test_jobs_of_one_message_are_done_one_after_the_other_whatever_one_of_them_does(
    topic: Callable[..., str], read_job: Callable[[UUID], Job]
) -> None:
    def perform(*, job: JobContext) -> None:
        if job.idempotency_key == "1":
            raise ConnectionError

    ids = made(topic(perform), 3)
    celery.tasks["run_job"](*map(str, ids))
    assert [read_job(job_id).status for job_id in ids] == [
        JobStatus.DONE,
        JobStatus.NEW,
        JobStatus.DONE,
    ]


def test_a_message_that_takes_long_gives_the_rest_a_message_each(
    broker: str,
    monkeypatch: pytest.MonkeyPatch,
    topic: Callable[..., str],
    read_job: Callable[[UUID], Job],
) -> None:
    monkeypatch.setattr(run_job, "MESSAGE", -1.0)  # seconds: it is over after the first
    first, *rest = made(topic(do_nothing), 3)
    messages(broker, "default")
    celery.tasks["run_job"](str(first), *map(str, rest))
    assert [read_job(job_id).status for job_id in (first, *rest)] == [
        JobStatus.DONE,
        JobStatus.NEW,
        JobStatus.NEW,
    ]
    heard = messages(broker, "default")
    assert len(heard) == len(rest)
    assert [sum(str(job_id) in each for each in heard) for job_id in rest] == [1] * len(rest)


@pytest.mark.usefixtures("worker_settings")
def test_what_is_left_of_a_message_is_swept_where_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch,
    topic: Callable[..., str],
    read_job: Callable[[UUID], Job],
) -> None:
    monkeypatch.setattr(run_job, "MESSAGE", -1.0)
    ids = made(topic(do_nothing), 3)
    celery.tasks["run_job"](*map(str, ids))
    let_time_pass()
    sweep()
    assert [read_job(job_id).status for job_id in ids] == [JobStatus.DONE] * 3
