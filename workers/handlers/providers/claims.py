"""Service tasks that mail a provider about the older offers that it claims (R6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.store.models import Job, ProcessInstance
from processes.letters.claim_texts import claim_rows
from processes.letters.layout import Rows
from processes.register.migration_report import MigrationOutcome, MigrationResult
from processes.register.providers.providers import Provider
from workers.handlers.mail.letters import to_provider
from workers.handlers.mail.sending import PROVIDER, mail_task, send_alone
from workers.job_arguments import id_from
from workers.job_context import JobContext


@mail_task(
    "send-claim-received",
    title="Ontvangst van een vraag om ouder aanbod bevestigen",
    description="Laat de contactpersoon weten dat de vraag binnen is, met een kopie.",
    labels={**PROVIDER, "claim": "Wat de aanbieder vertelde"},
)
def send_claim_received(
    provider_id: str, claim: dict[str, Any], *, job: JobContext
) -> dict[str, Any] | None:
    """Confirm the receipt, with a copy."""
    return _send("claim-received", provider_id, {}, {"vraag": claim_rows(claim)}, job=job)


@mail_task(
    "send-claim-granted",
    title="Vertellen dat ouder aanbod is overgezet",
    description=(
        "Laat de contactpersoon weten hoeveel activiteiten als concept klaarstaan. Zet dit na het "
        "overzetten."
    ),
    labels=PROVIDER,
)
def send_claim_granted(provider_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell what of that which was given to the provider stands as a concept by now."""
    with job.transaction() as session:
        made = _made_since(session, job)
    if not made:
        return _send("claim-granted-nothing", provider_id, {}, {}, job=job)
    counted = f"{made} {'activiteit' if made == 1 else 'activiteiten'}"
    return _send("claim-granted", provider_id, {"aantal": counted}, {}, job=job)


def _made_since(session: Session, job: JobContext) -> int:
    """The concepts that came from the older register since the case of this job began."""
    begun = (
        select(ProcessInstance.started_at)
        .join(Job, Job.instance_id == ProcessInstance.id)
        .where(Job.id == job.id)
    )
    query = select(func.count()).where(
        MigrationResult.kvk == job.tenant,
        MigrationResult.outcome == MigrationOutcome.CREATED,
        MigrationResult.at >= begun.scalar_subquery(),
    )
    return session.scalar(query) or 0


@mail_task(
    "send-claim-rejected",
    title="Vertellen dat ouder aanbod niet wordt overgezet",
    description="Stuurt de contactpersoon de redenen, en wat men dan nog kan doen.",
    labels={**PROVIDER, "claim_reason": "Redenen"},
)
def send_claim_rejected(
    provider_id: str, claim_reason: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell why nothing was given."""
    return _send("claim-rejected", provider_id, {"reden": claim_reason}, {}, job=job)


def _send(
    kind: str,
    provider_id: str,
    known: Mapping[str, str],
    tables: Mapping[str, Rows],
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    return send_alone(
        job,
        lambda session: to_provider(
            session, kind, session.get_one(Provider, id_from(provider_id)), known, tables
        ),
    )
