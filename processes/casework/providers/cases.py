"""Cases about a provider: its KvK number is their business key and tenant.

Each has a `case_id` of its own, by which messages find it: what was kept for a case that ended
meanwhile never reaches the next one about the same provider.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from processes.base import new_id
from processes.engine.execution.events.messages import send_message
from processes.engine.execution.instances import open_instance, start_process, variables
from processes.register.providers.providers import Provider


def begin_case(  # noqa: PLR0913 - each is a fact about the case
    session: Session,
    process: str,
    provider: Provider,
    given: dict[str, Any],
    *,
    by: str,
    initiator: str | None = None,
) -> None:
    """Begin it with these variables, beside `kvk`, `provider_id` and `case_id`.

    Raises UnknownProcessError, AlreadyRunningError, StepFailedError.
    """
    start_process(
        session,
        process,
        business_key=provider.kvk,
        tenant=provider.kvk,
        variables={
            "kvk": provider.kvk,
            "provider_id": str(provider.id),
            "case_id": str(new_id()),
            **given,
        },
        started_by=by,
        initiator=initiator,
    )


def tell_case(
    session: Session, process: str, provider: Provider, message: str, given: Mapping[str, Any]
) -> bool:
    """Send its open case a message, kept while it is busy; False where none is open or waits."""
    instance = open_instance(session, process, provider.kvk)
    if instance is None:
        return False
    key = str(variables(session, instance)["case_id"])
    return send_message(session, message, correlation_key=key, variables=given, tenant=provider.kvk)
