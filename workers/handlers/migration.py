"""Service task: migrates a provider's offers from the older register to concepts (R46-R53)."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from processes.engine.execution.bulk import InstanceStart, chunks, start_processes
from processes.engine.execution.instances import AlreadyRunningError
from processes.engine.registry import BpmnError
from processes.engine.store.models import Job
from processes.platform.settings import current_settings
from processes.register.legacy.migration import migrate_offer, pending, progress_of, record_failure
from processes.register.legacy.staging import LegacyOffer, count_of, is_known, stage_rows
from processes.register.migration_report import MigrationOutcome
from processes.register.providers import Provider, provider_of
from workers.clients.legacy import legacy_register
from workers.job_context import JobContext
from workers.registry import service_task

log = logging.getLogger(__name__)

PROVIDER_UNKNOWN = "provider-unknown"
FAILED_NOTE = "Deze regel kon niet worden overgezet. Wij proberen het later opnieuw."
PAGE = 500
CHUNK = 10  # offers in one transaction: whoever waits sees so many come at once


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
    _fetch(job, kvk)
    with job.transaction() as session:
        if not is_known(session, kvk):
            raise BpmnError(PROVIDER_UNKNOWN, "niet bekend in het oude register")
        total = count_of(session, kvk)
        begun = session.get_one(Job, job.id).created_at
    after: UUID | None = None
    while page := _pending(job, kvk, after, begun):
        for chunk in chunks(page, CHUNK):
            _tell(job, kvk, total)  # which also extends the lease
            _migrate(job, kvk, chunk)
            job.give_way()  # what failed in this turn is not met again in the next
        after = page[-1]
    return _tell(job, kvk, total)


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


def _migrate(job: JobContext, kvk: str, legacy_offer_ids: list[UUID]) -> None:
    """Copy a few offers; what goes wrong with one stands in the report and holds up no other."""
    with job.transaction() as session:
        provider = _provider(session, kvk)
        for legacy_offer_id in legacy_offer_ids:
            savepoint = session.begin_nested()
            try:
                _copy(session, provider, legacy_offer_id)
            except OperationalError:
                raise  # this says nothing about the offer: the job goes on later
            except Exception as error:
                savepoint.rollback()
                log.warning("an offer was not migrated", extra={"job_id": job.id}, exc_info=error)
                legacy_offer = session.get_one(LegacyOffer, legacy_offer_id)
                record_failure(session, legacy_offer, FAILED_NOTE)
            else:
                savepoint.commit()


def _copy(session: Session, provider: Provider, legacy_offer_id: UUID) -> None:
    """The offer, and the process that it lives in, or neither."""
    legacy_offer = session.get_one(LegacyOffer, legacy_offer_id)
    result = migrate_offer(session, provider, legacy_offer, by="worker")
    if result.outcome is MigrationOutcome.CREATED and result.offer_id:
        _start(session, result.offer_id, provider.kvk)


def _start(session: Session, offer_id: UUID, kvk: str) -> None:
    key = str(offer_id)
    begun = InstanceStart("worker", business_key=key, tenant=kvk, variables={"offer_id": key})
    for result in start_processes(session, "offer_publication", [begun]):
        if result.error is not None and not isinstance(result.error, AlreadyRunningError):
            raise result.error


def _provider(session: Session, kvk: str) -> Provider:
    provider = provider_of(session, kvk)
    if provider is None:
        message = "offers move to a provider that is registered"
        raise LookupError(message)
    return provider


def _tell(job: JobContext, kvk: str, total: int) -> dict[str, Any]:
    with job.transaction() as session:
        progress = progress_of(session, kvk)
    job.progress(progress.done, total)
    return {"offers_migrated": progress.done, "offers_failed": progress.failed}
