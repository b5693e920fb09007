"""What an operator does with webhooks, on the page and by command, with its audit trail."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from processes.casework.webhooks import own_webhooks, webhook_log
from processes.casework.webhooks.webhook_log import Line
from processes.register.changes import record_event
from processes.webhooks import addresses, keys
from processes.webhooks.models import Disabled, WebhookAddress, WebhookDelivery


def add(
    session: Session, name: str, url: str, event_types: Collection[str], *, by: str
) -> tuple[WebhookAddress, str]:
    """A new address, and its secret. Raises WebhookAddressError."""
    address, secret = addresses.add(session, name, url, event_types, by=by)
    _record(session, "webhook-added", address, by, url=url, events=sorted(set(event_types)))
    return address, secret


def subscribe(
    session: Session, address: WebhookAddress, event_types: Collection[str], *, by: str
) -> None:
    """Choose the events of an address. Raises WebhookAddressError."""
    addresses.subscribe(session, address, event_types)
    _record(session, "webhook-events-changed", address, by, events=sorted(set(event_types)))


def rotate(session: Session, address: WebhookAddress, *, by: str) -> str:
    """A new secret, which is told now and never again; the one before signs too for a while."""
    secret = addresses.rotate(session, address)
    _record(session, "webhook-rotated", address, by)
    return secret


def end_rotation(session: Session, address: WebhookAddress, *, by: str) -> None:
    """Only the newest secret signs from here on."""
    addresses.end_rotation(session, address)
    _record(session, "webhook-rotation-ended", address, by)


def disable(session: Session, address: WebhookAddress, *, by: str) -> None:
    """Send nothing there any more; what a company stopped stays stopped."""
    if address.disabled_because == Disabled.ENDED:
        return
    addresses.disable(session, address)
    _record(session, "webhook-disabled", address, by)


def enable(session: Session, address: WebhookAddress, *, by: str) -> None:
    """Send there again; the address of a company that waits for an operator is allowed."""
    if address.tenant is not None:
        own_webhooks.allow(session, address, by=by)
        return
    addresses.enable(session, address)
    _record(session, "webhook-enabled", address, by)


def ping(session: Session, address: WebhookAddress, *, by: str) -> WebhookDelivery | None:
    """Send a test message; None to an address that is disabled."""
    if not address.enabled:
        return None
    delivery = webhook_log.ping(session, address)
    _record(session, "webhook-tested", address, by)
    return delivery


def send_again(session: Session, found: Line, *, by: str) -> bool:
    """Send one message again; False where it is under way, or its process has gone on."""
    if not webhook_log.send_again(session, found, by=by):
        return False
    address = session.get_one(WebhookAddress, found.delivery.address_id)
    _record(session, "webhook-sent-again", address, by, number=found.delivery.number)
    return True


def send_failed_again(session: Session, address: WebhookAddress, *, by: str) -> int:
    """Send all again that failed at an address; how many."""
    count = webhook_log.send_failed_again(session, address, by=by)
    if count:
        _record(session, "webhook-sent-again", address, by, count=count)
    return count


def encrypt_anew(session: Session) -> int:
    """Store every secret under the newest LOKET_SECRET_KEY; how many addresses.

    Raises UnreadableSecretError.
    """
    found = addresses.addresses(session)
    for address in found:
        address.secret = keys.locked_away(keys.unlocked(address.secret))
        if address.previous_secret is not None:
            address.previous_secret = keys.locked_away(keys.unlocked(address.previous_secret))
    session.flush()
    return len(found)


def _record(
    session: Session, action: str, address: WebhookAddress, by: str, **details: Any
) -> None:
    about = f"webhook:{address.name}"
    record_event(session, action, actor=by, kvk=address.tenant, subject=about, **details)
