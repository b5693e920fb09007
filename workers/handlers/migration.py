"""Service task: migrates a provider's offers from the older register to concepts (R46-R53)."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from processes.engine.execution.bulk import InstanceStart, chunks, start_processes
from processes.engine.execution.instances import AlreadyRunningError
from processes.engine.registry import BpmnError
from processes.engine.store.models import Job
from processes.platform.settings import current_settings
from processes.register.legacy.migration import (
    Progress,
    migrate_rows,
    pending,
    progress_of,
    record_failure,
)
from processes.register.legacy.staging import (
    LegacyOffer,
    claimed_numbers,
    is_known,
    kvk_number,
    stage_rows,
)
from processes.register.migration_report import MigrationOutcome
from processes.register.providers.providers import Provider, provider_of
from workers.clients.legacy import legacy_register
from workers.job_context import JobContext
from workers.registry import service_task

log = logging.getLogger(__name__)

PROVIDER_UNKNOWN = "provider-unknown"
FAILED_NOTE = "Deze regel kon niet worden overgezet. Wij proberen het later opnieuw."
PAGE = 500
CHUNK = 25  # offers in one transaction: whoever waits sees so many come at once


@service_task(
    "migrate-offers",
    title="Aanbod uit het oude register overzetten",
    description=(
        "Zet elke activiteit over die nog niet is overgezet. Fout provider-unknown: het oude "
        "register kent het bedrijf niet."
    ),
    labels={
        "kvk": "KvK-nummer van de aanbieder",
    },
    throws={PROVIDER_UNKNOWN},
    queue="migration",
    lease=timedelta(minutes=2),
    retry_every="PT30S",
    max_attempts=8,
)
def migrate_offers(kvk: str, *, job: JobContext) -> dict[str, Any]:
    """Migrate every offer that is not migrated yet, each in its own transaction (R48).

    Raises BpmnError provider-unknown when the older register does not know it (R6, R57).
    """
    with job.transaction() as session:
        numbers = [kvk, *claimed_numbers(session, kvk)]
    for number in numbers:
        _fetch(job, number)
    with job.transaction() as session:
        if not is_known(session, kvk):
            raise BpmnError(PROVIDER_UNKNOWN, "niet bekend in het oude register")
        begun = session.get_one(Job, job.id).created_at
        progress = progress_of(session, kvk)
        job.progress(progress.done, progress.total)
    after: UUID | None = None
    while page := _pending(job, kvk, after, begun):
        for chunk in chunks(page, CHUNK):
            progress = _migrate(job, kvk, chunk, progress)
            job.give_way()  # what failed in this turn is not met again in the next
        after = page[-1]
    return _counted_anew(job, kvk)


def _counted_anew(job: JobContext, kvk: str) -> dict[str, Any]:
    """What came of all: somebody may have had rows moved meanwhile."""
    with job.transaction() as session:
        progress = progress_of(session, kvk)
        job.progress(progress.done, progress.total)
    return {"offers_migrated": progress.done, "offers_failed": progress.failed}


@service_task(
    "fetch-older-offers",
    title="Ouder aanbod ophalen uit het oude register",
    description=(
        "Haalt op wat het oude register bij het KvK-nummer uit de vraag van een aanbieder heeft. "
        "Er wordt nog niets overgezet."
    ),
    labels={"claim": "Wat de aanbieder vertelde, met former_kvk"},
    queue="migration",
    retry_every="PT30S",
    max_attempts=8,
)
def fetch_older_offers(claim: dict[str, Any], *, job: JobContext) -> None:
    """Read the rows of the KvK number that a claim names, for who judges it (R6)."""
    number = kvk_number(str(claim.get("former_kvk") or ""))
    if number is not None:
        _fetch(job, number)


def _fetch(job: JobContext, kvk: str) -> None:
    """Read the company's rows, where the older register is asked itself; no transaction waits."""
    settings = current_settings()
    for rows in legacy_register(settings).pages(kvk):
        with job.transaction() as session:
            stage_rows(session, rows, source=settings.legacy_source, kvk=kvk)


def _pending(job: JobContext, kvk: str, after: UUID | None, begun: datetime) -> list[UUID]:
    with job.transaction() as session:
        rows = pending(session, kvk, after=after, limit=PAGE, tried_before=begun)
        return [row.id for row in rows]


def _migrate(
    job: JobContext, kvk: str, legacy_offer_ids: list[UUID], progress: Progress
) -> Progress:
    """Copy a few offers at once; when one of them cannot be copied, once more, one by one.

    What goes wrong with one stands in the report and holds up no other (R48). How far the company
    is with them, after how far it was: only these few are counted.
    """
    with job.transaction() as session:
        provider = _provider(session, kvk)
        before = progress_of(session, kvk, legacy_offer_ids)
        if not _copied(session, provider, legacy_offer_ids):
            for legacy_offer_id in legacy_offer_ids:
                if not _copied(session, provider, [legacy_offer_id]):
                    log.warning("an offer was not migrated", extra={"job_id": job.id})
                    legacy_offer = session.get_one(LegacyOffer, legacy_offer_id)
                    record_failure(session, legacy_offer, FAILED_NOTE)
        after = progress_of(session, kvk, legacy_offer_ids)
        progress = progress.moved_on(before, after)
        job.progress(progress.done, progress.total)
        return progress


def _copied(session: Session, provider: Provider, legacy_offer_ids: list[UUID]) -> bool:
    """Whether all were copied, each with the process that it lives in; else nothing is."""
    savepoint = session.begin_nested()
    try:
        _copy(session, provider, legacy_offer_ids)
    except OperationalError:
        raise  # this says nothing about the offers: the job goes on later
    except Exception as error:
        savepoint.rollback()
        log.info("offers were not migrated together", exc_info=error)
        return False
    savepoint.commit()
    return True


def _copy(session: Session, provider: Provider, legacy_offer_ids: list[UUID]) -> None:
    query = select(LegacyOffer).where(LegacyOffer.id.in_(legacy_offer_ids))
    rows = session.scalars(query.order_by(LegacyOffer.row_number, LegacyOffer.id)).all()
    results = migrate_rows(session, provider, rows, by="worker")
    created = [each for each in results if each.outcome is MigrationOutcome.CREATED]
    _start(session, [each.offer_id for each in created if each.offer_id], provider.kvk)


def _start(session: Session, offer_ids: list[UUID], kvk: str) -> None:
    begun = [
        InstanceStart("worker", key, kvk, {"offer_id": key}, has_new_key=True)
        for key in map(str, offer_ids)
    ]
    for result in start_processes(session, "offer_publication", begun):
        if result.error is not None and not isinstance(result.error, AlreadyRunningError):
            raise result.error


def _provider(session: Session, kvk: str) -> Provider:
    provider = provider_of(session, kvk)
    if provider is None:
        message = "offers move to a provider that is registered"
        raise LookupError(message)
    return provider
