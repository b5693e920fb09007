"""Suspending a provider and ending it, each with a mail to its contact person (R60)."""

from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.register import providers
from processes.register.providers import Provider


def suspend(session: Session, provider: Provider, reason: str, *, by: str) -> None:
    """Hide all offers; the mail says why, and how and until when to object."""
    providers.suspend(session, provider, reason, by=by)
    _mail(session, "send-suspended", provider)


def reinstate(session: Session, provider: Provider, *, by: str) -> None:
    """What was published is visible again; the mail says so."""
    providers.reinstate(session, provider, by=by)
    _mail(session, "send-reinstated", provider)


def _mail(session: Session, topic: str, provider: Provider) -> None:
    create_job(
        session,
        topic,
        {"provider_id": str(provider.id)},
        idempotency_key=f"{topic}:{provider.id}:{provider.version}",
        tenant=provider.kvk,
    )
