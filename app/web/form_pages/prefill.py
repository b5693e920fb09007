"""What a form may open with: the company, its contact person, and what was answered before."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.diagram.form_fields import FormField
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.letters.summaries import contact_of
from processes.register.providers.providers import provider_of
from processes.register.providers.trade_register import extract_of


def facts_for(
    session: Session,
    fields: Iterable[FormField],
    *,
    kvk: str | None,
    process_key: str,
    starter_id: UUID | None = None,
) -> dict[str, Any]:
    """The facts that the fields open with; empty where none of them opens with anything."""
    if not any(each.prefill for each in fields):
        return {}
    company, contact = _company(session, kvk) if kvk else ({}, {})
    earlier = _earlier(session, kvk, process_key, starter_id)
    return {"company": company, "contact": contact, "earlier": earlier}


def _company(session: Session, kvk: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The company as the trade register has it, and its contact person; nothing is fetched."""
    provider = provider_of(session, kvk)
    if provider is not None:
        own = {"kvk": kvk, "name": provider.name, "display_name": provider.display_name}
        return {**provider.company, **own}, contact_of(provider)
    extract = extract_of(session, kvk)
    return {**(extract.facts or {} if extract else {}), "kvk": kvk}, {}


def _earlier(
    session: Session, kvk: str | None, process_key: str, starter_id: UUID | None
) -> Mapping[str, Any]:
    """The newest answers to the start form: of the same company, else of the same person."""
    query = (
        select(BegunCase.answers)
        .join(ProcessInstance, ProcessInstance.id == BegunCase.instance_id)
        .where(ProcessInstance.process_key == process_key)
        .order_by(BegunCase.begun_at.desc())
        .limit(1)
    )
    if kvk is not None:
        query = query.where(ProcessInstance.tenant == kvk)
    elif starter_id is not None:
        query = query.where(BegunCase.starter_id == starter_id, ProcessInstance.tenant.is_(None))
    else:
        return {}
    return session.scalars(query).first() or {}
