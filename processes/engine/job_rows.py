"""What a worker reads and writes of the row of a job, as Core statements: a few for each job."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, null, or_, select, update
from sqlalchemy.orm import Session, make_transient_to_detached

from processes.base import UtcDateTime, now
from processes.engine import rows
from processes.engine.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.engine.rows import Locked
from processes.statements import Statement

_READ = tuple(Job.__table__.columns.keys())


def claimable(moment: Any) -> Any:
    """Due, or left by whoever had it; a job of an instance that stands still waits with it."""
    stands_still = exists().where(
        ProcessInstance.id == Job.instance_id, ProcessInstance.status == InstanceStatus.SUSPENDED
    )
    is_due = or_(
        and_(Job.status == JobStatus.NEW, Job.due_at <= moment),
        and_(Job.status == JobStatus.LEASED, Job.lease_until < moment),
    )
    return and_(is_due, ~stands_still)


def held() -> Any:
    """Still leased to this owner's attempt: the fence against whoever comes back late."""
    return and_(
        Job.status == JobStatus.LEASED,
        Job.lease_owner == bindparam("owner"),
        Job.attempts == bindparam("attempt"),
    )


def take(session: Session, job_id: UUID, *, owner: str, lease: timedelta) -> Job | None:
    """Lease a job that is due and has attempts left, in one statement; the attempt counts."""
    session.flush()
    moment = now()
    given = {
        "job_id": job_id,
        "moment": moment,
        "leased": JobStatus.LEASED,
        "new_owner": owner,
        "until": moment + lease,
    }
    row = _take().first(session, given)
    return None if row is None else _as_known(session, dict(zip(_READ, row, strict=True)))


def extend(session: Session, job: Job, lease: timedelta) -> bool:
    """Lease it for longer; False when it is no longer ours."""
    until = now() + lease
    fence = {"job_id": job.id, "owner": job.lease_owner, "attempt": job.attempts}
    if _extend().execute(session, {**fence, "until": until}) != 1:
        return False
    rows.set_known(job, lease_until=until)
    return True


def end(session: Session, job_id: UUID, owner: str, attempt: int) -> tuple[UUID | None] | None:
    """The job is done: the token that it was made for; None when the lease is not ours."""
    session.flush()
    moment = now()
    fence = {"job_id": job_id, "owner": owner, "attempt": attempt}
    row = _end().first(session, {**fence, "done": JobStatus.DONE, "moment": moment})
    if row is None:
        return None
    known = rows.known_row(session, Job, job_id)
    if known is not None:
        done: Mapping[str, Any] = {"status": JobStatus.DONE, "done_at": moment}
        rows.set_known(known, **done, lease_owner=None, lease_until=None)
    return (row[0],)


def lock_instance(session: Session, job_id: UUID) -> Locked | None:
    """Lock the instance of a job; None for a job without one."""
    session.flush()
    row = _LOCK.first(session, {"job_id": job_id})
    return None if row is None else Locked(*row)


def _as_known(session: Session, values: dict[str, Any]) -> Job:
    job: Job | None = rows.known_row(session, Job, values["id"])
    if job is not None:
        rows.set_known(job, **values)
        return job
    job = Job(**values)
    make_transient_to_detached(job)
    session.add(job)
    return job


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
        .returning(*Job.__table__.columns)
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
