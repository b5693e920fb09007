"""What happened in an instance, and where its tokens are now."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.models import (
    ActivityInstance,
    Job,
    JobStatus,
    MessageSubscription,
    TaskStatus,
    Timer,
    UserTask,
)

WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)


def history(session: Session, instance_id: UUID) -> list[ActivityInstance]:
    """Every passage that has ended, in order; what still waits is in `waiting_at`."""
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance_id)
    return list(session.scalars(query.order_by(ActivityInstance.left_at)))


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
