"""Finds stuck instances: active, but waiting for nothing that could wake them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.engine.insight import kept_figures
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
    """Active instances without any open wait, oldest first: looks at every active instance.

    A token that is stuck while another waits shows in `why_waiting` of its instance.
    """
    return _stuck(session, _without_any_wait(limit))


def found_stuck(session: Session, limit: int = 100) -> list[StuckInstance]:
    """Those that the latest scan in the background found, as far as they still are stuck.

    Looks at all instances where no scan was made lately.
    """
    kept = SCAN.latest(session)
    if kept is None:
        return stuck_instances(session, limit)
    ids = [UUID(id_) for id_ in kept["ids"][:limit]]
    if not ids:
        return []
    return _stuck(session, _without_any_wait(limit).where(ProcessInstance.id.in_(ids)))


def _ids(session: Session) -> dict[str, Any]:
    return {"ids": [str(one.instance_id) for one in stuck_instances(session)]}


SCAN = kept_figures.Scan("stuck instances", _ids)
"""Looks at every active instance, and keeps which are stuck."""


def _stuck(session: Session, query: Any) -> list[StuckInstance]:
    found = []
    for id_, key, business_key, started_at in session.execute(query).all():
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
