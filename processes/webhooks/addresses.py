"""What an operator does with webhook addresses: add, choose events, new secret, disable."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.webhooks.destinations import BadAddressError, destination
from processes.webhooks.events import EVENTS, forget_asked
from processes.webhooks.keys import is_readable, locked_away, new_secret
from processes.webhooks.models import Disabled, WebhookAddress, WebhookSubscription

LONGEST_NAME = 60


class WebhookAddressError(ValueError):
    """An address cannot be added like this; `faults` says why in Dutch, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class UnknownAddressError(LookupError):
    """There is no webhook address with this name."""


def add(
    session: Session, name: str, url: str, event_types: Collection[str], *, by: str
) -> tuple[WebhookAddress, str]:
    """A new address, and its secret, which is shown now and never again; flushes.

    Raises WebhookAddressError with every fault at once.
    """
    if faults := faults_of(session, name, url, event_types):
        raise WebhookAddressError(faults)
    secret = new_secret()
    address = WebhookAddress(name=name, url=url, secret=locked_away(secret), created_by=by)
    session.add(address)
    session.flush()
    subscribe(session, address, event_types)
    return address, secret


def faults_of(
    session: Session, name: str, url: str, event_types: Collection[str]
) -> dict[str, str]:
    """What keeps an address from being added, in Dutch, by field."""
    faults = _unknown(event_types)
    taken = select(WebhookAddress.id).where(WebhookAddress.name == name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        faults["name"] = f"Een naam heeft 1 tot en met {LONGEST_NAME} tekens."
    elif session.scalars(taken).first() is not None:
        faults["name"] = "Er is al een adres met deze naam."
    try:
        destination(url)
    except BadAddressError as error:
        faults["url"] = str(error)
    return faults


def subscribe(session: Session, address: WebhookAddress, event_types: Collection[str]) -> None:
    """From here on the address gets these events, and no others. Raises WebhookAddressError."""
    if faults := _unknown(event_types):
        raise WebhookAddressError(faults)
    session.execute(delete(WebhookSubscription).where(WebhookSubscription.address_id == address.id))
    session.add_all(
        WebhookSubscription(address_id=address.id, event_type=each)
        for each in sorted(set(event_types))
    )
    session.flush()
    forget_asked(session)


def rotate(session: Session, address: WebhookAddress) -> str:
    """A new secret; the one until now signs too, until `end_rotation` or the next rotation."""
    secret = new_secret()
    address.previous_secret = address.secret if is_readable(address.secret) else None
    address.secret = locked_away(secret)
    session.flush()
    return secret


def end_rotation(session: Session, address: WebhookAddress) -> None:
    """From here on only the newest secret signs."""
    address.previous_secret = None
    session.flush()


def disable(
    session: Session, address: WebhookAddress, because: Disabled = Disabled.OPERATOR
) -> None:
    """Send nothing there any more, and keep no new events for it."""
    address.enabled, address.disabled_because = False, because
    session.flush()


def enable(session: Session, address: WebhookAddress) -> None:
    """Send there again, first what still waited."""
    address.enabled, address.disabled_because = True, None
    session.flush()


def addresses(session: Session) -> Sequence[WebhookAddress]:
    """All of them, by name; those of companies too."""
    return session.scalars(select(WebhookAddress).order_by(WebhookAddress.name)).all()


def of_operators(session: Session) -> Sequence[WebhookAddress]:
    """Those that a diagram may name, by name."""
    return [each for each in addresses(session) if each.tenant is None]


def named(session: Session, name: str) -> WebhookAddress:
    """The address with this name, to be changed. Raises UnknownAddressError."""
    query = select(WebhookAddress).where(WebhookAddress.name == name).with_for_update()
    address = session.scalars(query).one_or_none()
    if address is None:
        raise UnknownAddressError(name)
    return address


def events_of(session: Session, address_id: UUID) -> set[str]:
    """The types that this address asked for."""
    query = select(WebhookSubscription.event_type)
    return set(session.scalars(query.where(WebhookSubscription.address_id == address_id)))


def _unknown(event_types: Collection[str]) -> dict[str, str]:
    unknown = sorted(set(event_types) - EVENTS.keys())
    return {"events": f"Onbekende gebeurtenis: {', '.join(unknown)}."} if unknown else {}
