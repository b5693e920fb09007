"""Background jobs of a company that belong to no case, and its number, which may go over (R59)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.register.providers.providers import Provider


class NumberEndedError(LookupError):
    """There is no provider with this KvK number any more."""


def begin_job(
    session: Session, kvk: str, topic: str, arguments: dict[str, Any], *, key: str
) -> None:
    """Make a job under this number, which cannot go over before the caller commits.

    A transfer or merge locks the provider before it looks for such jobs: it finds this one, or
    this raises NumberEndedError. The lock is shared, so that jobs do not wait for each other.
    """
    query = select(Provider.id).where(Provider.kvk == kvk)
    found = session.scalars(query.with_for_update(read=True, key_share=True)).first()
    if found is None:
        raise NumberEndedError(kvk)
    create_job(session, topic, arguments, idempotency_key=key, tenant=kvk)


def hold_number(session: Session, kvk: str) -> None:
    """Let no job begin under this number until the caller commits."""
    session.scalars(select(Provider.id).where(Provider.kvk == kvk).with_for_update()).all()
