"""A provider claims offers of the older register that its KvK number did not match (R6).

The diagram is `bpmn/offer_claim.bpmn`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.casework.providers.cases import begin_case
from processes.casework.providers.leaving import known_provider
from processes.engine.execution.instances import open_instance, open_user_tasks, variables
from processes.engine.registry import BadDataError, BpmnError, delegate
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.register.changes import record_event
from processes.register.legacy.claims import AccountTakenError, assign
from processes.register.providers.providers import Provider

PROCESS = "offer_claim"
TAKEN = "claim-taken"
REFUSED = "weigeren"


@dataclass(frozen=True)
class Refusal:
    """When a claim was refused, in UTC, and why as the registrar told the provider."""

    at: datetime
    reason: str


def begin(session: Session, provider: Provider, *, by: str, initiator: str) -> None:
    """Let a provider say which older offers are its own. Raises AlreadyRunningError."""
    begin_case(session, PROCESS, provider, {}, by=by, initiator=initiator)
    subject = f"provider:{provider.id}"
    record_event(session, "older-offers-asked", actor=by, kvk=provider.kvk, subject=subject)


def claim_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The claim of this company that is not decided yet."""
    return open_instance(session, PROCESS, kvk)


def claim_task(session: Session, kvk: str) -> UserTask | None:
    """The task in which this provider tells what it claims, while it has to."""
    tasks = open_user_tasks(session, process_key=PROCESS, business_key=kvk, group="provider")
    return tasks[0] if tasks else None


def latest_refusal(session: Session, kvk: str) -> Refusal | None:
    """The refusal of the latest claim of this company that ended, if that was refused."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == PROCESS,
        ProcessInstance.business_key == kvk,
        ProcessInstance.status == InstanceStatus.COMPLETED,
    )
    ended = session.scalar(query.order_by(ProcessInstance.started_at.desc()).limit(1))
    if ended is None or ended.ended_at is None:
        return None
    known = variables(session, ended)
    if known.get("claim_verdict") != REFUSED:
        return None
    return Refusal(ended.ended_at, str(known.get("claim_reason") or ""))


@delegate(
    "assign_older_offers",
    title="Ouder aanbod aan een aanbieder toewijzen",
    description=(
        "Geeft de gekozen accounts van het oude register aan de aanbieder, ook bij een volgende "
        "import. Geeft claimed_offers terug. Fout claim-taken: een account hoort al bij een "
        "aanbieder."
    ),
    labels={
        "kvk": "KvK-nummer van de aanbieder",
        "claim_accounts": "De gekozen accounts",
        "actor": "Wie het doet",
    },
    throws={TAKEN},
)
def assign_older_offers(
    session: Session, kvk: str, claim_accounts: list[str], actor: str
) -> dict[str, int]:
    """Give what was chosen to the provider. Raises BpmnError claim-taken, BadDataError."""
    try:
        ids = [UUID(each) for each in claim_accounts]
    except (ValueError, TypeError, AttributeError):
        message = "claim_accounts holds something that is no account"
        raise BadDataError(message) from None
    try:
        rows = assign(session, known_provider(session, kvk), ids, by=actor)
    except AccountTakenError:
        message = "Een van de accounts hoort al bij een aanbieder."
        raise BpmnError(TAKEN, message) from None
    return {"claimed_offers": rows}
