"""Sessions whose commit wakes workers for the new jobs (transactional outbox)."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from processes.late_session import LateSession
from processes.platform.database import database
from processes.platform.tracing import span
from processes.unit_of_work import UnitOfWork
from workers.celery import celery
from workers.registry import SERVICE_TASKS

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds without messages, after the broker did not answer
FEW = 16  # jobs of one queue that get a message each
TOGETHER = 10  # jobs of one message, where there are more


def open_session() -> Session:
    """A new session on the database of the settings; its commit wakes the workers."""
    session = LateSession(database(), expire_on_commit=False)
    UnitOfWork(session, tell=send_wake_ups)
    return session


def send_wake_ups(jobs: Iterable[tuple[UUID, str]]) -> list[UUID]:
    """Send wake-up messages for these jobs (id, topic); returns the ids that were not sent.

    Few jobs of a queue get a message each, so that all workers have one at once; of many, ten
    share one. Jobs of topics that are not ours wait for workers outside: of those nobody is told.
    A broker that is down is not an error.
    """
    by_queue: defaultdict[str, list[UUID]] = defaultdict(list)
    for job_id, topic in jobs:
        if (service_task := SERVICE_TASKS.get(topic)) is not None:
            by_queue[service_task.queue].append(job_id)
    return [
        job_id
        for queue, ids in by_queue.items()
        for together in _messages(ids)
        if not _send(queue, together)
        for job_id in together
    ]


def _messages(ids: list[UUID]) -> list[list[UUID]]:
    size = 1 if len(ids) <= FEW else TOGETHER
    return [ids[at : at + size] for at in range(0, len(ids), size)]


class _Broker:
    """Remembers that the broker was silent, so that not every request waits for it again."""

    silent_until = 0.0


def _send(queue: str, ids: list[UUID]) -> bool:
    if time.monotonic() < _Broker.silent_until:
        return False
    try:
        with span("celery send run_job", "producer", facts={"messaging.system": "celery"}):
            celery.send_task("run_job", args=[str(each) for each in ids], queue=queue, retry=False)
    except Exception:  # noqa: BLE001 - whatever the broker does, the work is safe in the table
        _Broker.silent_until = time.monotonic() + PAUSE
        log.warning("broker does not answer; a sweep will find the job", extra={"job_id": ids[0]})
        return False
    return True


def send_aside(task: str, *given: str) -> None:
    """Send a task of which nothing depends on whether it is done."""
    if time.monotonic() < _Broker.silent_until:
        return
    try:
        celery.send_task(task, args=list(given), retry=False)
    except Exception:  # noqa: BLE001 - whatever the broker does, the page is there
        _Broker.silent_until = time.monotonic() + PAUSE
        log.warning("broker does not answer; a task aside is lost", extra={"task_name": task})


def retry_broker() -> None:
    """Try the broker again at once, after a failure."""
    _Broker.silent_until = 0.0
