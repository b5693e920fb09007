"""Tells subscribed addresses of an event: a row each in the caller's transaction (the outbox).

An event holds ids, and names that an owner drew; never what people typed.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, insert, select
from sqlalchemy.orm import Session

from processes.base import UtcDateTime, new_id, now
from processes.statements import Statement
from processes.unit_of_work import UnitOfWork
from processes.webhooks.models import WebhookAddress, WebhookDelivery, WebhookSubscription

PREFIX = "nl.loket."  # a type begins with a reverse domain name (CloudEvents 1.0, §3.1)
CASE_STARTED = f"{PREFIX}case.started"
CASE_ENDED = f"{PREFIX}case.ended"
CASE_RESTORED = f"{PREFIX}case.restored"
STEP_COMPLETED = f"{PREFIX}step.completed"
INCIDENT_OPENED = f"{PREFIX}incident.opened"
PING = f"{PREFIX}ping"
CONFIRM = f"{PREFIX}subscription.confirm"
"""Asks the receiver of a company's address to give back the challenge in `data`."""
EVENT_TOPIC = "send-event"
"""The topic of the jobs that send events."""

EVENTS: Mapping[str, str] = {
    CASE_STARTED: "Zaak begonnen",
    CASE_ENDED: "Zaak geëindigd",
    CASE_RESTORED: "Geëindigde zaak gaat toch verder",
    STEP_COMPLETED: "Stap van een zaak afgerond",
    INCIDENT_OPENED: "Incident ontstaan",
    f"{PREFIX}offer.created": "Activiteit gemaakt",
    f"{PREFIX}offer.changed": "Activiteit of haar data gewijzigd",
    f"{PREFIX}offer.published": "Activiteit gepubliceerd",
    f"{PREFIX}offer.hidden": "Activiteit verborgen",
    f"{PREFIX}offer.shown": "Activiteit weer zichtbaar",
    f"{PREFIX}offer.deleted": "Activiteit verwijderd",
    f"{PREFIX}provider.registered": "Aanbieder aangemeld",
    f"{PREFIX}provider.changed": "Gegevens van een aanbieder gewijzigd",
    f"{PREFIX}provider.left": "Aanbieder vertrokken",
    f"{PREFIX}provider.returned": "Aanbieder teruggekomen",
    f"{PREFIX}provider.suspended": "Aanbieder geschorst",
    f"{PREFIX}provider.reinstated": "Schorsing opgeheven",
    f"{PREFIX}import.completed": "Bestand met aanbod toegepast",
    f"{PREFIX}declaration.made": "Verklaring over de kwaliteitseisen vastgelegd",
}
"""Every event that an address may ask for, and its name for people."""

OF_COMPANIES: Mapping[str, str] = {
    type_: name
    for type_, name in EVENTS.items()
    if type_.startswith(tuple(f"{PREFIX}{kind}." for kind in ("offer", "import", "declaration")))
    or type_ in {f"{PREFIX}provider.{what}" for what in ("changed", "suspended", "reinstated")}
}
"""What a company may ask for, of itself: its activities with their runs, files, declarations."""

OF_THE_TRAIL: Mapping[str, str] = {
    "offer-created": f"{PREFIX}offer.created",
    "offer-edited": f"{PREFIX}offer.changed",
    "offer-end-date": f"{PREFIX}offer.changed",
    "offer-moved": f"{PREFIX}offer.changed",
    "offer-published": f"{PREFIX}offer.published",
    "offer-hidden": f"{PREFIX}offer.hidden",
    "offer-shown": f"{PREFIX}offer.shown",
    "offer-deleted": f"{PREFIX}offer.deleted",
    "provider-registered": f"{PREFIX}provider.registered",
    "company-changed": f"{PREFIX}provider.changed",
    "company-checked": f"{PREFIX}provider.changed",
    "company-found": f"{PREFIX}provider.changed",
    "kvk-number-ended": f"{PREFIX}provider.changed",
    "contact-changed": f"{PREFIX}provider.changed",
    "contact-erased": f"{PREFIX}provider.changed",
    "provider-left": f"{PREFIX}provider.left",
    "provider-returned": f"{PREFIX}provider.returned",
    "provider-suspended": f"{PREFIX}provider.suspended",
    "provider-reinstated": f"{PREFIX}provider.reinstated",
    "import-applied": f"{PREFIX}import.completed",
    "declaration-frozen": f"{PREFIX}declaration.made",
}
"""What the audit trail records → the event that it is."""

