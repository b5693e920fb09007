"""Merge of two providers that are one: all that one has goes to the other (R59).

The diagram is `bpmn/provider_merge.bpmn`; business key and tenant are the number that ends.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from processes.casework.providers.background import hold_number
from processes.casework.providers.cases import begin_case
from processes.casework.providers.kvk_numbers import (
    MERGE,
    NOT_POSSIBLE,
    hand_over,
    move_cases,
    why_no_merge,
)
from processes.casework.providers.leaving import known_provider
from processes.engine.execution.bulk import CHUNK
from processes.engine.execution.instances import open_user_tasks
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import ProcessInstance, UserTask
from processes.register.changes import record_event
from processes.register.offers.bulk_actions import BulkAction
from processes.register.offers.rules import Offer
from processes.register.providers.former_numbers import FormerNumber, NumberEnd
from processes.register.providers.providers import Provider
from processes.register.sheets.imports import OfferImport
from processes.unit_of_work import unit_of_work
from processes.webhooks.events import tell_of_record


def begin(session: Session, provider: Provider, new_kvk: str, *, by: str) -> None:
    """Let the staff see what a merge does, before it decides. Raises AlreadyRunningError."""
    begin_case(session, MERGE, provider, {"new_kvk": new_kvk}, by=by)
    record_event(
        session,
        "merge-begun",
        actor=by,
        kvk=provider.kvk,
        subject=f"provider:{provider.id}",
        kvk_number=[provider.kvk, new_kvk],
    )


def merge_task(session: Session, kvk: str) -> UserTask | None:
    """The task in which the staff decides about the merge of this provider."""
    tasks = open_user_tasks(session, process_key=MERGE, business_key=kvk, group="registrar")
    return tasks[0] if tasks else None


def move_next(session: Session, kvk: str, new_kvk: str, *, by: str) -> int:
    """Move some offers with their cases; how many, 0 when there are no more.

    Raises BpmnError number-not-possible.
    """
    hold_number(session, kvk)
    if why := why_no_merge(session, kvk, new_kvk):
        raise BpmnError(NOT_POSSIBLE, why)
    provider, target = known_provider(session, kvk), known_provider(session, new_kvk)
    query = (
        select(Offer).where(Offer.provider_id == provider.id).options(joinedload(Offer.provider))
    )
    offers = session.scalars(query.order_by(Offer.id).limit(CHUNK).with_for_update(of=Offer)).all()
    for offer in offers:
        offer.provider_id = target.id
    session.flush()
    keys = [str(offer.id) for offer in offers]
    move_cases(session, ProcessInstance.business_key.in_(keys), kvk, new_kvk)
    for offer in offers:
        subject = f"offer:{offer.id}"
        record_event(
            session,
            "offer-moved",
            actor=by,
            kvk=new_kvk,
            subject=subject,
            kvk_number=[kvk, new_kvk],
        )
    return len(offers)


@delegate(
    "may_merge",
    title="Nagaan of aanbieders samen kunnen",
    description="Fout number-not-possible: het kan (nog) niet; waarom, staat bij de taak.",
    labels={"kvk": "KvK-nummer van wie verdwijnt", "new_kvk": "KvK-nummer van wie blijft"},
    throws={NOT_POSSIBLE},
)
def may_merge(session: Session, kvk: str, new_kvk: str) -> None:
    """Refuse before anything is moved. Raises BpmnError number-not-possible."""
    if why := why_no_merge(session, kvk, new_kvk):
        raise BpmnError(NOT_POSSIBLE, why)


@delegate(
    "merge_providers",
    title="Aanbieders samenvoegen",
    description=(
        "Wat van de ene aanbieder nog niet over is, gaat naar de andere; zijn KvK-nummer wijst "
        "daarna naar de andere. Geeft former_contact terug. Fout number-not-possible: het kan "
        "(nog) niet."
    ),
    labels={
        "kvk": "KvK-nummer van wie verdwijnt",
        "new_kvk": "KvK-nummer van wie blijft",
        "actor": "Wie het doet",
    },
    throws={NOT_POSSIBLE},
)
def merge_providers(session: Session, kvk: str, new_kvk: str, actor: str) -> dict[str, str]:
    """Let one provider remain. Raises BpmnError number-not-possible."""
    while move_next(session, kvk, new_kvk, by=actor):
        pass
    provider, target = known_provider(session, kvk), known_provider(session, new_kvk)
    former_contact, name, gone = provider.contact_email, provider.display_name, provider.id
    _point_to(session, gone, target.id)
    session.expire(provider)
    session.delete(provider)
    session.flush()
    hand_over(session, target, kvk, NumberEnd.MERGED, name, by=actor)
    # The trail has it under the number that ended; who listens knows the provider by its id.
    tell_of_record(unit_of_work(session), "provider-left", f"provider:{gone}", {})
    return {"former_contact": former_contact, "former_name": name}


def _point_to(session: Session, gone: UUID, target: UUID) -> None:
    """What names the provider that goes, names the other one."""
    for table in (BulkAction, OfferImport, FormerNumber):
        rows = update(table).where(table.provider_id == gone)
        session.execute(rows.values(provider_id=target))
