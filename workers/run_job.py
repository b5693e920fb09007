"""Performs one job: claim, work outside any transaction, finish if the lease is still held."""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from processes.base import now
from processes.engine.execution import jobs
from processes.engine.registry import BadDataError, BpmnError
from processes.engine.store import job_rows
from processes.engine.store.models import Job
from processes.platform.database import one_statement, open_reading_session
from processes.platform.tracing import span
from processes.unit_of_work import unit_of_work
from workers.celery import celery
from workers.enqueue import open_session, send_wake_ups
from workers.heartbeat import HOLD, Heartbeat
from workers.job_context import JobContext, LeaseLostError, TurnOverError
from workers.registry import SERVICE_TASKS, ServiceTask

log = logging.getLogger(__name__)

DEFAULT_PATIENCE = timedelta(minutes=2)
Perform = Callable[..., dict[str, Any] | None]
_HOST = socket.gethostname()
TURN = 60.0  # seconds for a job that can resume, before others have their turn
MESSAGE = 5.0  # seconds for the jobs of one message; other workers may be free for the rest


@celery.task(name="run_job")
def run_job(*job_ids: str) -> None:
    """The Celery task: perform the jobs with these ids, one after the other.

    After `MESSAGE` seconds each of the rest gets a message of its own: one worker does not do slow
    jobs in turn while others have nothing to do.
    """
    until = time.monotonic() + MESSAGE
    ids = [UUID(job_id) for job_id in job_ids]
    for number, job_id in enumerate(ids):
        if number and time.monotonic() > until:
            _hand_out(ids[number:])
            return
        run(job_id)


def _hand_out(ids: list[UUID]) -> None:
    with open_reading_session() as session:
        query = select(Job.id, Job.topic).where(Job.id.in_(ids))
        waiting = [(job_id, topic) for job_id, topic in session.execute(query)]
    send_wake_ups(waiting)


def run(job_id: UUID) -> bool:
    """Perform this job if it is due and unclaimed; False when there was nothing to do."""
    attempt = _claim(job_id)
    if attempt is None:
        return False
    service_task = SERVICE_TASKS.get(attempt.job.topic)
    if service_task is None:
        attempt.put_back()  # it is for a worker outside, or for a newer release of ours
        return False
    job = attempt.job
    facts = {"job_id": job.id, "topic": job.topic, "process_instance_id": job.instance_id}
    told = {f"loket.{name}": str(value) for name, value in facts.items()}
    with (
        bound_contextvars(**facts, attempt=attempt.number),
        span(f"job {job.topic}", "consumer", facts=told, parent=job.traceparent),
    ):
        _perform(attempt, service_task)
    return True


def _perform(attempt: "Attempt", service_task: ServiceTask) -> None:
    try:
        variables = attempt.perform(service_task)
        attempt.finish(variables)
    except TurnOverError:
        attempt.put_back()
    except LeaseLostError:
        log.warning("lease lost; somebody else goes on")
    except BpmnError as error:  # an outcome that the diagram knows, or an incident that tells
        log.info("attempt ended with a BPMN error", extra={"error_code": error.code})
        attempt.fail(error)
    except Exception as error:
        log.warning("attempt failed", exc_info=error)
        attempt.fail(error)


def _claim(job_id: UUID) -> "Attempt | None":
    owner = f"{_HOST}:{os.getpid()}:{uuid4().hex[:8]}"
    with one_statement() as connection:
        job = job_rows.take_on(connection, job_id, owner=owner, lease=HOLD)
        is_worn_out = job is None and job_rows.is_out_of_attempts_on(connection, job_id)
    if job is not None:
        service_task = SERVICE_TASKS.get(job.topic)
        patience = service_task.lease if service_task else DEFAULT_PATIENCE
        return Attempt(job, owner, job.attempts, patience)
    if is_worn_out:
        with open_session() as session:
            jobs.fail_if_out_of_attempts(session, job_id)
            unit_of_work(session).commit()
    return None


@dataclass(frozen=True)
class Attempt:
    """One attempt at a job; its number and owner are the fencing token."""

    job: job_rows.ClaimedJob
    owner: str
    number: int
    patience: timedelta

    @cached_property
    def heartbeat(self) -> Heartbeat:
        return Heartbeat(self._extend, self.patience)

    def perform(self, service_task: ServiceTask) -> dict[str, Any] | None:
        """Call the service task with the job's arguments."""
        context = JobContext(
            id=self.job.id,
            idempotency_key=self.job.idempotency_key,
            attempt=self.number,
            tenant=self.job.tenant,
            transaction=self.transaction,
            progress=self.progress,
            give_way=partial(_give_way, time.monotonic() + TURN),
        )
        perform = _bound(service_task, self.job.arguments)
        with self.heartbeat.beating():
            return perform(job=context)

    @cached_property
    def _open(self) -> list[Session]:
        """The session of its transaction, while that is open."""
        return []

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits only while the lease is held. Raises LeaseLostError."""
        with open_session() as session:
            self._hold(session)
            self._open.append(session)
            try:
                yield session
            finally:
                self._open.clear()
            unit_of_work(session).commit()

    def progress(self, done: int, total: int) -> None:
        """Store the progress, with what the open transaction did; a job with it keeps its lease."""
        if not self._open:
            with self.transaction():
                return self.progress(done, total)
        given = {"job_id": self.job.id, "far": {"done": done, "total": total}}
        unit_of_work(self._open[0]).execute(job_rows.PROGRESS, given)
        return None

    def finish(self, variables: dict[str, Any] | None) -> None:
        """Advance the process with the result. Raises LeaseLostError."""
        if self.job.instance_id is None:
            self._end()
            return
        with open_session() as session:
            if not jobs.finish(session, self.job.id, self.owner, self.number, variables):
                raise LeaseLostError
            unit_of_work(session).commit()

    def _end(self) -> None:
        with one_statement() as connection:
            mine = (self.job.id, self.owner, self.number)
            if job_rows.end_on(connection, *mine, moment=now()) is None:
                raise LeaseLostError

    def put_back(self) -> None:
        """Release the job without counting the attempt."""
        with open_session() as session:
            jobs.put_back(session, self.job.id, self.owner, self.number)
            unit_of_work(session).commit()

    def fail(self, error: Exception) -> None:
        """Route the error: to the boundary event, a retry, or an incident."""
        with open_session() as session:
            jobs.fail(session, self.job.id, self.owner, self.number, error)
            unit_of_work(session).commit()

    def _hold(self, session: Session) -> None:
        # The update locks the row until the commit: nobody can take the job over in between.
        if not jobs.extend_lease(session, self.job, HOLD):
            raise LeaseLostError
        self.heartbeat.heard()

    def _extend(self) -> bool:
        with open_session() as session, session.begin():
            return jobs.extend_lease(session, self.job, HOLD)


def _give_way(until: float) -> None:
    if time.monotonic() > until:
        raise TurnOverError


def _bound(service_task: ServiceTask, given: Mapping[str, Any]) -> Perform:
    """The function with what the job has for it; an argument too many or too few is bad data."""
    required = {name for name, is_required in service_task.parameters.items() if is_required}
    if odd := sorted(required - set(given)) + sorted(set(given) - set(service_task.parameters)):
        message = f"{service_task.topic} is not called with these arguments: {', '.join(odd)}"
        raise BadDataError(message)
    return partial(service_task.perform, **given)
