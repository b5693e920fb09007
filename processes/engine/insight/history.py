"""The history of an instance, and where its tokens are now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.store.models import (
    ActivityInstance,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)

WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)


@dataclass(frozen=True)
class Entry:
    """One token's visit to an element, ended or still open."""

    element_id: str
    name: str
    element_type: str
    entered_at: datetime
    left_at: datetime | None  # None: it is there still
    result: str | None  # completed, cancelled, error, moved, skipped, repeated
    actor: str | None  # the user, worker, timer, message; None for the engine itself
    chosen: Mapping[str, Any] | None = None  # why it went on as it did: `ActivityInstance.chosen`


def history(session: Session, instance_id: UUID) -> list[ActivityInstance]:
    """Every ended visit, in order; what is open is in `waiting_at`."""
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance_id)
    return list(session.scalars(query.order_by(ActivityInstance.left_at, ActivityInstance.place)))


def entries(session: Session, instance_id: UUID) -> list[Entry]:
    """Every ended visit in order, then the tasks and jobs that are open now."""
    past = [
        Entry(
            row.element_id,
            row.name,
            row.element_type,
            row.entered_at,
            row.left_at,
            row.result,
            row.actor,
            row.chosen,
        )
        for row in history(session, instance_id)
    ]
    still = sorted(_open_entries(session, instance_id), key=lambda entry: entry.entered_at)
    return [*past, *still]


def waiting_at(session: Session, instance_id: UUID) -> list[str]:
    """The ids of the elements at which the instance waits, for the diagram."""
    queries = (
        select(UserTask.element_id)
        .where(UserTask.instance_id == instance_id)
        .where(UserTask.status == TaskStatus.OPEN),
        select(Job.element_id)
        .where(Job.instance_id == instance_id)
        .where(Job.status.in_(WAITING_JOBS)),
        select(Timer.element_id).where(Timer.instance_id == instance_id),
        select(MessageSubscription.element_id).where(
            MessageSubscription.instance_id == instance_id
        ),
    )
    found = {element_id for query in queries for element_id in session.scalars(query)}
    return sorted(element_id for element_id in found if element_id)


def _open_entries(session: Session, instance_id: UUID) -> Iterable[Entry]:
    instance = session.get_one(ProcessInstance, instance_id)
    elements = specification_of(session, instance.definition_id).elements
    tasks = select(UserTask).where(UserTask.instance_id == instance_id)
    for task in session.scalars(tasks.where(UserTask.status == TaskStatus.OPEN)):
        yield Entry(task.element_id, task.name, "userTask", task.opened_at, None, None, None)
    jobs = select(Job).where(Job.instance_id == instance_id).where(Job.status.in_(WAITING_JOBS))
    for job in session.scalars(jobs):
        element = elements.get(job.element_id or "")
        if element is not None:
            yield Entry(element.id, element.name, element.type, job.created_at, None, None, None)
