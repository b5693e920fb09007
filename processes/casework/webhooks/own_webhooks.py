"""What a company does with its own webhook addresses, and an operator who allows them (audited)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from processes.casework.webhooks import webhook_log
from processes.register.changes import record_event
from processes.webhooks import addresses, own_addresses
from processes.webhooks.addresses import WebhookAddressError
from processes.webhooks.events import CONFIRM
from processes.webhooks.models import Disabled, WebhookAddress
from processes.webhooks.own_addresses import Wanted


def ask(session: Session, kvk: str, wanted: Wanted, *, by: str) -> tuple[WebhookAddress, str]:
    """A new address, and its secret, which is told now and never again.

    Raises WebhookAddressError.
    """
    address, secret = own_addresses.ask(session, kvk, wanted, by=by)
    asked = sorted(set(wanted.event_types))
    _record(session, "webhook-added", address, by, url=wanted.url, events=asked)
    return address, secret


def subscribe(
    session: Session, address: WebhookAddress, event_types: Collection[str], *, by: str
) -> None:
    """Choose its events. Raises WebhookAddressError."""
    if faults := own_addresses.faults_of_events(event_types):
        raise WebhookAddressError(faults)
    addresses.subscribe(session, address, event_types)
    _record(session, "webhook-events-changed", address, by, events=sorted(set(event_types)))


def allow(session: Session, address: WebhookAddress, *, by: str) -> bool:
    """An operator lets messages go there once its receiver gave the challenge back.

    False where it does not wait for an operator.
    """
    if address.disabled_because not in own_addresses.AWAITS_OPERATOR:
        return False
    webhook_log.challenge(session, address, own_addresses.allow(session, address))
    _record(session, "webhook-allowed", address, by)
    return True


def challenge_again(session: Session, address: WebhookAddress, *, by: str) -> bool:
    """Ask its receiver once more; False where it need not be, or is being asked."""
    if address.disabled_because != Disabled.UNCONFIRMED:
        return False
    if webhook_log.is_under_way(session, address.id, CONFIRM):
        return False
    webhook_log.challenge(session, address, own_addresses.allow(session, address))
    _record(session, "webhook-tested", address, by)
    return True


def pause(session: Session, address: WebhookAddress, *, by: str) -> bool:
    """Keep no new events for it, until it is resumed."""
    if not address.enabled:
        return False
    addresses.disable(session, address, Disabled.PAUSED)
    _record(session, "webhook-disabled", address, by)
    return True


def resume(session: Session, address: WebhookAddress, *, by: str) -> bool:
    """Send there again, first what still waited; False where that is not for the company."""
    if address.disabled_because not in own_addresses.RESUMABLE:
        return False
    addresses.enable(session, address)
    _record(session, "webhook-enabled", address, by)
    return True


def end(session: Session, address: WebhookAddress, *, by: str) -> bool:
    """Send nothing there any more, for good; what waited is dropped."""
    if address.disabled_because == Disabled.ENDED:
        return False
    own_addresses.end(session, address)
    _record(session, "webhook-ended", address, by)
    return True


def end_all(session: Session, kvk: str, *, by: str) -> None:
    """The company has left, and nothing more is known of it."""
    for address in own_addresses.own(session, kvk):
        end(session, address, by=by)


def hand_over(session: Session, former: str, kvk: str, *, by: str) -> None:
    """The number ended: its addresses are of this one, and wait for an operator once more."""
    for address in own_addresses.hand_over(session, former, kvk):
        _record(session, "webhook-disabled", address, by, kvk_number=[former, kvk])


def _record(
    session: Session, action: str, address: WebhookAddress, by: str, **details: Any
) -> None:
    about = f"webhook:{address.name}"
    record_event(session, action, actor=by, kvk=address.tenant, subject=about, **details)
