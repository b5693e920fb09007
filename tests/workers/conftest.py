"""Fixtures for workers: a database with commits, a real broker, temporary service tasks."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution.jobs import create_job
from processes.engine.registry import TOPICS
from processes.engine.store.models import Incident, Job
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.unit_of_work import unit_of_work
from tests.workers.webhook_receiver import Receiver, receiver
from workers import enqueue, schedule
from workers.celery import celery
from workers.enqueue import open_session
from workers.registry import SERVICE_TASKS, service_task
from workers.vocabulary import vocabulary

Perform = Callable[..., dict[str, Any] | None]


@pytest.fixture
def worker_settings(own_database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a worker whose broker is away."""
    settings = Settings(
        var=tmp_path,
        database_url=own_database_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )
    use_settings(settings)
    talk_to(settings.redis_url)
    yield settings
    database.close_databases()
    use_settings(None)


@pytest.fixture
def broker(worker_settings: Settings, broker_url: str) -> str:
    """A real broker for the worker."""
    assert worker_settings
    talk_to(broker_url)
    return broker_url


def talk_to(url: str) -> None:
    """Let this process know the broker at this URL, and no other."""
    celery.conf.update(broker_url=url)
    cast("Any", celery)._after_fork()  # noqa: SLF001 - Celery's own way to connect anew
    enqueue.retry_broker()
    schedule.forget_wake_ups()


@pytest.fixture
def topic() -> Iterator[Callable[[Perform], str]]:
    """Registers a function as a service task for the time of the test; gives its topic."""
    known = set(SERVICE_TASKS)

    def register(perform: Perform) -> str:
        name = f"test-{len(SERVICE_TASKS)}"
        task = service_task(
            name, title="Proef", lease=timedelta(minutes=1), retry_every="PT1M", max_attempts=2
        )
        task(perform)
        return name

    yield register
    for name in set(SERVICE_TASKS) - known:
        del SERVICE_TASKS[name], TOPICS[name]


@pytest.fixture
def make_job(worker_settings: Settings) -> Callable[..., UUID]:
    """Makes and commits a job of this topic with these arguments."""
    assert worker_settings

    def make(topic: str, **arguments: Any) -> UUID:
        with open_session() as session:
            key = f"{topic}:{len(session.scalars(select(Job)).all())}"
            job = create_job(session, topic, arguments, idempotency_key=key)
            unit_of_work(session).commit()
            return job.id

    return make


@pytest.fixture
def read_job(own_engine: Engine) -> Callable[[UUID], Job]:
    def read(job_id: UUID) -> Job:
        with Session(own_engine, expire_on_commit=False) as session:
            return session.get_one(Job, job_id)

    return read


@pytest.fixture
def read_incidents(own_engine: Engine) -> Callable[[], list[Incident]]:
    def read() -> list[Incident]:
        with Session(own_engine, expire_on_commit=False) as session:
            return list(session.scalars(select(Incident)))

    return read


@pytest.fixture
def hook(worker_settings: Settings) -> Iterator[Receiver]:
    assert worker_settings
    assert "webhook" in vocabulary().topics
    with receiver() as made:
        yield made


@pytest.fixture
def committed() -> Iterator[Callable[[Callable[[Session], Any]], Any]]:
    def within(do: Callable[[Session], Any]) -> Any:
        with open_session() as session:
            answer = do(session)
            unit_of_work(session).commit()
            return answer

    yield within
    set_clock(None)
