"""Starts a part of Loket without one of its safeguards, to show that the chaos run would notice.

python -m tests.reliability.unsafe SAFEGUARD worker --concurrency 2
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import has_request_context, request
from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from app.cli.main import main
from app.web.db import db
from processes.base import now
from processes.engine.execution import jobs, steps
from processes.engine.store import job_rows
from processes.engine.store.job_rows import ClaimedJob
from processes.engine.store.models import Job, JobStatus
from processes.platform.database import database
from processes.register.legacy import known_rows
from processes.register.legacy.staging import LegacyOffer
from processes.register.offers.rules import Offer
from processes.unit_of_work import UnitOfWork
from workers import schedule
from workers.clients.mail import Message
from workers.handlers import migration
from workers.handlers.mail import sending

FORGOTTEN = 0.3


def without_sweeps() -> None:
    """Only wake-up messages bring work: what the broker forgets, nobody finds."""
    schedule.sweep = lambda: None


def without_leases() -> None:
    """A job that a worker took is that worker's for ever."""
    claimable = job_rows.claimable  # this is what is taken away
    new = Job.status == JobStatus.NEW
    job_rows.claimable = lambda moment: new & claimable(moment)


def without_fencing() -> None:
    """Who comes back late counts as much as who has the job now: whatever its row says.

    Nothing else is taken away: what a late one copies is not doubled (the migration is
    idempotent), what it sends has the same Message-ID. What is seen is the job itself: done by
    somebody else, it comes to life again, or is written down as cancelled.
    """
    fenced = jobs._fenced  # noqa: SLF001

    def found(
        session: Session,
        job_id: UUID,
        owner: str,
        attempt: int,  # noqa: ARG001 - this is what is not looked at
    ) -> Job | None:
        if instance_id := session.scalar(select(Job.instance_id).where(Job.id == job_id)):
            steps.lock_instance(session, instance_id)
        job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        job.status, job.lease_owner = JobStatus.LEASED, owner
        session.flush()
        return fenced(session, job_id, owner, job.attempts)

    def extended(session: Session, job: ClaimedJob, lease: timedelta) -> bool:
        mine = update(Job).where(Job.id == job.id, Job.status == JobStatus.LEASED)
        session.execute(mine.values(lease_until=now() + lease))
        return True

    jobs._fenced = found  # noqa: SLF001
    job_rows.held = true
    jobs.extend_lease = extended


def without_idempotent_migration() -> None:
    """Each attempt copies every offer, whether it was copied before or not.

    Three lines of one safeguard: what is pending, the look for the offer, and the unique key.
    """
    handler: Any = migration
    register: Any = known_rows
    handler.pending = _all_rows
    register._offers_of = lambda *_: {}  # noqa: SLF001
    with database().begin() as connection:
        table = connection.dialect.identifier_preparer.quote(Offer.__tablename__)
        constraint = "DROP CONSTRAINT IF EXISTS uq_offer_source_legacy_id"
        connection.exec_driver_sql(f"ALTER TABLE {table} {constraint}")


def _all_rows(
    session: Session, kvk: str, *, after: UUID | None, limit: int, **_when: Any
) -> list[LegacyOffer]:
    rows = select(LegacyOffer).where(LegacyOffer.kvk == kvk).order_by(LegacyOffer.row_number)
    if after:
        rows = rows.where(LegacyOffer.row_number > session.get_one(LegacyOffer, after).row_number)
    return list(session.scalars(rows.limit(limit)))


def without_fixed_message_ids() -> None:
    """Each attempt writes a message of its own."""
    handler: Any = sending
    make = handler._message  # noqa: SLF001
    handler._message = lambda row: _renamed(make(row))  # noqa: SLF001


def _renamed(message: Message) -> Message:
    return replace(message, message_id=f"<{uuid4()}@loket.example>")


def without_commits() -> None:
    """The portal says that it has kept something, and now and then forgot to commit."""
    unit_of_work: Any = UnitOfWork
    commit = unit_of_work.commit

    def forget(unit: UnitOfWork) -> None:
        at_a_task = has_request_context() and request.path.startswith("/taken/")
        is_its_own = at_a_task and unit.session is db.session()
        if is_its_own and random.random() < FORGOTTEN:  # noqa: S311 - no secret
            unit.session.rollback()
        commit(unit)

    unit_of_work.commit = forget


SAFEGUARDS: dict[str, Callable[[], None]] = {
    "sweeps": without_sweeps,
    "leases": without_leases,
    "fencing": without_fencing,
    "idempotent migration": without_idempotent_migration,
    "fixed message ids": without_fixed_message_ids,
    "commits": without_commits,
}

if __name__ == "__main__":
    SAFEGUARDS[sys.argv.pop(1)]()
    main()
