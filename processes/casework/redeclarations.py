"""The campaign in which providers declare anew: a case for each, until a day (R40)."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.delegates import declared, record_declaration
from processes.engine.execution.bulk import CHUNK
from processes.engine.execution.instances import AlreadyRunningError, start_process
from processes.engine.execution.jobs import create_job
from processes.engine.registry import delegate
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.register.campaigns import DeclarationCampaign, count_to_ask, to_ask
from processes.register.changes import record_event
from processes.register.declarations import current_requirements, freeze
from processes.register.providers import Provider, provider_of

PROCESS = "redeclaration"
TOPIC = "begin-redeclarations"


def begin_campaign(session: Session, until: date, *, by: str) -> DeclarationCampaign:
    """Ask every active provider without a declaration of the current version, by a job."""
    asked, current = count_to_ask(session), current_requirements(session)
    campaign = DeclarationCampaign(set_id=current.id, until=until, asked=asked, begun_by=by)
    session.add(campaign)
    session.flush()
    record_event(
        session,
        "redeclaration-asked",
        actor=by,
        subject=f"requirements:{current.version}",
        until=until.isoformat(),
        asked=asked,
    )
    create_job(
        session, TOPIC, {"campaign_id": str(campaign.id)}, idempotency_key=f"{TOPIC}:{campaign.id}"
    )
    return campaign


def begin_next(session: Session, campaign: DeclarationCampaign, *, after: str) -> str | None:
    """Begin the cases of the next providers; the last KvK number, None when there is no more.

    One that runs goes on until its own day. Raises UnknownProcessError.
    """
    found = to_ask(session, after=after, limit=CHUNK)
    for each in found:
        _begin(session, campaign, each)
    return found[-1].kvk if found else None


def _begin(session: Session, campaign: DeclarationCampaign, provider: Provider) -> None:
    try:
        start_process(
            session,
            PROCESS,
            business_key=provider.kvk,
            tenant=provider.kvk,
            variables={
                "kvk": provider.kvk,
                "provider_id": str(provider.id),
                "declare_until": campaign.until.isoformat(),
            },
            started_by=campaign.begun_by,
        )
    except AlreadyRunningError:
        return


def asked_now(session: Session, kvks: Collection[str]) -> set[str]:
    """Which of these companies have an open case."""
    query = select(ProcessInstance.business_key).where(
        ProcessInstance.process_key == PROCESS,
        ProcessInstance.status.in_([InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED]),
        ProcessInstance.business_key.in_(sorted(kvks)),
    )
    return {key for key in session.scalars(query) if key}


@delegate(
    "freeze_declaration",
    title="Nieuwe verklaring vastleggen",
    description="Legt de antwoorden op de kwaliteitseisen vast als nieuwe verklaring.",
    labels={
        "kvk": "KvK-nummer van de aanbieder",
        "declaration": "Antwoorden op de kwaliteitseisen",
        "actor": "Wie het doet",
    },
    throws={"requirements-changed"},
)
def freeze_declaration(session: Session, kvk: str, declaration: dict[str, Any], actor: str) -> None:
    """Freeze what was answered. Raises BpmnError requirements-changed (R40)."""
    answered, provider = declared(session, kvk, declaration, actor), provider_of(session, kvk)
    freeze(session, kvk, on=now())
    if provider is not None:
        record_declaration(session, provider, answered, actor)


def campaign_of(session: Session, campaign_id: UUID) -> DeclarationCampaign:
    """The campaign of a job."""
    return session.get_one(DeclarationCampaign, campaign_id)
