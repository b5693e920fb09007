"""The tables of the engine: definitions, instances, tasks, jobs, timers, messages, incidents."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from processes.base import Record, new_id, now, traceparent
from processes.engine.store.causes import cause_of_row

LIVE_INSTANCE = "status IN ('active', 'suspended')"
PUT_OFF = "status = 'open' AND follow_up_at IS NOT NULL"


def where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """A partial index: only of the rows for which the condition, in SQL, holds."""
    only = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


class InstanceStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class JobStatus(StrEnum):
    NEW = "new"  # waits for a worker, or for its next attempt at due_at
    LEASED = "leased"  # a worker has it until lease_until
    DONE = "done"
    FAILED = "failed"  # out of attempts: an incident tells
    CANCELLED = "cancelled"  # the instance no longer waits for it


class IncidentStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class ProcessDefinition(Record):
    """One deployed version of one process; immutable."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str]  # the id of the bpmn:process
    version: Mapped[int]
    name: Mapped[str]
    xml: Mapped[str] = mapped_column(Text, deferred=True, repr=False)
    sha256: Mapped[str]
    deployed_by: Mapped[str]
    deployed_at: Mapped[datetime] = mapped_column(default_factory=now)
    note: Mapped[str] = mapped_column(default="")
    from_file: Mapped[bool] = mapped_column(default=False)  # or its content is in a file by now


