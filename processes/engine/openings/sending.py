"""Starts a process for an opening; messages and signals go as `execution.messages` sends them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import UnknownProcessError, latest_of, specification_of
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.execution.beginning import business_key_of
from processes.engine.execution.begins_by_event import drawn_tenant
from processes.engine.execution.delivery import AlreadyRunningError
from processes.engine.execution.instances import start_process
from processes.engine.execution.messages import Outcome, Sent
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.opening_models import Opening


def start(
    session: Session,
    opening: Opening,
    key: str,
    variables: Mapping[str, Any],
    business_key: str | None,
) -> Sent:
    """Start the newest version; the case belongs to the opening's company, else to the drawn one.

    Raises UnknownProcessError (also where it has no plain start), BusinessKeyError, VariablesError.
    """
    definition = latest_of(session, key)
    begun = beginning_of(session, definition.id) if definition else None
    if definition is None or begun is None or not begun.has_plain_start:
        raise UnknownProcessError(key)
    specification = specification_of(session, definition.id)
    tenant = opening.tenant or drawn_tenant(session, specification, key, variables)
    given = {**variables, **({"kvk": tenant} if tenant else {})}
    try:
        instance = start_process(
            session,
            key,
            business_key=business_key or business_key_of(begun, given),
            tenant=tenant,
            variables=given,
            started_by=actor(opening),
        )
    except AlreadyRunningError as error:
        return Sent(Outcome.RUNNING, (error.instance_id,))
    except StepFailedError as error:
        return Sent(Outcome.FAILED, (error.incident.id,))
    return Sent(Outcome.STARTED, (instance.id,))


def actor(opening: Opening) -> str:
    """How the audit trail and the cases name an opening."""
    return f"opening {opening.name}"
