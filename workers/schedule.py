"""Finds what is due and nobody was told of: jobs, leases that ran out, timers, retries."""

import logging
import threading
import time
from uuid import UUID

from sqlalchemy import select

from processes.engine import jobs, messages, retries, timers
from processes.engine.models import Job
from workers.celery import SWEEP_EVERY, celery
from workers.database import open_reading_session, open_session
from workers.enqueue import commit_and_enqueue, ring
from workers.pulse import Pulse
from workers.run_job import run

log = logging.getLogger(__name__)

AT_A_TIME = 100
RING_AGAIN = 30.0  # seconds after which the bell may ring again for the same attempt


@celery.task(name="sweep")
def sweep_task() -> None:
    """What the scheduler asks of a worker."""
    sweep()


def sweep() -> None:
    """Fire timers, deliver kept messages, wake jobs; without a broker, perform the jobs here."""
    for timer_id in _due_timers():
        _fire(timer_id)
    for message_id in _kept_messages():
        _deliver(message_id)
    for job_id in ring(_not_rung_lately(_due_jobs())):
        run(job_id)
    for run_id in _open_retries():
        _go_on_retrying(run_id)


def _due_timers() -> list[UUID]:
    with open_reading_session() as session:
        return timers.due_timers(session, AT_A_TIME)


def _due_jobs() -> list[tuple[UUID, str, int]]:
    with open_reading_session() as session:
        ids = jobs.due_jobs(session, AT_A_TIME)
        query = select(Job.id, Job.topic, Job.attempts).where(Job.id.in_(ids))
        return [(row.id, row.topic, row.attempts) for row in session.execute(query)]


def _fire(timer_id: UUID) -> None:
    with open_session() as session:
        timers.fire(session, timer_id)
        commit_and_enqueue(session)


def _kept_messages() -> list[UUID]:
    with open_reading_session() as session:
        return messages.kept_for_someone(session, AT_A_TIME)


def _deliver(message_id: UUID) -> None:
    with open_session() as session:
        messages.deliver_kept(session, message_id)
        commit_and_enqueue(session)


def _open_retries() -> list[UUID]:
    with open_reading_session() as session:
        return retries.open_runs(session)


def _go_on_retrying(run_id: UUID) -> None:
    with open_session() as session:
        retries.advance(session, run_id)
        commit_and_enqueue(session)


_rung: dict[tuple[UUID, int], float] = {}


def _not_rung_lately(due: list[tuple[UUID, str, int]]) -> list[tuple[UUID, str]]:
    """What we did not ring for yet: a long queue is not made longer by each sweep."""
    moment = time.monotonic()
    for key in [key for key, at in _rung.items() if moment - at > RING_AGAIN]:
        del _rung[key]
    fresh = [
        (job_id, topic, attempt) for job_id, topic, attempt in due if (job_id, attempt) not in _rung
    ]
    _rung.update({(job_id, attempt): moment for job_id, _, attempt in fresh})
    return [(job_id, topic) for job_id, topic, _ in fresh]


def sweep_for_ever(stop: threading.Event) -> None:
    """Sweep until told to stop: each worker does, so that no broker or scheduler is needed."""
    pulse = Pulse()
    while not stop.wait(SWEEP_EVERY):
        try:
            sweep()
        except Exception:
            log.exception("sweep failed")
            pulse.swept(well=False)
        else:
            pulse.swept(well=True)


def forget_rung() -> None:
    """Ring for everything that is due: the broker is another one, and heard nothing."""
    _rung.clear()
