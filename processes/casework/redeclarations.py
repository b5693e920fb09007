"""The campaign in which providers declare anew: a case for each, until a day (R40)."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.delegates import declared, record_declaration
from processes.casework.providers.cases import begin_case
from processes.engine.execution.bulk import CHUNK
from processes.engine.execution.instances import AlreadyRunningError
from processes.engine.execution.jobs import create_job
from processes.engine.registry import delegate
from processes.engine.store.models import LIVE_INSTANCE, ProcessInstance
from processes.register.campaigns import DeclarationCampaign, count_to_ask, to_ask
from processes.register.changes import record_event
from processes.register.declarations import current_requirements, freeze
from processes.register.providers.providers import Provider, provider_of

PROCESS = "redeclaration"
TOPIC = "begin-redeclarations"
_IS_OPEN: ColumnElement[bool] = literal_column(f"process_instance.{LIVE_INSTANCE}")
"""As the index of open cases by their key says it: of bound values SQLite cannot tell."""
_OPEN_KEYS = select(ProcessInstance.business_key).where(
    ProcessInstance.process_key == PROCESS, ProcessInstance.business_key.is_not(None), _IS_OPEN
)


def count_waiting(session: Session) -> int:
    """How many providers a campaign would ask now."""
    return count_to_ask(session) - count_asked(session)


def count_asked(session: Session) -> int:
    """How many active providers were asked, and did not declare the current version yet."""
    return count_to_ask(session, Provider.kvk.in_(_OPEN_KEYS))


def begin_campaign(session: Session, until: date, *, by: str) -> DeclarationCampaign:
    """Ask every active provider without a declaration of the current version, by a job.

    Who was asked before and did not answer yet keeps that day, and is not counted.
    """
    asked, current = count_waiting(session), current_requirements(session)
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


def begin_next(session: Session, campaign: DeclarationCampaign, *, after: str) -> list[str]:
    """Begin the cases of the next providers; their KvK numbers, none when there is no more.

    One that runs goes on until its own day. Raises UnknownProcessError.
    """
    found = to_ask(session, ~_is_asked(), after=after, limit=CHUNK)
    given = {"declare_until": campaign.until.isoformat()}
    for each in found:
        with suppress(AlreadyRunningError):
            begin_case(session, PROCESS, each, given, by=campaign.begun_by)
    return [each.kvk for each in found]


def _is_asked() -> ColumnElement[bool]:
    """Condition on a provider: its case is open."""
    return _OPEN_KEYS.where(ProcessInstance.business_key == Provider.kvk).exists()


def asked_now(session: Session, kvks: Collection[str]) -> set[str]:
    """Which of these companies have an open case."""
    query = _OPEN_KEYS.where(ProcessInstance.business_key.in_(sorted(kvks)))
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
