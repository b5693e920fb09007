"""Starts a process for an opening; messages and signals go as `execution.messages` sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import (
    UnknownProcessError,
    latest_definition,
    latest_of,
    specification_of,
)
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.diagram.beginning import Beginning
from processes.engine.execution.begins_by_event import drawn_tenant
from processes.engine.execution.delivery import AlreadyRunningError
from processes.engine.execution.instances import start_process
from processes.engine.execution.messages import Outcome, Sent
from processes.engine.execution.starting.beginning import business_key_of
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.opening_models import Opening
from processes.engine.tasks.rights import Person


@dataclass(frozen=True)
class Case:
    """A case to be started."""

    key: str
    variables: Mapping[str, Any]
    business_key: str | None
    reference: str  # a new one, to print and read aloud


def startable(session: Session, opening: Opening, key: str) -> Beginning:
    """How the newest version of a process begins, that this opening may start.

    Raises UnknownProcessError, also where it has no plain start.
    """
    definition = latest_of(session, key) if key in opening.processes else None
    begun = beginning_of(session, definition.id) if definition else None
    if begun is None or not begun.has_plain_start:
        raise UnknownProcessError(key)
    return begun


def start(session: Session, opening: Opening, case: Case) -> Sent:
    """Start the newest version; the case belongs to the opening's company, else to the drawn one.

    Raises UnknownProcessError (also where it has no plain start), BusinessKeyError, VariablesError.
    """
    begun = startable(session, opening, case.key)
    definition = latest_definition(session, case.key)
    specification = specification_of(session, definition.id)
    drawn = drawn_tenant(session, specification, case.key, case.variables)
    tenant, starter = opening.tenant or drawn, person_of(opening)
    given = {**case.variables, "reference": case.reference}
    given |= {"kvk": tenant} if tenant else {}
    given |= {begun.initiator: starter.reference} if begun.initiator else {}
    try:
        instance = start_process(
            session,
            case.key,
            business_key=case.business_key or business_key_of(begun, given),
            tenant=tenant,
            variables=given,
            started_by=starter.name,
            initiator=starter.reference,
        )
    except AlreadyRunningError as error:
        return Sent(Outcome.RUNNING, (error.instance_id,))
    except StepFailedError as error:
        return Sent(Outcome.FAILED, (error.incident.id,))
    return Sent(Outcome.STARTED, (instance.id,))


def person_of(opening: Opening) -> Person:
    """The opening as the rule of tasks knows it; without groups it sees none."""
    reference = f"opening:{opening.id}"
    return Person(reference, actor(opening), frozenset(opening.groups), opening.tenant)


def actor(opening: Opening) -> str:
    """How the audit trail and the cases name an opening."""
    return f"opening {opening.name}"
