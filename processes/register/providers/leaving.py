"""A provider that leaves, comes back, or whose contact data is erased after a term (R46)."""

from typing import Any

from sqlalchemy.orm import Session

from processes.register.changes import record_event
from processes.register.providers.providers import Provider, ProviderStatus


def close(session: Session, provider: Provider, *, by: str) -> None:
    """From now on the provider looks alone; what teachers keep stays theirs.

    Who is suspended stays so (R60): leaving and coming back lifts no suspension.
    """
    if provider.has_left:
        return
    if not provider.is_suspended:
        provider.status = ProviderStatus.LEFT
    session.flush()
    _record(session, "provider-left", provider, by)


def come_back(session: Session, provider: Provider, *, by: str) -> None:
    """The provider goes on where it was; erased contact data has to be filled in again."""
    if not provider.has_left:
        return
    provider.status = ProviderStatus.ACTIVE
    session.flush()
    _record(session, "provider-returned", provider, by)


def erase_contact(session: Session, provider: Provider, *, by: str) -> None:
    """Forget the contact person of a provider that has left, also when it was suspended then."""
    if provider.status is ProviderStatus.ACTIVE or not provider.contact_email:
        return
    provider.contact_name = provider.contact_email = ""
    provider.contact_phone = provider.contact_function = None
    provider.contact_public = False
    session.flush()
    _record(session, "contact-erased", provider, by)


def _record(session: Session, action: str, provider: Provider, by: str, **details: Any) -> None:
    subject = f"provider:{provider.id}"
    record_event(session, action, actor=by, kvk=provider.kvk, subject=subject, **details)
