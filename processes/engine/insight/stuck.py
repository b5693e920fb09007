"""Finds stuck instances: active, but waiting for nothing that could wake them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.engine.insight.why_waiting import STUCK, Waiting, why_waiting
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)

LIVE_JOBS = (JobStatus.NEW, JobStatus.LEASED)


@dataclass(frozen=True)
class StuckInstance:
    """An active instance that waits for nothing, with where its tokens are."""

    instance_id: UUID
    process_key: str
    business_key: str | None
    started_at: datetime
    waiting: tuple[Waiting, ...]


def stuck_instances(session: Session, limit: int = 100) -> list[StuckInstance]:
    """Active instances without any open wait, oldest first.

    A token that is stuck while another waits shows in `why_waiting` of its instance.
    """
    found = []
    for id_, key, business_key, started_at in session.execute(_without_any_wait(limit)).all():
        waiting = tuple(why_waiting(session, id_))
        if waiting and all(each.kind == STUCK for each in waiting):
            found.append(StuckInstance(id_, key, business_key, started_at, waiting))
    return found


def _without_any_wait(limit: int) -> Any:
    of_instance = ProcessInstance.id
    return (
        select(
            of_instance,
            ProcessInstance.process_key,
            ProcessInstance.business_key,
            ProcessInstance.started_at,
        )
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .where(
            ~exists().where(UserTask.instance_id == of_instance, UserTask.status == TaskStatus.OPEN)
        )
        .where(~exists().where(Job.instance_id == of_instance, Job.status.in_(LIVE_JOBS)))
        .where(~exists().where(Timer.instance_id == of_instance))
        .where(~exists().where(MessageSubscription.instance_id == of_instance))
        .where(
            ~exists().where(
                Incident.instance_id == of_instance, Incident.status == IncidentStatus.OPEN
            )
        )
        .order_by(ProcessInstance.started_at, of_instance)
        .limit(limit)
    )
