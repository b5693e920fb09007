"""Queries for the staff's pages: open tasks, mail log, audit trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, today
from processes.engine.store.models import UserTask
from processes.engine.tasks.rights import Person
from processes.engine.tasks.worklist import first_tasks
from processes.register.changes import AuditEvent
from processes.register.mail import OutgoingMail, mails_to
from processes.register.offers.offers import (
    Offer,
    OfferNotFoundError,
    OfferStatus,
    readable_offer_of,
)
from processes.register.offers.overview import OverviewFilter, overview
from processes.register.paging import Page, page_of
from processes.register.providers.former_numbers import merged_into, numbers_of
from processes.register.providers.providers import Provider

OF_OFFER = "offer:"  # begins the subject of an event about an offer
LAST = 100


@dataclass(frozen=True)
class OpenTask:
    """An open task of the staff, with its provider."""

    task: UserTask
    provider: Provider | None


def provider_with(session: Session, provider_id: UUID) -> Provider:
    """The provider; the page of the one that it was merged with (R59); or 404."""
    found = session.get(Provider, provider_id)
    if found is not None:
        return found
    remained = merged_into(session, provider_id) or abort(404)
    told = f"Deze aanbieder is samengevoegd met {remained.display_name}."
    if request.method == "POST":
        told += " Wat u verstuurde, is niet opgeslagen."
    flash(told, "info")
    return abort(redirect(url_for("registrar.provider", provider_id=remained.id), 303))


def open_tasks(session: Session, person: Person) -> list[OpenTask]:
    """What this member of the staff can do first; the whole list stands at /taken."""
    tasks = first_tasks(session, person)
    numbers = {task.instance.tenant for task in tasks}
    known = {
        provider.kvk: provider
        for provider in session.scalars(select(Provider).where(Provider.kvk.in_(numbers)))
    }
    return [OpenTask(task, known.get(task.instance.tenant or "")) for task in tasks]


def offers_of(session: Session, one: Provider, filters: OverviewFilter, page: int) -> Page[Offer]:
    """The offers of a provider, by title, as the provider sees them."""
    return overview(session, one.kvk, on=today(), filters=filters, page=page)


def looked_today(session: Session, kvk: str, *, by: str) -> bool:
    """Whether it is in the trail that this person looked at the offers of this provider today."""
    since = datetime.combine(today(), time.min, tzinfo=AMSTERDAM)
    query = select(AuditEvent.id).where(
        AuditEvent.kvk == kvk,
        AuditEvent.at >= since,
        AuditEvent.action == "offers-looked-at",
        AuditEvent.actor == by,
    )
    return session.scalar(query.limit(1)) is not None


def offer_with(session: Session, one: Provider, offer_id: UUID) -> Offer:
    """One offer of this provider, or 404."""
    try:
        return readable_offer_of(session, offer_id, kvk=one.kvk)
    except OfferNotFoundError:
        abort(404)


def titles_in(session: Session, trail: Iterable[AuditEvent]) -> dict[str, tuple[UUID, str]]:
    """The activity that each event is about, by the event's subject; none for what was deleted."""
    subjects = {event.subject for event in trail if (event.subject or "").startswith(OF_OFFER)}
    ids = [UUID(str(subject).removeprefix(OF_OFFER)) for subject in subjects]
    query = select(Offer.id, Offer.title).where(
        Offer.id.in_(ids), Offer.status != OfferStatus.DELETED
    )
    return {
        f"{OF_OFFER}{id_}": (id_, title or "Activiteit zonder titel")
        for id_, title in session.execute(query)
    }


def mails_of(session: Session, kvk: str) -> list[OutgoingMail]:
    """The mail log of a provider, newest first (D5)."""
    return mails_to(session, kvk, LAST)


def trail_of(session: Session, kvk: str, page: int) -> Page[AuditEvent]:
    """The audit trail of a provider, newest first (R61)."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.kvk.in_(numbers_of(session, kvk)))
        .order_by(AuditEvent.at.desc())
    )
    return page_of(session, query, page, per_page=50)


def whole_trail_of(session: Session, kvk: str) -> Iterable[AuditEvent]:
    """Everything that happened, oldest first, read row by row."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.kvk.in_(numbers_of(session, kvk)))
        .order_by(AuditEvent.at)
    )
    return session.scalars(query.execution_options(yield_per=500))
