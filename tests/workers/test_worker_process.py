"""A real worker, in processes of its own: with a broker, without one, and killed."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.zygote import Child
from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Incident, Job, JobStatus
from processes.platform import database
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work
from tests import patience, programs
from workers.enqueue import open_session

ODD = "tests.workers.odd_topics"
SLOW_TO_BEGIN = "tests.workers.slow_to_begin"
Start = Callable[..., Child]


@pytest.fixture
def start_worker(worker_settings: Settings) -> Iterator[Start]:
    """Starts a worker on the test's database with this broker, and waits until its pool is up."""
    started: list[Child] = []

    def start(broker_url: str, program: str = "app.cli") -> Child:
        given = {
            "LOKET_VAR": str(worker_settings.var),
            "LOKET_DATABASE_URL": worker_settings.database_url,
            "LOKET_REDIS_URL": broker_url,
        }
        log = worker_settings.var / "worker.log"
        started.append(programs.begin([program, "worker"], {**os.environ, **given}, log))
        return started[-1]

    yield start
    for process in started:
        process.send_signal(signal.SIGKILL)
        process.wait()


def make_job(topic: str = "bulk-publish", key: str = "one", max_attempts: int = 2) -> UUID:
    """A job; unless told otherwise, one that has nothing to publish, and so succeeds."""
    with open_session() as session:
        arguments = {"offer_ids": [], "actor": "test"} if topic == "bulk-publish" else {}
        job = create_job(
            session,
            topic,
            arguments,
            idempotency_key=key,
            max_attempts=max_attempts,
            retry_every="PT1S",
        )
        unit_of_work(session).commit()
        return job.id


def status_of(job_id: UUID) -> JobStatus:
    with Session(database.database()) as session:
        return session.get_one(Job, job_id).status


def until(ask: Callable[[], object], log: Path) -> None:
    deadline = time.monotonic() + patience.SECONDS
    while not ask():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.1)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z" not in stat.read_text()


def test_a_worker_hears_the_bell(
    broker: str, start_worker: Start, worker_settings: Settings
) -> None:
    start_worker(broker)
    job_id = make_job()
    until(lambda: status_of(job_id) is JobStatus.DONE, worker_settings.var / "worker.log")


def test_a_worker_without_a_broker_finds_the_work_by_looking(
    start_worker: Start, worker_settings: Settings
) -> None:
    start_worker(worker_settings.redis_url)
    job_id = make_job()
    until(lambda: status_of(job_id) is JobStatus.DONE, worker_settings.var / "worker.log")


def test_a_killed_worker_leaves_none_of_its_processes(
    broker: str, start_worker: Start, worker_settings: Settings
) -> None:
    worker = start_worker(broker)
    log = worker_settings.var / "worker.log"
    until(lambda: " ready." in log.read_text(), log)
    children = children_of(worker.pid)
    assert len(children) >= 2
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(lambda: not any(is_alive(child) for child in children), log)


def test_a_worker_that_is_killed_while_its_pool_begins_leaves_none_of_its_processes(
    broker: str, start_worker: Start, worker_settings: Settings
) -> None:
    worker = start_worker(broker, SLOW_TO_BEGIN)
    log = worker_settings.var / "worker.log"
    begun = worker_settings.var / "begun"
    until(lambda: begun.exists() and begun.read_text().count("\n") == 2, log)
    children = [int(line) for line in begun.read_text().splitlines()]
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(lambda: not any(is_alive(child) for child in children), log)


def test_a_broker_that_accepts_and_never_answers_keeps_no_worker_from_its_work(
    start_worker: Start, worker_settings: Settings
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start_worker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        job_id = make_job()
        until(lambda: status_of(job_id) is JobStatus.DONE, worker_settings.var / "worker.log")


@pytest.mark.parametrize("has_broker", [True, False])
def test_a_slow_topic_starves_no_other(
    has_broker: bool, broker: str, start_worker: Start, worker_settings: Settings
) -> None:
    start_worker(broker if has_broker else "redis://127.0.0.1:1/0", ODD)
    log = worker_settings.var / "worker.log"
    slow = [make_job("sleep", f"slow {number}") for number in range(6)]
    until(lambda: sum(status_of(each) is JobStatus.LEASED for each in slow) >= 2, log)
    mail = make_job("note", "mail")
    until(lambda: status_of(mail) is JobStatus.DONE, log)
    assert JobStatus.DONE not in {status_of(each) for each in slow}


def test_a_job_that_kills_its_process_stops_and_others_go_on(
    broker: str, start_worker: Start, worker_settings: Settings
) -> None:
    start_worker(broker, ODD)
    log = worker_settings.var / "worker.log"
    poison = make_job("die", "poison")
    # One that was under way in the process that is killed loses an attempt, each time.
    others = [make_job("note", f"note {number}", max_attempts=5) for number in range(3)]
    until(lambda: {status_of(each) for each in others} == {JobStatus.DONE}, log)
    until(lambda: status_of(poison) is JobStatus.FAILED, log)
    with Session(database.database()) as session:
        job = session.get_one(Job, poison)
        assert job.attempts == 2
        incident = session.scalars(select(Incident)).one()
        assert (incident.job_id, incident.kind) == (poison, "job-failed")
