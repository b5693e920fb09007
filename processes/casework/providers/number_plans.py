"""What a transfer or a merge of KvK numbers would do, for who decides about it (R59)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.casework.providers.kvk_numbers import (
    OPEN,
    TRANSFER,
    onboarding_of,
    why_no_merge,
    why_no_transfer,
)
from processes.engine.store.models import ProcessInstance
from processes.register.changes import AuditEvent
from processes.register.legacy.staging import LegacyOffer
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.providers.people import people_of
from processes.register.providers.providers import Provider, provider_of


@dataclass(frozen=True)
class Plan:
    """What would happen, for who decides."""

    provider: Provider
    target: Provider | None  # who has the new number already; of a transfer nobody may
    new_kvk: str
    offers: int
    published: int
    entries: int  # in portfolios of teachers
    people: int
    older_rows: int
    same_titles: int  # offers that both have
    has_onboarding: bool  # somebody is registering with the new number
    why_not_transfer: str | None
    why_not_merge: str | None
    agreed_by: str | None  # who of the company with the new number agreed to the open transfer
    moved: int  # offers that went over already, in a merge that came to a halt


def plan(session: Session, kvk: str, new_kvk: str) -> Plan | None:
    """What would go over; None where the provider is gone."""
    provider, target = provider_of(session, kvk), provider_of(session, new_kvk)
    if provider is None:
        return None
    own = (Offer.provider_id == provider.id) & (Offer.status != OfferStatus.DELETED)
    held = select(func.count(PortfolioEntry.id)).join(Offer, PortfolioEntry.offer_id == Offer.id)
    rows = select(func.count(LegacyOffer.id)).where(LegacyOffer.kvk == kvk)
    return Plan(
        provider,
        target,
        new_kvk,
        _count(session, own),
        _count(session, own & (Offer.status == OfferStatus.PUBLISHED)),
        session.scalar(held.where(Offer.provider_id == provider.id)) or 0,
        len(people_of(session, kvk)),
        session.scalar(rows) or 0,
        _same_titles(session, provider, target) if target else 0,
        onboarding_of(session, new_kvk) is not None,
        why_no_transfer(session, kvk, new_kvk),
        why_no_merge(session, kvk, new_kvk),
        _agreed_by(session, kvk, new_kvk),
        _moved(session, kvk, new_kvk),
    )


def agreed_by(session: Session, transfer: ProcessInstance) -> str | None:
    """Who of the company with the new number agreed; also where its case has not read it yet."""
    query = select(AuditEvent.actor).filter_by(
        action="kvk-transfer-agreed", kvk=transfer.business_key, subject=f"case:{transfer.id}"
    )
    return session.scalar(query.order_by(AuditEvent.at).limit(1))


def _agreed_by(session: Session, kvk: str, new_kvk: str) -> str | None:
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == TRANSFER,
        ProcessInstance.tenant == kvk,
        ProcessInstance.business_key == new_kvk,
        ProcessInstance.status.in_(OPEN),
    )
    transfer = session.scalar(query.limit(1))
    return agreed_by(session, transfer) if transfer else None


def _moved(session: Session, kvk: str, new_kvk: str) -> int:
    """How many offers went from this number to that one, whatever came of the merge."""
    query = select(func.count(AuditEvent.id)).where(
        AuditEvent.kvk == new_kvk,
        AuditEvent.action == "offer-moved",
        AuditEvent.details[("kvk_number", 0)].as_string() == kvk,
    )
    return session.scalar(query) or 0


def _count(session: Session, test: object) -> int:
    return session.scalar(select(func.count(Offer.id)).where(test)) or 0  # type: ignore[arg-type]


def _same_titles(session: Session, provider: Provider, target: Provider) -> int:
    there = select(func.lower(Offer.title)).where(
        Offer.provider_id == target.id, Offer.status != OfferStatus.DELETED
    )
    query = select(func.count(Offer.id)).where(
        Offer.provider_id == provider.id,
        Offer.status != OfferStatus.DELETED,
        Offer.title != "",
        func.lower(Offer.title).in_(there),
    )
    return session.scalar(query) or 0
