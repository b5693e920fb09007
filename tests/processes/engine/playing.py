"""Test helper: starts a process, completes tasks, and looks where it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import timers
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from tests.processes.engine.diagrams import define


def start(session: Session, xml: bytes, **variables: Any) -> ProcessInstance:
    """Define the process and start it, with business key 1."""
    define(session, xml)
    return instances.start_process(
        session, "p", business_key="1", variables=variables, started_by="test"
    )


def do(session: Session, element_id: str, **variables: Any) -> None:
    """Complete the open user task at this element."""
    tasks = {task.element_id: task for task in instances.open_user_tasks(session)}
    instances.complete_user_task(
        session, tasks[element_id].id, completed_by="anna", variables=variables
    )


def at(session: Session) -> list[str]:
    """The elements of the open user tasks."""
    return sorted(task.element_id for task in instances.open_user_tasks(session))


def later(session: Session, by: timedelta) -> int:
    """Let so much time pass; how many timers fired."""
    set_clock(lambda: datetime.now(UTC) + by)
    return timers.fire_due_timers(session, 10)


def has_ended(instance: ProcessInstance) -> bool:
    return instance.status == InstanceStatus.COMPLETED


def work_off(session: Session, topic: str, outcome: dict[str, Any] | Exception) -> None:
    """Do the one new job of this topic."""
    (made,) = session.query(Job).filter_by(topic=topic, status=JobStatus.NEW).all()
    claimed = jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None
    if isinstance(outcome, Exception):
        assert jobs.fail(session, made.id, "w", claimed.attempts, outcome)
    else:
        assert jobs.finish(session, made.id, "w", claimed.attempts, outcome)
