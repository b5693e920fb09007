"""SQL statements for job rows: claim under a lease, extend, finish, with a fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, null, or_, select, text, update
from sqlalchemy.orm import Session

from processes.base import UtcDateTime, now
from processes.engine.store import rows
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.engine.store.rows import LockedInstance
from processes.sending import Sending
from processes.statements import Statement
from processes.unit_of_work import unit_of_work


@dataclass(frozen=True)
class ClaimedJob:
    """A job as whoever has it now knows it; `attempts` and `lease_owner` are the fence."""

    id: UUID
    topic: str
    arguments: dict[str, Any]
    idempotency_key: str
    instance_id: UUID | None
    tenant: str | None
    traceparent: str | None
    attempts: int
    lease_owner: str
    lease_until: datetime


PROGRESS = Statement(
    update(Job).where(Job.id == bindparam("job_id")).values(progress=bindparam("far"))
)
_READ = [getattr(Job, each.name) for each in fields(ClaimedJob)]


UNFINISHED = text("job.status IN ('new', 'leased')")
"""Condition that is true of all that is due, as an index says it: SQLite finds it by that alone."""


def claimable(moment: Any) -> Any:
    """Condition: due, or its lease ran out, and its instance is not suspended."""
    stands_still = exists().where(
        ProcessInstance.id == Job.instance_id, ProcessInstance.status == InstanceStatus.SUSPENDED
    )
    return and_(is_due(moment), ~stands_still)


def is_due(moment: Any) -> Any:
    """Condition: its moment has come, or its lease ran out; whether its instance is suspended."""
    return or_(
        and_(Job.status == JobStatus.NEW, Job.due_at <= moment),
        and_(Job.status == JobStatus.LEASED, Job.lease_until < moment),
    )


def held() -> Any:
    """Condition: leased to this attempt of this owner; the fencing token against late workers."""
    return and_(
        Job.status == JobStatus.LEASED,
        Job.lease_owner == bindparam("owner"),
        Job.attempts == bindparam("attempt"),
    )


def take(session: Session, job_id: UUID, *, owner: str, lease: timedelta) -> ClaimedJob | None:
    """Lease a job that is due and has attempts left, in one statement; the attempt counts."""
    session.flush()
    unit_of_work(session).write_gathered()
    claimed = take_on(unit_of_work(session).connection(), job_id, owner=owner, lease=lease)
    known = rows.known_row(session, Job, job_id)
    if claimed is not None and known is not None:
        fence = {"attempts": claimed.attempts, "lease_owner": owner}
        rows.set_known(known, status=JobStatus.LEASED, lease_until=claimed.lease_until, **fence)
    return claimed


def take_on(
    connection: Sending, job_id: UUID, *, owner: str, lease: timedelta
) -> ClaimedJob | None:
    """As `take`, in a transaction of its own."""
    moment = now()
    given = {
        "job_id": job_id,
        "moment": moment,
        "leased": JobStatus.LEASED,
        "new_owner": owner,
        "until": moment + lease,
    }
    row = _take().first(connection, given)
    return None if row is None else ClaimedJob(*row)


def is_out_of_attempts_on(connection: Sending, job_id: UUID) -> bool:
    """Whether the job would be claimable if it had an attempt left."""
    return _worn_out().first(connection, {"job_id": job_id, "moment": now()}) is not None


def extend(session: Session, job: ClaimedJob, lease: timedelta) -> bool:
    """Extend the lease; False when another worker holds it by now."""
    until = now() + lease
    fence = {"job_id": job.id, "owner": job.lease_owner, "attempt": job.attempts}
    if unit_of_work(session).execute(_extend(), {**fence, "until": until}) != 1:
        return False
    known = rows.known_row(session, Job, job.id)
    if known is not None:
        rows.set_known(known, lease_until=until)
    return True


def end(session: Session, job_id: UUID, owner: str, attempt: int) -> tuple[UUID | None] | None:
    """Finish the job: a tuple with the id of its token (or None); None when the lease is lost."""
    session.flush()
    unit_of_work(session).write_gathered()
    moment = now()
    ended = end_on(unit_of_work(session).connection(), job_id, owner, attempt, moment=moment)
    known = rows.known_row(session, Job, job_id)
    if ended is not None and known is not None:
        done: Mapping[str, Any] = {"status": JobStatus.DONE, "done_at": moment}
        rows.set_known(known, **done, lease_owner=None, lease_until=None)
    return ended


def end_on(
    connection: Sending, job_id: UUID, owner: str, attempt: int, *, moment: datetime
) -> tuple[UUID | None] | None:
    """As `end`, in a transaction of its own."""
    fence = {"job_id": job_id, "owner": owner, "attempt": attempt}
    row = _end().first(connection, {**fence, "done": JobStatus.DONE, "moment": moment})
    return None if row is None else (row[0],)


def lock_instance(session: Session, job_id: UUID) -> LockedInstance | None:
    """Lock the instance of a job; None for a job without an instance."""
    session.flush()
    row = unit_of_work(session).first(_LOCK, {"job_id": job_id})
    return None if row is None else LockedInstance(*row)


# Made when they are first needed, so that a test can take a safeguard away before.
@cache
def _take() -> Statement:
    return Statement(
        update(Job)
        .where(Job.id == bindparam("job_id"))
        .where(claimable(bindparam("moment", type_=UtcDateTime())))
        .where(Job.attempts < Job.max_attempts)
        .values(
            status=bindparam("leased"),
            attempts=Job.attempts + 1,
            lease_owner=bindparam("new_owner"),
            lease_until=bindparam("until"),
        )
        .returning(*_READ)
    )


@cache
def _worn_out() -> Statement:
    return Statement(
        select(Job.id)
        .where(Job.id == bindparam("job_id"))
        .where(claimable(bindparam("moment", type_=UtcDateTime())))
        .where(Job.attempts >= Job.max_attempts)
    )


@cache
def _extend() -> Statement:
    return Statement(
        update(Job)
        .where(Job.id == bindparam("job_id"))
        .where(held())
        .values(lease_until=bindparam("until"))
    )


@cache
def _end() -> Statement:
    return Statement(
        update(Job)
        .where(Job.id == bindparam("job_id"))
        .where(held())
        .values(
            status=bindparam("done"),
            done_at=bindparam("moment"),
            lease_owner=null(),
            lease_until=null(),
        )
        .returning(Job.token_id)
    )


_LOCK = Statement(
    select(*rows.LOCKED)
    .where(
        # Which instance it is never changes, so this may be read before the lock.
        ProcessInstance.id
        == select(Job.instance_id).where(Job.id == bindparam("job_id")).scalar_subquery()
    )
    .with_for_update()
)
