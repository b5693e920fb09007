"""Jobs for workers outside: locked by topic for whoever fetches them, by the rights of an opening.

The protocol is that of Camunda 7's external tasks; the lock is the lease of the job table, its
owner the opening with the name that the worker gives itself.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.language.values import same
from processes.engine.registry import TOPICS
from processes.engine.store import job_rows
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.engine.store.opening_models import Opening, TopicFetch

NOTED_EVERY = timedelta(seconds=20)  # a fetch is a row only so often: a worker asks all the time
SCANNED_AT_A_TIME = 500


class TopicRefusedError(Exception):
    """An opening does not name this topic, or Loket itself does its jobs."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.topic = topic


@dataclass(frozen=True)
class Worker:
    """A program outside, by the opening that it uses and the name that it gives itself."""

    opening: Opening
    id: str

    @property
    def owner(self) -> str:
        """How its locks are told from those of others."""
        return f"{owners_of(self.opening)}{self.id}"


@dataclass(frozen=True)
class TopicRequest:
    """One topic that a worker asks for, which of its jobs, and for how long."""

    topic: str
    lock: timedelta
    business_key: str | None = None
    definition_ids: Collection[UUID] | None = None
    process_keys: Collection[str] | None = None
    tenants: Collection[str] | None = None
    without_tenant: bool = False
    having: Mapping[str, Any] = field(default_factory=dict)  # variables with exactly these values
    names: Collection[str] | None = None  # the variables that it wants; None: all
    only_local: bool = False
    with_properties: bool = False


@dataclass(frozen=True)
class Order:
    """Which jobs come first: by priority, and then by age."""

    by_priority: bool = True
    newest_first: bool = False


@dataclass(frozen=True)
class ExternalTask:
    """A job as its worker sees it."""

    job: Job
    business_key: str | None
    process_key: str
    definition_id: UUID
    variables: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] | None = None
    is_suspended: bool = False  # its case; what is fetched never is

    @property
    def retries(self) -> int | None:
        """How often it is tried yet, this time included; None where nobody has said so."""
        job = self.job
        drawn = (job.outside or {}).get("retries")
        is_open = job.status in (JobStatus.NEW, JobStatus.LEASED)
        tried = job.attempts - (job.status is JobStatus.LEASED)
        if not is_open:
            return 0
        return None if drawn is None and not tried else job.max_attempts - tried


def owners_of(opening: Opening) -> str:
    """What the locks of all workers of an opening begin with."""
    return f"outside:{opening.id.hex}:"


def may_fetch(opening: Opening, topic: str) -> bool:
    """Whether workers with this opening get the jobs of a topic; never those that Loket does."""
    return topic in opening.topics and topic not in TOPICS


def judge(opening: Opening, requests: Sequence[TopicRequest]) -> None:
    """Raises TopicRefusedError for the first topic that the opening may not fetch."""
    for request in requests:
        if not may_fetch(opening, request.topic):
            raise TopicRefusedError(request.topic)


def is_enabled(session: Session, worker: Worker) -> bool:
    """Whether its opening may still be used; a worker may have waited for long."""
    query = select(Opening.enabled).where(Opening.id == worker.opening.id)
    return session.scalar(query) is True


def is_any_due(session: Session, worker: Worker, requests: Sequence[TopicRequest]) -> bool:
    """Whether a fetch may find something: only reads, and looks at no variables."""
    return session.execute(_due(worker, requests, Order()).limit(1)).first() is not None


