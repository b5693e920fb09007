"""Finds what is due and nobody was told of: jobs, leases that ran out, timers, retries."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
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
    """Fire timers, deliver kept messages, wake jobs; without a broker, perform the jobs here.

    What fails is told at the end: one broken timer must not hold up every job there is.
    """
    failures = [
        *_each(_due_timers, _fire),
        *_each(_kept_messages, _deliver),
        *_each(_unheard_jobs, run),
        *_each(_open_retries, _go_on_retrying),
    ]
    if failures:
        message = "part of a sweep failed"
        raise ExceptionGroup(message, failures)


def _each(find: Callable[[], list[UUID]], do: Callable[[UUID], Any]) -> Iterator[Exception]:
    try:
        found = find()
    except Exception as error:  # noqa: BLE001 - told by sweep, when all else is done
        yield error
        return
    for one in found:
        try:
            do(one)
        except Exception as error:  # noqa: BLE001 - idem
            yield error


def _unheard_jobs() -> list[UUID]:
    return ring(_not_rung_lately(_due_jobs()))


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
