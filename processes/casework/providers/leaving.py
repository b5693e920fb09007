"""The process of a provider that leaves (R46): begin it, stay after all, come back; its delegates.

The diagram is `bpmn/provider_leaving.bpmn`; the jobs: `workers/handlers/providers/leaving.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, today
from processes.casework.providers.cases import begin_case, tell_case
from processes.casework.webhooks import own_webhooks
from processes.engine.execution.instances import open_instance, variables
from processes.engine.openings import clients
from processes.engine.registry import BadDataError, delegate
from processes.register.changes import record_event
from processes.register.offers.bulk_actions import (
    BulkAction,
    BulkKind,
    begin_action,
    undoable_items,
)
from processes.register.offers.rules import Offer
from processes.register.offers.terms import OfferStatus
from processes.register.providers import leaving
from processes.register.providers.providers import Provider, provider_of

PROCESS = "provider_leaving"
STAYS, RETURNS = "provider-stays", "provider-returns"
KVK = {"kvk": "KvK-nummer van de aanbieder", "actor": "Wie het doet"}


@dataclass(frozen=True)
class Leave:
    """A provider that leaves: until when it is here, and the end dates that were set for it."""

    last_day: date
    ended_action: UUID | None


def begin(session: Session, provider: Provider, last_day: date, *, by: str, initiator: str) -> None:
    """Start leaving. Raises AlreadyRunningError."""
    midnight = datetime.combine(last_day + timedelta(days=1), time(), AMSTERDAM)
    day = last_day.isoformat()
    given = {"last_day": day, "closes_at": midnight.isoformat(), "actor": by}
    begin_case(session, PROCESS, provider, given, by=by, initiator=initiator)
    subject = f"provider:{provider.id}"
    record_event(
        session, "provider-leaving", actor=by, kvk=provider.kvk, subject=subject, last_day=day
    )


def leave_of(session: Session, kvk: str) -> Leave | None:
    """What is known of a provider that is leaving or has left; None where no process runs."""
    instance = open_instance(session, PROCESS, kvk)
    if instance is None:
        return None
    known = variables(session, instance)
    action = known.get("ended_action")
    return Leave(date.fromisoformat(known["last_day"]), UUID(action) if action else None)


def stay(session: Session, provider: Provider, *, by: str) -> bool:
    """Not leaving after all; False when the last day is over by now: then roll back.

    Where end dates are still being set, the message is kept until the process comes to wait for it;
    after the last day it never does.
    """
    subject = f"provider:{provider.id}"
    leave = leave_of(session, provider.kvk)
    if provider.has_left or leave is None:
        return False
    is_heard = tell_case(session, PROCESS, provider, STAYS, {"actor": by})
    if not is_heard and today() > leave.last_day:
        return False
    record_event(session, "provider-stays", actor=by, kvk=provider.kvk, subject=subject)
    return True


def come_back(session: Session, provider: Provider, *, by: str) -> None:
    """Be a provider again: by the process while it waits, else at once."""
    if not provider.has_left:
        return
    if not tell_case(session, PROCESS, provider, RETURNS, {"actor": by}):
        leaving.come_back(session, provider, by=by)


def end_dates_for(
    session: Session, provider: Provider, last_day: date, *, by: str, id_: UUID
) -> BulkAction:
    """The bulk action that gives all that is published its last day; what ends earlier stays so."""
    ends_later = or_(Offer.end_date.is_(None), Offer.end_date > last_day)
    query = select(Offer.id).where(
        Offer.provider_id == provider.id, Offer.status == OfferStatus.PUBLISHED, ends_later
    )
    action = BulkAction(
        id=id_, provider_id=provider.id, kind=BulkKind.END_DATE, by=by, end_date=last_day
    )
    return begin_action(session, action, session.scalars(query.order_by(Offer.id)).all())


def undo_end_dates(session: Session, ended: BulkAction, *, by: str, id_: UUID) -> BulkAction:
    """The bulk action that puts the end dates back that leaving had set."""
    items = undoable_items(session, ended)
    action = BulkAction(
        id=id_, provider_id=ended.provider_id, kind=BulkKind.UNDO, by=by, undoes=ended.id
    )
    ids: Sequence[UUID] = list(items)
    return begin_action(session, action, ids, items)


@delegate(
    "close_provider",
    title="Aanbieder afmelden",
    description=(
        "Sluit de registratie af: de aanbieder kan nog kijken en downloaden, en de sleutels van "
        "zijn programma's werken niet meer."
    ),
    labels=KVK,
)
def close_provider(session: Session, kvk: str, actor: str) -> None:
    """The last day is over (R46)."""
    leaving.close(session, known_provider(session, kvk), by=actor)
    for opening in clients.openings(session):
        if opening.tenant == kvk and opening.offers and opening.enabled:
            clients.disable(session, opening)
            about = f"opening:{opening.name}"
            record_event(session, "opening-disabled", actor=actor, kvk=kvk, subject=about)


@delegate(
    "reopen_provider",
    title="Aanbieder weer toelaten",
    description="De aanbieder kan het aanbod weer wijzigen. Einddatums blijven zoals ze zijn.",
    labels=KVK,
)
def reopen_provider(session: Session, kvk: str, actor: str) -> None:
    """The provider came back before its contact data was erased."""
    leaving.come_back(session, known_provider(session, kvk), by=actor)


@delegate(
    "erase_contact",
    title="Contactgegevens wissen",
    description="Wist de contactpersoon van een aanbieder die vertrokken is.",
    labels=KVK,
)
def erase_contact(session: Session, kvk: str, actor: str) -> None:
    """The term after the last day is over (R46)."""
    leaving.erase_contact(session, known_provider(session, kvk), by=actor)
    own_webhooks.end_all(session, kvk, by=actor)


def known_provider(session: Session, kvk: str) -> Provider:
    """The provider with this KvK number. Raises BadDataError."""
    provider = provider_of(session, kvk)
    if provider is None:
        message = f"there is no provider {kvk[:20]}"
        raise BadDataError(message)
    return provider
