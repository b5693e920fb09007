"""A process that sweeps tells that it lives, and how its sweeps went."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine.repair import retries
from processes.engine.store.models import Incident, Job, JobStatus
from processes.engine.store.retry_models import RetryMode, RetryOutcome
from processes.platform.observed import WorkerHeartbeat
from tests.workers.rows import let_time_pass, sweep
from workers.enqueue import open_session
from workers.job_context import JobContext
from workers.pulse import Pulse
from workers.schedule import forget_wake_ups

pytestmark = pytest.mark.usefixtures("worker_settings")


def heartbeats(engine: Engine) -> list[WorkerHeartbeat]:
    with Session(engine) as session:
        return list(session.scalars(select(WorkerHeartbeat)))


def test_a_heartbeat_shows_the_worker_and_its_sweeps(own_engine: Engine) -> None:
    pulse = Pulse()
    pulse.swept(well=True)
    pulse.beat()
    [seen] = heartbeats(own_engine)
    assert seen.is_alive
    assert (seen.sweeps, seen.failed_sweeps) == (1, 0)
    pulse.swept(well=False)
    pulse.beat()
    [seen] = heartbeats(own_engine)
    assert (seen.sweeps, seen.failed_sweeps) == (2, 1)


def test_a_worker_that_is_silent_is_not_alive_and_later_forgotten(own_engine: Engine) -> None:
    Pulse().beat()
    moment = now() + timedelta(minutes=1)
    set_clock(lambda: moment)
    [seen] = heartbeats(own_engine)
    assert not seen.is_alive
    later = now() + timedelta(days=2)
    set_clock(lambda: later)
    fresh = Pulse()
    fresh.beat()
    assert [each.id for each in heartbeats(own_engine)] == [fresh.id]


def test_a_sweep_goes_on_with_what_an_operator_asked_to_try_again(
    topic: Callable[..., str], make_job: Callable[..., UUID], read_job: Callable[[UUID], Job]
) -> None:
    answers = iter([False, False, True, True])

    def work(*, job: JobContext) -> None:
        if not next(answers):
            raise ConnectionError(job.attempt)

    name = topic(work)
    ids = [make_job(name), make_job(name)]
    with open_session() as session, session.begin():
        for job in session.scalars(select(Job)):
            job.max_attempts = 1
    let_time_pass()
    sweep()
    forget_wake_ups()
    with open_session() as session, session.begin():
        found = session.scalars(select(Incident)).all()
        run = retries.begin(session, found, mode=RetryMode.ONE_FIRST, by="olga")
        run_id = run.id
    for _ in range(10):  # a sweep tells of what the lanes did since the one before it
        forget_wake_ups()
        let_time_pass()
        sweep()
    assert {read_job(job_id).status for job_id in ids} == {JobStatus.DONE}
    with open_session() as session:
        outcomes = {each.item.outcome for each in retries.retried_incidents(session, run_id)}
        assert outcomes == {RetryOutcome.SUCCEEDED}
        assert retries.open_runs(session) == []
