"""Periodic sweep: fires timers, delivers buffered messages, wakes due jobs, advances retries."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from processes.base import now
from processes.casework.webhooks import sending
from processes.engine.execution import jobs
from processes.engine.execution.events import messages, timers
from processes.engine.repair import retries
from processes.engine.store.models import Job
from processes.platform.database import open_reading_session
from processes.unit_of_work import unit_of_work
from workers import housekeeping
from workers.celery import SWEEP_EVERY, celery
from workers.enqueue import open_session, send_wake_ups
from workers.kinds_of_work import Kinds, Work
from workers.lanes import Lanes
from workers.pulse import Pulse
from workers.registry import SERVICE_TASKS
from workers.run_job import run

log = logging.getLogger(__name__)

AT_A_TIME = 100
TURNS = 10  # of one order to try again, in one sweep
WAKE_AGAIN = 30.0  # seconds after which the same attempt may get another wake-up message
UNHEARD = timedelta(seconds=5)  # due for so long: its message was lost, or all workers are busy


@celery.task(name="sweep")
def sweep_task() -> None:
    """The Celery task that sweeps."""
    sweep()


def sweep() -> None:
    """Fire timers, deliver buffered messages, wake jobs; perform here what no worker took.

    Failures are collected and raised at the end as ExceptionGroup: one broken timer must not hold
    up every job there is.
    """
    if failures := KINDS.perform():
        message = "part of a sweep failed"
        raise ExceptionGroup(message, failures)


def _due_timers() -> list[UUID]:
    with open_reading_session() as session:
        return timers.due_timers(session, AT_A_TIME)


@dataclass(frozen=True)
class _Due:
    """A job that is due, as a sweep sees it."""

    id: UUID
    topic: str
    attempts: int
    due_at: datetime

    @property
    def is_unheard(self) -> bool:
        return self.due_at < now() - UNHEARD


def _due_jobs() -> list[list[_Due]]:
    """All of them as one list: what is there first would otherwise hold up the rest."""
    with open_reading_session() as session:
        ids = jobs.due_jobs(session, AT_A_TIME, SERVICE_TASKS)
        query = select(Job.id, Job.topic, Job.attempts, Job.due_at).where(Job.id.in_(ids))
        due = [_Due(*row) for row in session.execute(query)]
    return [due] if due else []


def _wake(due: list[_Due]) -> None:
    """Perform here what no worker took; send a message for a retry, and for what finds no room.

    A new job got its message when it was made: another one would only make a long queue longer.
    """
    busy = set(_lanes.take((job.id, job.topic) for job in due if job.is_unheard))
    again = [job for job in due if job.attempts and not job.is_unheard]
    full = [job for job in due if (job.id, job.topic) in busy]
    deaf = set(send_wake_ups(_not_woken_lately([*again, *full])))
    _lanes.take((job.id, job.topic) for job in again if job.id in deaf)


def _lost_outside() -> list[UUID]:
    """Jobs for workers outside whose last lock ran out; until then whoever fetches gets them."""
    with open_reading_session() as session:
        return jobs.worn_out(session, AT_A_TIME, SERVICE_TASKS)


def _give_up(job_id: UUID) -> None:
    with open_session() as session:
        jobs.fail_if_out_of_attempts(session, job_id)
        unit_of_work(session).commit()


def _fire(timer_id: UUID) -> None:
    with open_session() as session:
        timers.fire(session, timer_id)
        unit_of_work(session).commit()


def _kept_messages() -> list[UUID]:
    with open_reading_session() as session:
        return messages.matching_buffered_messages(session, AT_A_TIME)


def _deliver(message_id: UUID) -> None:
    with open_session() as session:
        messages.deliver_buffered(session, message_id)
        unit_of_work(session).commit()


def _waiting_events() -> list[int]:
    """How many events to make jobs for at most, where some wait."""
    with open_reading_session() as session:
        return [AT_A_TIME] if sending.ANY_WAITING.ask(session, now()) else []


def _start_events(limit: int) -> None:
    with open_session() as session:
        sending.start(session, limit)
        unit_of_work(session).commit()


def _open_retries() -> list[UUID]:
    with open_reading_session() as session:
        return retries.open_runs(session)


def _go_on_retrying(run_id: UUID) -> None:
    """A bounded part of it: what else is due must not wait for very many."""
    for _ in range(TURNS):
        with open_session() as session:
            turn = retries.advance(session, run_id)
            unit_of_work(session).commit()
        if turn is not retries.Turn.AT_ONCE:
            return


KINDS = Kinds(
    [
        Work(_due_timers, _fire, [timers.ANY_DUE]),
        Work(_kept_messages, _deliver, [messages.ANY_MATCHING]),
        Work(_waiting_events, _start_events, [sending.ANY_WAITING]),
        Work(_due_jobs, _wake, [jobs.ANY_DUE]),
        Work(_lost_outside, _give_up, [jobs.ANY_DUE]),
        Work(_open_retries, _go_on_retrying, [retries.ANY_OPEN]),
        *housekeeping.WORK,
    ]
)
_woken: dict[tuple[UUID, int], float] = {}
_lanes = Lanes(run)


def _not_woken_lately(due: list[_Due]) -> list[tuple[UUID, str]]:
    """What we did not ring for yet: a long queue is not made longer by each sweep."""
    moment = time.monotonic()
    for key in [key for key, at in _woken.items() if moment - at > WAKE_AGAIN]:
        del _woken[key]
    fresh = [job for job in due if (job.id, job.attempts) not in _woken]
    _woken.update({(job.id, job.attempts): moment for job in fresh})
    return [(job.id, job.topic) for job in fresh]


def sweep_for_ever(stop: threading.Event) -> None:
    """Sweep until told to stop: every worker does, so that no scheduler is needed."""
    pulse = Pulse()
    threading.Thread(target=pulse.go_on, args=[stop], daemon=True).start()
    while not stop.is_set():
        pulse.swept(well=_swept())
        stop.wait(SWEEP_EVERY)


def _swept() -> bool:
    try:
        sweep()
    except Exception:
        log.exception("sweep failed")
        return False
    return True


def wait_for_lanes() -> None:
    """Wait until the jobs that a sweep started here have ended."""
    _lanes.wait()


def forget_wake_ups() -> None:
    """Wake workers for everything that is due: the broker was replaced or restarted."""
    _woken.clear()