OF_MIGRATION: Mapping[str, str] = {
    "nieuw": f"{PREFIX}offer.created",
    "bijgewerkt": f"{PREFIX}offer.changed",
    "nieuwere-brongegevens": f"{PREFIX}offer.changed",
}
"""How the move of an older activity ended → the event; nothing happened to it otherwise."""

KNOWN_FOR = 5.0  # seconds that a process remembers which events anybody asked for


@dataclass(frozen=True)
class Event:
    """Something that happened, to what, and the ids that say so; `kvk`: the company it is of."""

    type: str
    subject: str
    data: Mapping[str, Any]
    kvk: str | None = None
    id: UUID = field(default_factory=new_id)


# One row for each address that asked, in one statement: nothing is read first.
_ADD = Statement(
    insert(WebhookDelivery).from_select(
        ["event_id", "address_id", "event_type", "subject", "data", "at"],
        select(
            bindparam("event_id", type_=WebhookDelivery.event_id.type),
            WebhookSubscription.address_id,
            WebhookSubscription.event_type,
            bindparam("about", type_=WebhookDelivery.subject.type),
            bindparam("facts", type_=WebhookDelivery.data.type),
            bindparam("moment", type_=UtcDateTime()),
        )
        .join(WebhookAddress, WebhookAddress.id == WebhookSubscription.address_id)
        .where(WebhookAddress.enabled)
        .where(
            WebhookAddress.tenant.is_(None)
            | (WebhookAddress.tenant == bindparam("company", type_=WebhookAddress.tenant.type))
        )
        .where(WebhookSubscription.event_type == bindparam("asked")),
        include_defaults=False,
    )
)

_ASKED = Statement(select(WebhookSubscription.event_type).distinct())

_asked: WeakKeyDictionary[Engine, tuple[float, frozenset[str]]] = WeakKeyDictionary()


def asked_for(unit: UnitOfWork) -> frozenset[str]:
    """The types that an address asked for, as this process learned them within five seconds."""
    engine = unit.connection().engine  # asking the session for its engine takes three times as long
    until, types = _asked.get(engine, (0.0, frozenset()))
    if time.monotonic() < until:
        return types
    types = frozenset(type_ for (type_,) in _ASKED.all(unit.connection(), {}))
    _asked[engine] = (time.monotonic() + KNOWN_FOR, types)
    return types


def forget_asked(session: Session) -> None:
    """An address was added or changed: this process looks again at the next event."""
    _asked.pop(_engine(session), None)


def tell(unit: UnitOfWork, events: Iterable[Event]) -> None:
    """Write what goes to each enabled address that asked; sent after the commit."""
    types = asked_for(unit)
    rows = [
        {
            "event_id": event.id,
            "asked": event.type,
            "about": event.subject,
            "facts": dict(event.data),
            "moment": now(),
            "company": event.kvk,
        }
        for event in events
        if event.type in types
    ]
    if rows:
        unit.write([(_ADD, rows)])


def tell_of_record(
    unit: UnitOfWork,
    action: str,
    subject: str | None,
    details: Mapping[str, Any],
    kvk: str | None = None,
) -> None:
    """Tell what the audit trail records of an offer or a provider, where anybody asked.

    Addresses of companies are told of what is of their own number, `kvk`.
    """
    event_type = _type_of(action, details)
    if event_type is None or subject is None or event_type not in asked_for(unit):
        return
    kind, _, id_ = subject.partition(":")
    tell(unit, [Event(event_type, f"{kind}/{id_}", {kind: id_}, kvk)])


def _type_of(action: str, details: Mapping[str, Any]) -> str | None:
    if action == "offer-migrated":
        return OF_MIGRATION.get(str(details.get("outcome")))
    if action == "company-checked" and not details.get("differences"):
        return None
    return OF_THE_TRAIL.get(action)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