class ProcessInstance(Record):
    """One run of a process definition. `state` holds tokens and variables (see `codec`)."""

    __tablename__ = "process_instance"
    __table_args__ = (
        # R2: one open case per business key, held by the database.
        where(
            "uq_process_instance_open_business_key",
            LIVE_INSTANCE,
            *("process_key", "business_key"),
            unique=True,
        ),
        Index("ix_process_instance_key_status", "process_key", "status"),
        Index("ix_process_instance_key_started", "process_key", "started_at", "id"),
        Index("ix_process_instance_tenant", "tenant"),
        Index("ix_process_instance_definition_started", "definition_id", "started_at"),
        Index("ix_process_instance_started", "started_at", "id"),
        where("ix_process_instance_live", LIVE_INSTANCE, "definition_id", "status"),
        where("ix_process_instance_cancelled", "status = 'cancelled'", "ended_at", "definition_id"),
        where("ix_process_instance_completed", "status = 'completed'", "ended_at", "definition_id"),
        where("ix_process_instance_initiator", "initiator IS NOT NULL", "initiator", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    process_key: Mapped[str]
    business_key: Mapped[str | None]  # the KvK number of an onboarding, the id of an offer
    tenant: Mapped[str | None]  # the KvK number of the provider that it belongs to (R62)
    started_by: Mapped[str]
    initiator: Mapped[str | None] = mapped_column(default=None)  # a user reference (see UserTask)
    status: Mapped[InstanceStatus] = mapped_column(default=InstanceStatus.ACTIVE)
    row_version: Mapped[int] = mapped_column(default=0)  # guards every write of state
    state: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True, repr=False)
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    definition: Mapped[ProcessDefinition] = relationship(
        init=False, repr=False, lazy="raise_on_sql"
    )


class UserTask(Record):
    """A user task, open or closed. Its id is that of the engine's token there.

    A user reference is opaque: the kind of user, a colon and their id
    (`provider:…`, `teacher:…`, `staff:…`).
    """

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_instance", "instance_id"),
        where("ix_user_task_submission_id", "submission_id IS NOT NULL", "submission_id"),
        where("ix_user_task_put_off", PUT_OFF, "candidate_group"),
        Index("ix_user_task_tenant", "tenant", "status", "due_at"),
        where("ix_user_task_assignee", "assignee IS NOT NULL", "assignee"),
        where(
            "ix_user_task_completed_by_user",
            "completed_by_user IS NOT NULL",
            "completed_by_user",
            "completed_at",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    element_id: Mapped[str]
    name: Mapped[str]
    form_key: Mapped[str | None]
    lane: Mapped[str | None]  # the lane's name in the diagram
    candidate_group: Mapped[str | None]  # the first candidate: 'registrar', or a user reference
    tenant: Mapped[str | None] = mapped_column(default=None)  # of its instance (R62)
    label: Mapped[str | None] = mapped_column(default=None)  # which round it is, as it opened
    priority: Mapped[int] = mapped_column(default=50, server_default="50")  # 0-100
    # False where it has no row in user_task_group; of what older code opened: true
    has_further_candidates: Mapped[bool] = mapped_column(default=False, server_default=true())
    status: Mapped[TaskStatus] = mapped_column(default=TaskStatus.OPEN)
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    follow_up_at: Mapped[datetime | None] = mapped_column(default=None)  # until then: "Later"
    assignee: Mapped[str | None] = mapped_column(default=None)  # the user reference of who has it
    assignee_name: Mapped[str | None] = mapped_column(default=None)
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_by: Mapped[str | None] = mapped_column(default=None)
    completed_by_user: Mapped[str | None] = mapped_column(default=None)  # their user reference
    submission_id: Mapped[UUID | None] = mapped_column(default=None)  # R15: of the submit that won
    draft: Mapped[dict[str, Any] | None] = mapped_column(default=None)  # half-filled form (R17)
    draft_by: Mapped[str | None] = mapped_column(default=None)
    draft_at: Mapped[datetime | None] = mapped_column(default=None)

    instance: Mapped[ProcessInstance] = relationship(init=False, repr=False, lazy="raise_on_sql")

    @property
    def title(self) -> str:
        """Its name for people, with the round of a multi-instance."""
        return f"{self.name}: {self.label}" if self.label else self.name

    @property
    def group(self) -> str | None:
        """The group of its first candidate: of `teacher:…`, who is one teacher, `teacher`."""
        return self.candidate_group.partition(":")[0] if self.candidate_group else None


class Job(Record):
    """A background job. The row is the truth; the broker only carries wake-up messages."""

    __tablename__ = "job"
    __table_args__ = (
        where("ix_job_topic_due", "status IN ('new', 'leased')", "topic", "due_at"),
        where("ix_job_set_aside", "status IN ('failed', 'cancelled')", "topic", "status"),
        where("ix_job_done", "status = 'done'", "done_at", "topic"),
        Index("ix_job_created", "created_at", "id"),
        Index("ix_job_instance", "instance_id"),
        Index("ix_job_tenant", "tenant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    topic: Mapped[str]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    arguments: Mapped[dict[str, Any]]
    instance_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("process_instance.id"), default=None
    )
    token_id: Mapped[UUID | None] = mapped_column(default=None)  # the engine's id of the token
    element_id: Mapped[str | None] = mapped_column(default=None)
    tenant: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.NEW)
    attempts: Mapped[int] = mapped_column(default=0)  # counted when a worker claims the job
    max_attempts: Mapped[int] = mapped_column(default=5)
    retry_every: Mapped[str | None] = mapped_column(default=None)  # ISO 8601 duration, from R5/PT1M
    due_at: Mapped[datetime] = mapped_column(default_factory=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    progress: Mapped[dict[str, Any] | None] = mapped_column(
        default=None
    )  # {"done": 3, "total": 14}
    last_error: Mapped[str | None] = mapped_column(Text, default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    traceparent: Mapped[str | None] = mapped_column(default_factory=traceparent.get)
    priority: Mapped[int] = mapped_column(default=0, server_default="0")  # for workers outside
    outside: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """What the diagram tells a worker outside: `local` (names of its inputs), `properties` and
    `retries`; None where Loket itself does the job."""

    instance: Mapped[ProcessInstance | None] = relationship(
        init=False, repr=False, lazy="raise_on_sql"
    )


class Incident(Record):
    """Something an operator must look at: a job without attempts left, or a failed step."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_status", "status", "cause"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"), index=True)
    element_id: Mapped[str | None]
    kind: Mapped[str]  # job-failed, uncaught-error, expression, merge-conflict, budget
    message: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text, default="")  # the trace, for the operator only
    fingerprint: Mapped[str] = mapped_column(default="", index=True)  # the same is no second one
    cause: Mapped[str] = mapped_column(  # what many incidents may share
        insert_default=cause_of_row, server_default="", init=False
    )
    status: Mapped[IncidentStatus] = mapped_column(default=IncidentStatus.OPEN)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_by: Mapped[str | None] = mapped_column(default=None)
    token_id: Mapped[UUID | None] = mapped_column(default=None)  # whose step failed


class Timer(Record):
    """A timer event that an instance waits for; a sweep fires it once."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("instance_id", "token_id", "element_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[UUID]
    element_id: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)


class MessageSubscription(Record):
    """A message or signal event that an instance waits for."""

    __tablename__ = "message_subscription"
    __table_args__ = (
        UniqueConstraint(
            *("instance_id", "token_id", "element_id", "kind", "name"),
            name="uq_message_subscription_awaited",
        ),
        Index("ix_message_subscription_name", "kind", "name", "correlation_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[UUID]
    element_id: Mapped[str]
    kind: Mapped[str]  # message, signal
    name: Mapped[str]
    correlation_key: Mapped[str | None]


class ActivityInstance(Record):
    """History: one token's visit to one element, who or what ended it, and how."""

    __tablename__ = "activity_instance"
    __table_args__ = (Index("ix_activity_instance_instance", "instance_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the engine's id of the token
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    element_id: Mapped[str]
    element_type: Mapped[str]
    name: Mapped[str]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    result: Mapped[str | None]  # completed, cancelled, error
    actor: Mapped[str | None]  # the user, 'worker', 'timer', None for the engine itself
    place: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """In the history of its instance: what one step passes is left at the same moment.

    0 in rows of before there were places.
    """
    chosen: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), default=None, repr=False
    )
    """Where conditions were looked at: `conditions` (each a `text`, whether it `holds` and the
    Dutch `reason` why FEEL could not tell) and the `values` of the variables that they read."""
