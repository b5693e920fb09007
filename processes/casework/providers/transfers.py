"""Transfer of a provider to another KvK number, with the consent of both companies (R59).

The diagram is `bpmn/kvk_transfer.bpmn`: its business key is the new number, its tenant the old one.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import new_id, today
from processes.casework.providers.background import begin_job, hold_number
from processes.casework.providers.kvk_numbers import (
    NOT_POSSIBLE,
    OPEN,
    TRANSFER,
    hand_over,
    onboarding_of,
    why_no_transfer,
)
from processes.casework.providers.leaving import known_provider
from processes.casework.providers.number_plans import agreed_by
from processes.engine.execution.events.messages import send_message
from processes.engine.execution.instances import (
    AlreadyRunningError,
    cancel,
    start_process,
    variables,
)
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import ProcessInstance
from processes.register.changes import record_event
from processes.register.legacy.migration import pending
from processes.register.providers.former_numbers import NumberEnd
from processes.register.providers.providers import Provider

AGREES = "nieuwe bedrijf akkoord"
MIGRATION = "migrate-offers"


def begin(session: Session, provider: Provider, new_kvk: str, until: date, *, by: str) -> None:
    """Ask both companies whether the registration may go over. Raises AlreadyRunningError.

    The provider stays locked: of two that ask at once, the second finds the transfer of the first.
    """
    session.refresh(provider, with_for_update=True)
    running = transfer_of(session, provider.kvk)
    if running is not None:
        raise AlreadyRunningError(running.id)
    start_process(
        session,
        TRANSFER,
        business_key=new_kvk,
        tenant=provider.kvk,
        variables={
            "kvk": provider.kvk,
            "provider_id": str(provider.id),
            "case_id": str(new_id()),
            "new_kvk": new_kvk,
            "consent_until": until.isoformat(),
        },
        started_by=by,
    )
    record_event(
        session,
        "kvk-transfer-begun",
        actor=by,
        kvk=provider.kvk,
        subject=f"provider:{provider.id}",
        kvk_number=[provider.kvk, new_kvk],
    )


def transfer_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The transfer of the provider with this number that is not decided yet."""
    query = select(ProcessInstance).where(ProcessInstance.tenant == kvk)
    query = query.where(ProcessInstance.process_key == TRANSFER, ProcessInstance.status.in_(OPEN))
    return session.scalar(query.limit(1))


def transfer_to(session: Session, kvk: str) -> ProcessInstance | None:
    """The transfer to this number that is not decided yet."""
    query = select(ProcessInstance).where(ProcessInstance.business_key == kvk)
    query = query.where(ProcessInstance.process_key == TRANSFER, ProcessInstance.status.in_(OPEN))
    return session.scalar(query.limit(1))


def has_agreed(session: Session, transfer: ProcessInstance) -> bool:
    """Whether somebody of the company with the new number agreed."""
    known = variables(session, transfer).get("new_agreed_by")
    return bool(known or agreed_by(session, transfer))


def last_day(session: Session, transfer: ProcessInstance) -> date:
    """Until when both companies may agree, this day included."""
    return date.fromisoformat(str(variables(session, transfer)["consent_until"]))


def agree(session: Session, transfer: ProcessInstance, *, by: str) -> bool:
    """The company with the new number agrees; kept while the case comes to wait for it.

    False, and nothing happens, where it agreed before or the last day is over.
    """
    session.refresh(transfer, with_for_update=True)  # two clicks at once agree once
    if transfer.status not in OPEN or has_agreed(session, transfer):
        return False
    if today() > last_day(session, transfer):
        return False
    key = str(variables(session, transfer)["case_id"])
    given = {"new_agreed_by": by}
    send_message(session, AGREES, correlation_key=key, variables=given, tenant=transfer.tenant)
    kvk = transfer.business_key
    record_event(session, "kvk-transfer-agreed", actor=by, kvk=kvk, subject=f"case:{transfer.id}")
    return True


@delegate(
    "transfer_provider",
    title="Aanbieder overzetten naar een ander KvK-nummer",
    description=(
        "De registratie, het aanbod, de mensen en de zaken gaan over; sessies en sleutels van het "
        "oude nummer eindigen. Fout number-not-possible: het kan (nog) niet."
    ),
    labels={
        "kvk": "KvK-nummer van nu",
        "new_kvk": "Nieuw KvK-nummer",
        "actor": "Wie het doet",
    },
    throws={NOT_POSSIBLE},
)
def transfer_provider(session: Session, kvk: str, new_kvk: str, actor: str) -> None:
    """Give the provider its new number. Raises BpmnError number-not-possible."""
    hold_number(session, kvk)
    if why := why_no_transfer(session, kvk, new_kvk):
        raise BpmnError(NOT_POSSIBLE, why)
    provider = known_provider(session, kvk)
    begun = onboarding_of(session, new_kvk)
    if begun is not None:
        cancel(session, begun.id, by=actor)  # the registration comes to it as it is
    provider.kvk = new_kvk
    provider.company = {**provider.company, "kvk": new_kvk} if provider.company else {}
    provider.company_known = False  # until the trade register was asked
    session.flush()
    hand_over(session, provider, kvk, NumberEnd.TRANSFERRED, provider.display_name, by=actor)
    if pending(session, new_kvk, limit=1):  # what the older register has under the new number
        key = f"{MIGRATION}:{new_kvk}:{new_id()}"
        begin_job(session, new_kvk, MIGRATION, {"kvk": new_kvk}, key=key)
