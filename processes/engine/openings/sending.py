"""Starts a process for an opening; messages and signals go as `execution.messages` sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import UnknownProcessError, specification_of
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.diagram.beginning import Beginning
from processes.engine.execution.events import delivery
from processes.engine.execution.events.begins_by_event import drawn_tenant
from processes.engine.execution.events.delivery import AlreadyRunningError
from processes.engine.execution.events.messages import Outcome, Sent
from processes.engine.execution.events.new_instances import Start
from processes.engine.execution.events.persons import refuse_persons
from processes.engine.execution.starting.beginning import business_key_of
from processes.engine.execution.steps import StepFailedError
from processes.engine.language.values import variables_of
from processes.engine.store import beginnings
from processes.engine.store.opening_models import Opening
from processes.engine.tasks.rights import Person


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Startable:
    """A version of a process that an opening may start, and how it begins."""

    definition_id: UUID
    beginning: Beginning


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Case:
    """A case to be started."""

    of: Startable
    variables: Mapping[str, Any]
    business_key: str | None
    reference: str  # a new one, to print and read aloud


def startable(session: Session, opening: Opening, key: str) -> Startable:
    """The newest version of a process that this opening may start.

    Raises UnknownProcessError, also where it has no plain start.
    """
    newest = beginnings.latest_definition(session, key) if key in opening.processes else None
    if newest is None:
        raise UnknownProcessError(key)
    begun = beginning_of(session, newest)
    if not begun.has_plain_start:
        raise UnknownProcessError(key)
    return Startable(newest, begun)


def start(session: Session, opening: Opening, case: Case) -> Sent:
    """Start a case; it belongs to the opening's company, else to the one that the process names.

    Raises BusinessKeyError, VariablesError, PersonVariableError.
    """
    definition_id, begun = case.of.definition_id, case.of.beginning
    specification = specification_of(session, definition_id)
    refuse_persons(specification, case.variables)
    drawn = drawn_tenant(session, specification, begun.key, case.variables)
    tenant, starter = opening.tenant or drawn, person_of(opening)
    given = {**case.variables, "reference": case.reference}
    given |= {"kvk": tenant} if tenant else {}
    given |= {begun.initiator: starter.reference} if begun.initiator else {}
    try:
        begins = Start(
            definition_id,
            begun.key,
            case.business_key or business_key_of(begun, given),
            tenant,
            variables_of(given),
            starter.name,
            initiator=starter.reference,
            has_new_key=case.business_key is None and begun.business_key is None,
        )
        instance_id = delivery.begin(session, begins)
    except AlreadyRunningError as error:
        return Sent(Outcome.RUNNING, (error.instance_id,))
    except StepFailedError as error:
        return Sent(Outcome.FAILED, (error.incident.id,))
    return Sent(Outcome.STARTED, (instance_id,))


def person_of(opening: Opening) -> Person:
    """The opening as the rule of tasks knows it; without groups it sees none."""
    reference = f"opening:{opening.id}"
    return Person(reference, actor(opening), frozenset(opening.groups), opening.tenant)


def actor(opening: Opening) -> str:
    """How the audit trail and the cases name an opening."""
    return f"opening {opening.name}"
