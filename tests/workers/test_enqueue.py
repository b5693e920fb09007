"""Committing never fails because of the broker; a broker that listens hears of each new job."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.engine.jobs import create_job
from processes.engine.models import Job
from tests.workers.rows import messages
from workers import database
from workers.enqueue import commit_and_enqueue

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


def test_a_broker_that_is_away_fails_nothing(
    make_job: MakeJob, own_engine: Engine, topic: Callable[..., str]
) -> None:
    job_id = make_job(topic(lambda: None))
    with Session(own_engine) as session:
        assert session.get(Job, job_id)


def test_what_is_rolled_back_is_not_rung_for(broker: str, topic: Callable[..., str]) -> None:
    messages(broker, "default")
    name = topic(lambda: None)
    with database.open_session() as session:
        create_job(session, name, {}, idempotency_key="once")
        session.rollback()
        commit_and_enqueue(session)
    assert len(messages(broker, "default")) <= 1
