"""Counts of instances, jobs, incidents and workers, for the dashboard, the CLI and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.platform.observed import ALIVE_FOR, HealthCheck, WorkerHeartbeat
from workers.health import CHECKS
from workers.registry import SERVICE_TASKS

UNFINISHED = (JobStatus.NEW, JobStatus.LEASED)
SYSTEMS: Mapping[str, str] = {
    "database": "Database",
    "broker": "Broker (Valkey of Redis)",
    "mail": "Mailserver",
    "legacy": "Oude register",
    "login": "Inloggen",
}


@dataclass(frozen=True)
class VersionCount:
    """The number of instances of a version, by status."""

    key: str
    name: str
    version: int
    counts: Mapping[InstanceStatus, int]


@dataclass
class TopicCount:
    """The number of jobs of a topic, by status; `oldest` waits longest."""

    topic: str
    title: str
    counts: dict[JobStatus, int] = field(default_factory=dict)
    oldest: datetime | None = None

    @property
    def age(self) -> timedelta | None:
        """For how long the oldest that is not finished waits."""
        return now() - self.oldest if self.oldest else None


@dataclass(frozen=True)
class System:
    """A system around Loket; `is_well` is None when it was not checked lately."""

    name: str
    title: str
    is_well: bool | None
    detail: str = ""
    since: datetime | None = None
    checked_at: datetime | None = None


def versions(session: Session) -> list[VersionCount]:
    """Every version that has instances, the newest first."""
    of = (ProcessDefinition.key, ProcessDefinition.name, ProcessDefinition.version)
    query = (
        select(*of, ProcessInstance.status, func.count())
        .join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        .group_by(*of, ProcessInstance.status)
        .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    )
    found: dict[tuple[str, str, int], dict[InstanceStatus, int]] = {}
    for key, name, version, status, number in session.execute(query):
        found.setdefault((key, name, version), dict.fromkeys(InstanceStatus, 0))[status] = number
    return [VersionCount(*version, counts) for version, counts in found.items()]


def topics(session: Session) -> list[TopicCount]:
    """Every topic that has jobs, by name."""
    query = select(Job.topic, Job.status, func.count(), func.min(Job.created_at))
    found: dict[str, TopicCount] = {}
    for topic, status, number, oldest in session.execute(query.group_by(Job.topic, Job.status)):
        of = found.setdefault(topic, TopicCount(topic, title_of(topic)))
        of.counts[status] = number
        if status in UNFINISHED:
            of.oldest = min(of.oldest or oldest, oldest)
    return [found[topic] for topic in sorted(found)]


def job_counts(session: Session) -> dict[JobStatus, int]:
    """How many jobs there are of each status."""
    rows = session.execute(select(Job.status, func.count()).group_by(Job.status))
    found = dict(rows.all())
    return {status: found.get(status, 0) for status in JobStatus}


def open_incidents(session: Session) -> int:
    """How many incidents wait for an operator."""
    query = select(func.count()).where(Incident.status == IncidentStatus.OPEN)
    return session.scalar(query) or 0


def workers(session: Session) -> Sequence[WorkerHeartbeat]:
    """The processes of workers that live, by host."""
    query = select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > now() - ALIVE_FOR)
    return session.scalars(query.order_by(WorkerHeartbeat.host, WorkerHeartbeat.pid)).all()


def systems(session: Session) -> list[System]:
    """How each system was when a worker last asked it."""
    checks = {check.name: check for check in session.scalars(select(HealthCheck))}
    return [_system(name, checks.get(name)) for name in CHECKS]


def title_of(topic: str) -> str:
    """What a topic is called for people."""
    return SERVICE_TASKS[topic].title if topic in SERVICE_TASKS else topic


def _system(name: str, check: HealthCheck | None) -> System:
    title = SYSTEMS[name]
    if check is None:
        return System(name, title, None, "Er was nog geen werker die het controleerde.")
    is_well = check.is_well if check.is_fresh else None
    return System(name, title, is_well, check.detail, check.since, check.checked_at)
