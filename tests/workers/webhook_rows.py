"""What is in the log of webhooks, and sending what waits."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.casework.webhooks import sending, webhook_log
from processes.casework.webhooks.webhook_log import Line, State
from processes.engine.execution.jobs import due_jobs
from processes.engine.store.models import Job, JobStatus
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work
from workers.enqueue import open_session
from workers.run_job import run

OFFER = "offer:6f9c1b52-0c0e-4d5e-9d53-0f8f5f0a1a11"


def publish(session: Session, subject: str = OFFER) -> None:
    record_event(session, "offer-published", actor="medewerker 1", kvk="68750110", subject=subject)


def lines(own_engine: Engine) -> list[Line]:
    with Session(own_engine, expire_on_commit=False) as session:
        found = [Line(*row) for row in session.execute(webhook_log.lines())]
        return found[::-1]


def states(own_engine: Engine) -> list[State]:
    return [line.state for line in lines(own_engine)]


def forward(by: timedelta) -> None:
    moment = now() + by
    set_clock(lambda: moment)


def sweep() -> None:
    """Events that wait get jobs, and what is due is performed, until nothing is left to do."""
    with open_session() as session:
        sending.start(session, 100)
        unit_of_work(session).commit()
    while due := _due():
        for job_id in due:
            run(job_id)


def sweep_until_given_up() -> None:
    """As `sweep`, and each next attempt when it is due, however long its pause was drawn."""
    sweep()
    while moment := _next_due():
        forward(max(moment - now(), timedelta(0)))
        sweep()


def _next_due() -> datetime | None:
    with open_session() as session:
        return session.scalar(select(func.min(Job.due_at)).where(Job.status == JobStatus.NEW))


def _due() -> list[UUID]:
    with open_session() as session:
        return due_jobs(session, 100)
