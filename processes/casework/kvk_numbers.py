"""What belongs to a KvK number goes to another one: for a transfer and for a merge (R59)."""

from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from processes.engine.openings import clients
from processes.engine.store.models import (
    InstanceStatus,
    Job,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.work_models import KnownPerson
from processes.register.changes import record_event
from processes.register.declarations import Declaration
from processes.register.former_numbers import FormerNumber, NumberEnd, former_number
from processes.register.legacy.claims import move as move_account
from processes.register.legacy.staging import LegacyOffer, LegacyProvider
from processes.register.mail import OutgoingMail
from processes.register.migration_report import MigrationResult
from processes.register.moving_people import move_people
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.people import Invitation, people_of
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.providers import Provider, provider_of
from processes.register.web_sessions import end_all_of

TRANSFER, MERGE = "kvk_transfer", "provider_merge"
OWN = (TRANSFER, MERGE)
"""The processes that change a number: their own case stays where it began."""
OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
NOT_POSSIBLE = "number-not-possible"
ONBOARDING = "provider_onboarding"


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
    )


def why_no_transfer(session: Session, kvk: str, new_kvk: str) -> str | None:
    """Why a provider cannot get this number now; None where it can."""
    if provider_of(session, new_kvk) is not None:
        return "Onder dit KvK-nummer staat al een aanbieder. Voeg de aanbieders samen."
    if former_number(session, new_kvk) is not None:
        return "Dit KvK-nummer is van een aanbieder geweest en wijst naar een ander."
    return _why_busy(session, kvk, but=TRANSFER)


def why_no_merge(session: Session, kvk: str, new_kvk: str) -> str | None:
    """Why these two cannot be merged now; None where they can."""
    provider, target = provider_of(session, kvk), provider_of(session, new_kvk)
    if target is None or provider is None or kvk == new_kvk:
        return "Er is geen andere aanbieder met dit KvK-nummer."
    if target.is_closed or provider.is_suspended:
        return "Een aanbieder die geschorst of vertrokken is, kan geen aanbod krijgen of afstaan."
    return _why_busy(session, kvk, but=MERGE)


def _why_busy(session: Session, kvk: str, *, but: str) -> str | None:
    """A process that knows a provider by its number runs, beside the one that would change it."""
    knows_number = or_(ProcessInstance.business_key == kvk, ProcessInstance.process_key.in_(OWN))
    query = select(ProcessDefinition.name).join(
        ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id
    )
    query = query.where(
        ProcessInstance.tenant == kvk,
        ProcessInstance.status.in_(OPEN),
        ProcessInstance.process_key != but,
        knows_number,
    )
    names = sorted(set(session.scalars(query)))
    return f"Rond eerst af wat er over deze aanbieder loopt: {', '.join(names)}." if names else None


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


def onboarding_of(session: Session, kvk: str) -> ProcessInstance | None:
    """The registration that runs for this number."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.business_key == kvk,
        ProcessInstance.status.in_(OPEN),
    )
    return session.scalar(query)


def hand_over(  # noqa: PLR0913 - what ends, what it becomes, and who says so
    session: Session, provider: Provider, former: str, because: NumberEnd, name: str, *, by: str
) -> None:
    """All that stands under a former number goes to its provider, who has its last number by now.

    Sessions, keys and invitations of the former number end; the trail stays as it was written.
    """
    pointing = FormerNumber(kvk=former, provider_id=provider.id, because=because, name=name, by=by)
    session.add(pointing)
    accounts = session.scalars(select(LegacyProvider).filter_by(kvk=former)).all()
    for account in accounts:
        move_account(session, account, provider.kvk, by=by)
    for table in (MigrationResult, OutgoingMail):
        session.execute(update(table).where(table.kvk == former).values(kvk=provider.kvk))
    if because is NumberEnd.TRANSFERRED:
        _move_registration(session, provider.kvk, former)
    session.execute(delete(Invitation).where(Invitation.kvk == former))
    _move_cases(session, provider.kvk, former)
    _end_access(session, former, by)
    session.flush()
    about = f"provider:{provider.id}"
    for kvk, subject in ((former, None), (provider.kvk, about)):  # told to webhooks once
        record_event(
            session,
            "kvk-number-ended",
            actor=by,
            kvk=kvk,
            subject=subject,
            kvk_number=[former, provider.kvk],
            display_name=name,
            because=because.value,
        )


def _move_registration(session: Session, kvk: str, former: str) -> None:
    """The declaration and the people, who log in with the new number from now on."""
    session.execute(update(Declaration).where(Declaration.kvk == former).values(kvk=kvk))
    moved = [f"provider:{each.id}" for each in move_people(session, former, kvk)]
    known = update(KnownPerson).where(KnownPerson.reference.in_(moved))
    session.execute(known.values(tenant=kvk))


def _move_cases(session: Session, kvk: str, former: str) -> None:
    """Its cases with their tasks and jobs; a case that changes the number stays where it began."""
    theirs = (ProcessInstance.tenant == former) & ProcessInstance.process_key.not_in(OWN)
    moved = select(ProcessInstance.id).where(theirs)
    tasks = update(UserTask).where(UserTask.tenant == former, UserTask.instance_id.in_(moved))
    session.execute(tasks.values(tenant=kvk))
    is_theirs = or_(Job.instance_id.is_(None), Job.instance_id.in_(moved))
    session.execute(update(Job).where(Job.tenant == former, is_theirs).values(tenant=kvk))
    session.execute(update(ProcessInstance).where(theirs).values(tenant=kvk))


def _end_access(session: Session, former: str, by: str) -> None:
    end_all_of(session, former)
    for opening in clients.openings(session):
        if opening.tenant == former and opening.enabled:
            clients.disable(session, opening)
            about = f"opening:{opening.name}"
            record_event(session, "opening-disabled", actor=by, kvk=former, subject=about)
