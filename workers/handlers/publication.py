"""Publishing many activities, or giving many an end date, with progress to look at (R25, R53)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.steps import StepFailedError
from workers.job_context import JobContext
from workers.offer_publication import Worker, end, publish_if_possible
from workers.registry import service_task

LEASE = timedelta(minutes=1)  # of one activity: each one done extends it


@service_task("bulk-publish", title="Meer activiteiten publiceren", lease=LEASE)
def publish_in_bulk(
    offer_ids: list[str], actor: str, branch: str | None = None, *, job: JobContext
) -> None:
    """Publish each activity that is complete; each in a transaction of its own."""
    by = Worker(job.tenant or "", branch, actor)
    _for_each(offer_ids, job, lambda session, one: publish_if_possible(session, one, by=by))


@service_task("bulk-end-date", title="Bij meer activiteiten een einddatum instellen", lease=LEASE)
def end_in_bulk(
    offer_ids: list[str],
    actor: str,
    end_date: str | None = None,
    branch: str | None = None,
    *,
    job: JobContext,
) -> None:
    """Give each activity this end date; without one, the day that its old validation ended."""
    by = Worker(job.tenant or "", branch, actor)
    last_day = date.fromisoformat(end_date) if end_date else None
    _for_each(offer_ids, job, lambda session, one: end(session, one, last_day, by=by))


def _for_each(
    offer_ids: list[str], job: JobContext, handle: Callable[[Session, UUID], Any]
) -> None:
    """Handle each; one that fails does not keep the others waiting, and is tried again later."""
    failed: StepFailedError | None = None
    for done, offer_id in enumerate(offer_ids, start=1):
        try:
            with job.transaction() as session:
                handle(session, UUID(offer_id))
        except StepFailedError as error:
            failed = error
        job.progress(done, len(offer_ids))
    if failed:
        raise failed
