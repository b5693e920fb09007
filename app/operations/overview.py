"""Counts of instances, jobs, incidents and workers, for the dashboard, the CLI and metrics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.insight import counts
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessDefinition,
)
from processes.platform.observed import ALIVE_FOR, HealthCheck, WorkerHeartbeat
from workers.bounced_mail import UNREAD
from workers.health import CHECKS
from workers.registry import SERVICE_TASKS

SYSTEMS: Mapping[str, str] = {
    "database": "Database",
    "broker": "Broker (Valkey of Redis)",
    "mail": "Mailserver",
    "legacy": "Oude register",
    "login": "Inloggen",
    UNREAD: "Teruggekomen e-mail",
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
    cases = counts.cases(session)
    of = (ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.name)
    query = select(*of, ProcessDefinition.version).order_by(
        ProcessDefinition.key, ProcessDefinition.version.desc()
    )
    none = dict.fromkeys(InstanceStatus, 0)
    return [
        VersionCount(key, name, version, none | cases[id_])
        for id_, key, name, version in session.execute(query)
        if id_ in cases
    ]


def topics(session: Session) -> list[TopicCount]:
    """Every topic that has jobs, by name."""
    found: dict[str, TopicCount] = {}
    for (topic, status), number in sorted(counts.jobs(session).items()):
        found.setdefault(topic, TopicCount(topic, title_of(topic))).counts[status] = number
    waits = counts.is_one_of(Job.status, counts.UNFINISHED)
    query = select(Job.topic, func.min(Job.created_at)).where(waits).group_by(Job.topic)
    for topic, oldest in session.execute(query):
        found[topic].oldest = oldest
    return list(found.values())


def jobs_by_status(of_topics: Iterable[TopicCount]) -> dict[JobStatus, int]:
    """How many jobs there are of each status, in all topics together."""
    found = dict.fromkeys(JobStatus, 0)
    for topic in of_topics:
        for status, number in topic.counts.items():
            found[status] += number
    return found


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
    told = [UNREAD] if UNREAD in checks else []
    return [_system(name, checks.get(name)) for name in [*CHECKS, *told]]


def title_of(topic: str) -> str:
    """What a topic is called for people."""
    return SERVICE_TASKS[topic].title if topic in SERVICE_TASKS else topic


def _system(name: str, check: HealthCheck | None) -> System:
    title = SYSTEMS[name]
    if check is None:
        return System(name, title, None, "Er was nog geen werker die het controleerde.")
    is_well = check.is_well if check.is_fresh else None
    return System(name, title, is_well, check.detail, check.since, check.checked_at)