def fetch(
    session: Session, worker: Worker, requests: Sequence[TopicRequest], most: int, order: Order
) -> list[ExternalTask]:
    """Lock at most so many jobs for this worker, the first in the order; each counts an attempt.

    What another worker is fetching at this moment is passed over.
    """
    query = _due(worker, requests, order)
    if any(request.having for request in requests):
        query = query.where(Job.id.in_(_matching(session, query, requests, most)))
    query = query.limit(most).with_for_update(of=Job, skip_locked=True)
    found = session.execute(query.execution_options(populate_existing=True)).all()
    by_topic = {request.topic: request for request in requests}
    moment, tasks = now(), []
    for job, business_key, process_key, definition_id in found:
        request = by_topic[job.topic]
        job.status, job.attempts = JobStatus.LEASED, job.attempts + 1
        job.lease_owner, job.lease_until = worker.owner, moment + request.lock
        tasks.append(
            ExternalTask(job, business_key, process_key, definition_id, *_given(job, request))
        )
    session.flush()
    return tasks


def unnoted(session: Session, topics: Collection[str]) -> set[str]:
    """Of these topics, those of which no fetch was noted lately."""
    lately = now() - NOTED_EVERY
    query = select(TopicFetch.topic).where(TopicFetch.topic.in_(topics), TopicFetch.at > lately)
    return set(topics) - set(session.scalars(query))


def note_fetch(session: Session, worker: Worker, topics: Collection[str]) -> None:
    """Remember that somebody asks for these topics, and who."""
    for topic in sorted(topics):
        fetched = {"worker": worker.id, "opening": worker.opening.name, "at": now()}
        adding = insert_once(TopicFetch).values(topic=topic, **fetched)
        session.execute(adding.on_conflict_do_update(index_elements=["topic"], set_=fetched))


def _due(worker: Worker, requests: Sequence[TopicRequest], order: Order) -> Any:
    topics = {request.topic for request in requests}
    query: Any = (
        select(
            Job,
            ProcessInstance.business_key,
            ProcessInstance.process_key,
            ProcessInstance.definition_id,
        )
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(Job.topic.in_(topics), job_rows.UNFINISHED, job_rows.is_due(now()))
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .where(Job.attempts < Job.max_attempts)
        .where(or_(*(and_(*_conditions(request)) for request in requests)))
    )
    if worker.opening.tenant is not None:
        query = query.where(Job.tenant == worker.opening.tenant)
    return query.order_by(*_sorted(order))


def _sorted(order: Order) -> Iterator[Any]:
    if order.by_priority:
        yield Job.priority.desc()
    yield Job.created_at.desc() if order.newest_first else Job.due_at
    yield Job.id


def _conditions(request: TopicRequest) -> Iterator[Any]:
    yield Job.topic == request.topic
    if request.business_key is not None:
        yield ProcessInstance.business_key == request.business_key
    if request.definition_ids is not None:
        yield ProcessInstance.definition_id.in_(request.definition_ids)
    if request.process_keys is not None:
        yield ProcessInstance.process_key.in_(request.process_keys)
    if request.tenants is not None:
        yield Job.tenant.in_(request.tenants)
    if request.without_tenant:
        yield Job.tenant.is_(None)


def _matching(
    session: Session, query: Any, requests: Sequence[TopicRequest], most: int
) -> list[UUID]:
    """The first jobs whose variables have the values that are asked for."""
    having = {request.topic: request.having for request in requests}
    rows = session.execute(
        query.with_only_columns(Job.id, Job.topic, Job.arguments).execution_options(
            yield_per=SCANNED_AT_A_TIME
        )
    )
    found: list[UUID] = []
    for id_, topic, variables in rows:
        if all(k in variables and same(variables[k], v) for k, v in having[topic].items()):
            found.append(id_)
            if len(found) == most:
                break
    rows.close()
    return found


def _given(job: Job, request: TopicRequest) -> tuple[dict[str, Any], Mapping[str, str] | None]:
    """The variables and properties that a worker asked for."""
    outside = job.outside or {}
    wanted = set(job.arguments) if request.names is None else set(request.names)
    if request.only_local:
        wanted &= set(outside.get("local", ()))
    variables = {name: value for name, value in job.arguments.items() if name in wanted}
    return variables, outside.get("properties", {}) if request.with_properties else None
