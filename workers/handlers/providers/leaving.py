"""Service tasks of a provider that leaves (R46): end dates of its offers, two mails."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from processes.base import local
from processes.casework.providers import leaving
from processes.engine.store.models import Job
from processes.register.offers.bulk_actions import BulkAction, progress_of_action
from processes.register.providers.providers import Provider
from workers.handlers.mail.letters import Letter, to_provider
from workers.handlers.mail.sending import PROVIDER, mail_task, send_alone
from workers.handlers.offers.bulk_actions import LEASE, next_chunk
from workers.job_arguments import day_from, id_from
from workers.job_context import JobContext
from workers.registry import service_task

LABELS = {"kvk": "KvK-nummer van de aanbieder", "actor": "Wie het doet"}


@service_task(
    "end-offers",
    title="Einddatum op al het aanbod zetten",
    description=(
        "Geeft alles wat de aanbieder heeft gepubliceerd deze laatste dag; wat eerder eindigt, "
        "blijft zo. Geeft ended_action terug."
    ),
    labels={**LABELS, "last_day": "Laatste dag, als jjjj-mm-dd"},
    lease=LEASE,
)
def end_offers(kvk: str, last_day: str, actor: str, *, job: JobContext) -> dict[str, Any]:
    """Set the end dates, a few per transaction; a new attempt does what is left."""
    id_, day = _id_of(job), day_from(last_day)
    with job.transaction() as session:
        leaving.end_dates_for(session, leaving.known_provider(session, kvk), day, by=actor, id_=id_)
    _do(job, id_, kvk)
    return {"ended_action": str(id_)}


@service_task(
    "restore-offers",
    title="Einddatums van het vertrek terugzetten",
    description="Zet de einddatums van voor het vertrek terug, waar niemand ze later wijzigde.",
    labels={**LABELS, "ended_action": "Wat het vertrek had gewijzigd"},
    lease=LEASE,
)
def restore_offers(kvk: str, ended_action: str, actor: str, *, job: JobContext) -> None:
    """Put the end dates back, where nobody changed them since."""
    id_ = _id_of(job)
    with job.transaction() as session:
        ended = session.get(BulkAction, id_from(ended_action))
        if ended is None:  # results are kept for 90 days, and so is who may come back
            return
        leaving.undo_end_dates(session, ended, by=actor, id_=id_)
    _do(job, id_, kvk)


@mail_task(
    "send-leaving",
    title="Bericht over een vertrek versturen",
    description="Bevestigt de contactpersoon het vertrek, met de laatste dag en hoe men blijft.",
    labels={**PROVIDER, "last_day": "Laatste dag, als jjjj-mm-dd"},
)
def send_leaving(provider_id: str, last_day: str, *, job: JobContext) -> dict[str, Any] | None:
    """Confirm that the provider leaves (R46)."""
    day = f"{day_from(last_day):%d-%m-%Y}"
    return send_alone(job, lambda session: _letter(session, "provider-leaving", provider_id, day))


@mail_task(
    "send-left",
    title="Bericht na een vertrek versturen",
    description="Vertelt de contactpersoon dat het vertrek rond is, en hoe men terugkomt.",
    labels=PROVIDER,
)
def send_left(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Confirm that the provider has left (R46)."""
    with job.transaction() as session:
        day = f"{local(session.get_one(Job, job.id).created_at):%d-%m-%Y}"
    return send_alone(job, lambda session: _letter(session, "provider-left", provider_id, day))


def _letter(session: Session, kind: str, provider_id: str, day: str) -> Letter:
    provider = session.get_one(Provider, id_from(provider_id))
    return to_provider(session, kind, provider, {"dag": day})


def _do(job: JobContext, action_id: UUID, kvk: str) -> None:
    while True:
        with job.transaction() as session:
            if not next_chunk(session, session.get_one(BulkAction, action_id), kvk):
                return
            progress = progress_of_action(session, action_id)
            job.progress(progress.handled, progress.total)


def _id_of(job: JobContext) -> UUID:
    """The same action for each attempt of this job."""
    return uuid5(NAMESPACE_URL, job.idempotency_key)
