"""Begins a process about a provider: its business key and tenant are the KvK number."""

from typing import Any

from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process
from processes.register.providers import Provider


def begin_case(  # noqa: PLR0913 - each is a fact about the case
    session: Session,
    process: str,
    provider: Provider,
    given: dict[str, Any],
    *,
    by: str,
    initiator: str | None = None,
) -> None:
    """Begin it with these variables, beside `kvk` and `provider_id`.

    Raises UnknownProcessError, AlreadyRunningError, StepFailedError.
    """
    start_process(
        session,
        process,
        business_key=provider.kvk,
        tenant=provider.kvk,
        variables={"kvk": provider.kvk, "provider_id": str(provider.id), **given},
        started_by=by,
        initiator=initiator,
    )
