"""The webhook addresses of companies: asked for, allowed by an operator, confirmed by a challenge.

Nothing is sent before an operator allowed the address; then only the challenge, until the receiver
gave it back. A company knows its address by a name of its own, which begins with its number here.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from processes.reading.json_text import read_json
from processes.webhooks.addresses import WebhookAddressError, add, disable, faults_of
from processes.webhooks.events import OF_COMPANIES, forget_asked
from processes.webhooks.models import (
    Disabled,
    WebhookAddress,
    WebhookDelivery,
    WebhookSubscription,
)

MOST = 5  # addresses of one company that have not ended
TOO_MANY = f"U hebt al {MOST} webhooks. Stop er eerst een."
UNKNOWN_EVENT = "Kies uit de gebeurtenissen hieronder."
NO_EVENT = "Kies minstens één gebeurtenis."
AWAITS_OPERATOR = (Disabled.ASKED, Disabled.OPERATOR)
RESUMABLE = (Disabled.PAUSED, Disabled.GONE, Disabled.FAILING)


@dataclass(frozen=True)
class Wanted:
    """What a company asks for: its name for the program, where to send, which events."""

    name: str
    url: str
    event_types: Collection[str]


def ask(session: Session, kvk: str, wanted: Wanted, *, by: str) -> tuple[WebhookAddress, str]:
    """A new address of this company, which waits for an operator, and its secret; flushes.

    Raises WebhookAddressError.
    """
    if faults := why_not(session, kvk, wanted):
        raise WebhookAddressError(faults)
    name = _free_name(session, kvk, wanted.name)
    address, secret = add(session, name, wanted.url, wanted.event_types, by=by)
    address.tenant = kvk
    disable(session, address, Disabled.ASKED)
    return address, secret


def why_not(session: Session, kvk: str, wanted: Wanted) -> dict[str, str]:
    """What keeps the company from asking for this address, in Dutch, by field."""
    stored = _free_name(session, kvk, wanted.name) if wanted.name else ""
    faults = faults_of(session, stored, wanted.url, ()) | faults_of_events(wanted.event_types)
    if sum(each.disabled_because != Disabled.ENDED for each in own(session, kvk)) >= MOST:
        faults.setdefault("name", TOO_MANY)
    return faults


def faults_of_events(event_types: Collection[str]) -> dict[str, str]:
    """A company gets its own events alone, and at least one kind of them."""
    if not event_types:
        return {"events": NO_EVENT}
    return {} if OF_COMPANIES.keys() >= set(event_types) else {"events": UNKNOWN_EVENT}


def own(session: Session, kvk: str) -> Sequence[WebhookAddress]:
    """The addresses of a company, by name."""
    query = select(WebhookAddress).where(WebhookAddress.tenant == kvk)
    return session.scalars(query.order_by(WebhookAddress.name)).all()


def number_asked(session: Session) -> int:
    """How many addresses of companies wait for an operator."""
    asked = WebhookAddress.disabled_because == Disabled.ASKED
    return session.scalars(select(func.count()).where(asked)).one()


def shown_name(address: WebhookAddress) -> str:
    """The name that its company gave it."""
    return address.name.removeprefix(f"{address.tenant} ")


def allow(session: Session, address: WebhookAddress) -> str:
    """An operator allows it: from here on the challenge, which is returned, may be sent."""
    disable(session, address, Disabled.UNCONFIRMED)
    return token_urlsafe(24)


def is_given_back(challenge: str, answer: bytes) -> bool:
    """Whether a receiver answered with the challenge: as text, or as `challenge` in JSON."""
    try:
        told = answer.decode().strip()
        read = read_json(told) if told.startswith("{") else told
        given = read.get("challenge") if isinstance(read, dict) else read
        return isinstance(given, str) and hmac.compare_digest(given.encode(), challenge.encode())
    except ValueError:  # no text, no JSON, or nested too deep
        return False


def end(session: Session, address: WebhookAddress) -> None:
    """For good: it asks for nothing any more, and what waited is dropped."""
    disable(session, address, Disabled.ENDED)
    waits = WebhookDelivery.job_id.is_(None) & WebhookDelivery.delivered_at.is_(None)
    is_its = WebhookDelivery.address_id == address.id
    session.execute(delete(WebhookDelivery).where(is_its, waits))
    is_asked = WebhookSubscription.address_id == address.id
    session.execute(delete(WebhookSubscription).where(is_asked))
    session.flush()
    forget_asked(session)


def hand_over(session: Session, former: str, kvk: str) -> Sequence[WebhookAddress]:
    """Those of a number that ended are of this one now, and wait for an operator once more."""
    found = own(session, former)
    for address in found:
        name = shown_name(address)
        address.tenant, address.name = kvk, _free_name(session, kvk, name)
        if address.disabled_because != Disabled.ENDED:
            disable(session, address, Disabled.ASKED)
        session.flush()
    return found


def _free_name(session: Session, kvk: str, name: str) -> str:
    """The name that the whole register knows it by; a second one of that name gets a number."""
    count = session.scalar(select(func.count()).where(WebhookAddress.tenant == kvk)) or 0
    wanted = [f"{kvk} {name}", *(f"{kvk} {name} {number}" for number in range(2, count + 3))]
    taken = set(session.scalars(select(WebhookAddress.name).where(WebhookAddress.name.in_(wanted))))
    return next(each for each in wanted if each not in taken)
