"""The service task that copies a provider's older offers into concepts (R46-R53)."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from processes.engine.instances import AlreadyRunningError, start_process
from processes.engine.registry import BpmnError
from processes.register.legacy import LegacyOffer, MigrationOutcome, count_of, is_known
from processes.register.legacy_migration import migrate_offer, pending, progress_of, record_failure
from processes.register.providers import Provider, provider_of
from workers.job_context import JobContext, LeaseLostError
from workers.registry import service_task

log = logging.getLogger(__name__)

PROVIDER_UNKNOWN = "provider-unknown"
FAILED_NOTE = "Deze regel kon niet worden overgezet. Wij proberen het later opnieuw."
CHUNK = 50
TELL_EVERY = 5  # offers; telling also extends the lease


@service_task(
    "migrate-offers",
    title="Aanbod uit het oudere register overzetten",
    queue="migration",
    lease=timedelta(minutes=2),
    retry_every="PT30S",
    max_attempts=8,
)
def migrate_offers(kvk: str, *, job: JobContext) -> dict[str, Any]:
    """Copies every offer that is not copied yet, each in a transaction of its own (R48).

    Throws "provider-unknown" when the older register does not know the company (R6, R57).
    """
    with job.transaction() as session:
        if not is_known(session, kvk):
            raise BpmnError(PROVIDER_UNKNOWN, "niet bekend in het oudere register")
        total = count_of(session, kvk)
    after: UUID | None = None
    while chunk := _pending(job, kvk, after):
        job.give_way()
        for number, offer_id in enumerate(chunk):
            if number % TELL_EVERY == 0:
                _tell(job, kvk, total)
            _migrate(job, kvk, offer_id)
        after = chunk[-1]
    return _tell(job, kvk, total)


def _pending(job: JobContext, kvk: str, after: UUID | None) -> list[UUID]:
    with job.transaction() as session:
        return [offer.id for offer in pending(session, kvk, after=after, limit=CHUNK)]


def _migrate(job: JobContext, kvk: str, legacy_offer_id: UUID) -> None:
    """Copy one offer; what goes wrong with it stands in the report and holds up no other."""
    try:
        _copy(job, kvk, legacy_offer_id)
    except (LeaseLostError, OperationalError):
        raise  # this says nothing about the offer: the job goes on later
    except Exception as error:
        log.warning("an offer was not migrated", extra={"job_id": job.id}, exc_info=error)
        with job.transaction() as session:
            legacy_offer = session.get_one(LegacyOffer, legacy_offer_id)
            record_failure(session, legacy_offer, FAILED_NOTE)


def _copy(job: JobContext, kvk: str, legacy_offer_id: UUID) -> None:
    """The offer, and the process that it lives in, or neither."""
    with job.transaction() as session:
        provider = _provider(session, kvk)
        legacy_offer = session.get_one(LegacyOffer, legacy_offer_id)
        result = migrate_offer(session, provider, legacy_offer, by="worker")
        if result.outcome is MigrationOutcome.CREATED and result.offer_id:
            _start(session, result.offer_id, kvk)


def _start(session: Session, offer_id: UUID, kvk: str) -> None:
    try:
        start_process(
            session,
            "offer_publication",
            business_key=str(offer_id),
            tenant=kvk,
            variables={"offer_id": str(offer_id)},
            started_by="worker",
        )
    except AlreadyRunningError:
        return  # an earlier attempt came so far


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
