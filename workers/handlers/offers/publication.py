"""Service tasks: publish many offers, or set many end dates, with progress (R25, R53)."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.offers.bulk_publication import publish_all
from processes.casework.offers.publication import Outcome, Worker, end
from processes.engine.execution.bulk import attempt, chunks
from processes.engine.execution.steps import StepFailedError
from workers.job_arguments import day_from, id_from
from workers.job_context import JobContext
from workers.registry import service_task

LEASE = timedelta(minutes=1)  # of one chunk: each one done extends it

Failures = list[StepFailedError]


@service_task(
    "bulk-publish",
    title="Meer activiteiten publiceren",
    description="Publiceert elke activiteit in de lijst die compleet is.",
    labels={
        "offer_ids": "Nummers van de activiteiten",
        "actor": "Wie het doet",
        "branch": "Vestigingsnummer, als het om één vestiging gaat",
    },
    lease=LEASE,
)
def publish_in_bulk(
    offer_ids: list[str], actor: str, branch: str | None = None, *, job: JobContext
) -> None:
    """Publish each complete offer; a few per transaction, each succeeds or fails by itself."""
    by = Worker(job.tenant or "", branch, actor)
    _in_chunks(offer_ids, job, lambda session, chunk: publish_all(session, chunk, by=by).failures)


@service_task(
    "bulk-end-date",
    title="Bij meer activiteiten een einddatum instellen",
    description=(
        "Geeft elke activiteit in de lijst deze einddatum; zonder datum de dag waarop de oude "
        "erkenning afliep."
    ),
    labels={
        "offer_ids": "Nummers van de activiteiten",
        "actor": "Wie het doet",
        "end_date": "Laatste dag, als jjjj-mm-dd",
        "branch": "Vestigingsnummer, als het om één vestiging gaat",
    },
    lease=LEASE,
)
def end_in_bulk(
    offer_ids: list[str],
    actor: str,
    end_date: str | None = None,
    branch: str | None = None,
    *,
    job: JobContext,
) -> None:
    """Set this end date on each offer; None: the day its old validation ended."""
    by = Worker(job.tenant or "", branch, actor)
    last_day = day_from(end_date) if end_date else None
    _in_chunks(offer_ids, job, lambda session, chunk: _end_each(session, chunk, last_day, by))


def _end_each(session: Session, chunk: list[UUID], last_day: date | None, by: Worker) -> Failures:
    def end_one(offer_id: UUID) -> Outcome:
        return end(session, offer_id, last_day, by=by)

    results = [attempt(session, one, end_one, expected=(Exception,)) for one in chunk]
    return [each.error for each in results if isinstance(each.error, StepFailedError)]


def _in_chunks(
    offer_ids: list[str], job: JobContext, handle: Callable[[Session, list[UUID]], Failures]
) -> None:
    """Handle all; one that fails does not keep the others waiting, and is tried again later."""
    failed: Failures = []
    done = 0
    for chunk in chunks(sorted(map(id_from, offer_ids))):
        with job.transaction() as session:
            failed += handle(session, chunk)
            done += len(chunk)
            job.progress(done, len(offer_ids))
    if failed:
        raise failed[-1]
