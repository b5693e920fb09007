"""The tables of work: candidates of tasks, known people, delegations, sent notices."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, StringSet, new_id, now
from processes.engine.store.models import UserTask

TASKS_IN_ORDER = """CREATE INDEX ix_user_task_in_order ON user_task
    (candidate_group, due_at, priority DESC, opened_at, id) WHERE status = 'open'"""
"""The open tasks of a group as its list is ordered; Alembic cannot compare a descending column."""
FURTHER_IN_ORDER = """CREATE INDEX ix_user_task_in_order_further ON user_task
    (due_at, priority DESC, opened_at, id) WHERE status = 'open' AND {has_further}"""
"""The open tasks with further candidates, in that order too."""
HAS_FURTHER = {"sqlite": "has_further_candidates = 1", "postgresql": "has_further_candidates"}


@event.listens_for(UserTask.__table__, "after_create")
def _index_in_order(_table: Any, connection: Connection, **_more: Any) -> None:
    connection.execute(text(TASKS_IN_ORDER))
    has_further = HAS_FURTHER[connection.dialect.name]
    connection.execute(text(FURTHER_IN_ORDER.format(has_further=has_further)))


class NoticeChoice(StrEnum):
    """Which mails about tasks somebody wants."""

    DIRECT = "direct"  # the digest, and a mail when a task is handed over to them
    DAILY = "daily"  # the digest alone
    NONE = "none"


class UserTaskGroup(Record):
    """A further candidate of a user task: a second group, or a user reference.

    The first one is `UserTask.candidate_group`. Stays when the task is closed, so open tasks are
    found by `UserTask.has_further_candidates`, which whoever writes these rows keeps.
    """

    __tablename__ = "user_task_group"
    __table_args__ = (Index("ix_user_task_group_group", "group"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)


class KnownPerson(Record):
    """Somebody who has signed in: to hand tasks over to, and to write to."""

    __tablename__ = "known_person"
    __table_args__ = (Index("ix_known_person_tenant", "tenant"),)

    reference: Mapped[str] = mapped_column(primary_key=True)  # a user reference: `staff:…`
    name: Mapped[str]
    groups: Mapped[frozenset[str]] = mapped_column(StringSet)
    tenant: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(default=None)
    notices: Mapped[NoticeChoice] = mapped_column(default=NoticeChoice.DIRECT)
    seen_at: Mapped[datetime] = mapped_column(default_factory=now)


class Delegation(Record):
    """Somebody does another one's tasks during an absence; one level deep."""

    __tablename__ = "delegation"
    __table_args__ = (Index("ix_delegation_to", "to_person", "until_date"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    from_person: Mapped[str]
    to_person: Mapped[str]
    process_key: Mapped[str | None]
    from_date: Mapped[date]
    until_date: Mapped[date]  # the last day
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Notice(Record):
    """A mail about tasks that was made for somebody; one of a kind per day."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("person", "kind", "on_day", "task_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    person: Mapped[str]
    kind: Mapped[str]  # digests, long-late, …
    on_day: Mapped[date]
    task_id: Mapped[UUID | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=now)

    @classmethod
    def for_everybody(cls, kind: str, day: Any) -> ColumnElement[bool]:
        """Condition: it is what was made of a kind on this day for all together."""
        # With the person, though it is nobody: the index begins with it.
        return and_(cls.person == "", cls.kind == kind, cls.on_day == day)
