"""Committing never fails because of the broker; a broker that listens hears of each new job."""

import socket
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work
from tests.workers.conftest import talk_to
from tests.workers.rows import do_nothing, messages
from workers.celery import celery
from workers.enqueue import open_session

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
