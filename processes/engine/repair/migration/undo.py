"""Undoes a migration run in chunks, with progress."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.repair.migration import runs
from processes.engine.repair.migration.runs import Progress
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun


def begin_undo(session: Session, run_id: UUID, *, by: str) -> bool:
    """Mark this run as being undone; False when it was already."""
    run = session.get_one(MigrationRun, run_id, with_for_update=True, populate_existing=True)
    if run.undone_at is not None:
        return False
    run.undone_by, run.undone_at = by, now()
    session.flush()
    return True


def undo_chunk(session: Session, run_id: UUID, limit: int = runs.CHUNK) -> Progress:
    """Restore the next instances, each locked; commit, and call until done."""
    run = session.get_one(MigrationRun, run_id)
    query = (
        select(MigrationItem)
        .where(MigrationItem.run_id == run_id)
        .where(MigrationItem.outcome == MigrationOutcome.MIGRATED)
        .where(MigrationItem.reason == "")  # with a reason: it could not be put back
        .order_by(MigrationItem.instance_id)
        .limit(limit)
    )
    runs.put_back(session, session.scalars(query).all(), by=run.undone_by or "")
    return undo_progress_of(session, run_id)


def undo_progress_of(session: Session, run_id: UUID) -> Progress:
    """How far the undo is; `failed` counts instances that had moved on."""
    moved = (MigrationOutcome.MIGRATED, MigrationOutcome.UNDONE)
    query = (
        select(MigrationItem.outcome, (MigrationItem.reason == "").label("plain"), func.count())
        .where(MigrationItem.run_id == run_id, MigrationItem.outcome.in_(moved))
        .group_by(MigrationItem.outcome, "plain")
    )
    counted = {(outcome, bool(plain)): n for outcome, plain, n in session.execute(query)}
    left = counted.get((MigrationOutcome.MIGRATED, True), 0)
    stayed = counted.get((MigrationOutcome.MIGRATED, False), 0)
    total = sum(counted.values())
    return Progress(total - left, total, stayed)
