"""One step of an instance: lock, load, work, advance, write; or roll back and tell an operator."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.engine import state, sync
from processes.engine.definitions import decide, specification_of
from processes.engine.diagram import Element
from processes.engine.expressions import ExpressionError
from processes.engine.iso8601 import IsoError
from processes.engine.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessInstance,
)
from processes.engine.registry import delegate_for
from processes.engine.spiff import BudgetExceededError, Thrown, UncaughtBpmnError, Workflow
from processes.engine.spiff_merge import MergeConflictError
from processes.engine.state import StateTooLargeError

log = logging.getLogger(__name__)

Work = Callable[[Workflow], None]


class InstanceChangedError(Exception):
    """Somebody else wrote this instance meanwhile, past its lock: start the step again."""


class StepFailedError(Exception):
    """The step raised; the instance is as it was before, and `incident` tells the operator.

    Commit after catching it, so that the incident stays.
    """

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.message)
        self.incident = incident


@dataclass(frozen=True)
class Doer:
    """Who makes this step, and which token they complete."""

    actor: str | None = None
    done_token: UUID | None = None
    job_id: UUID | None = None
    cause: str | None = None  # what tells this failure from others, where the element does not


@dataclass(frozen=True)
class Failure:
    """What a step raised, at which element, and who made the step."""

    error: Exception
    running: str | None
    doer: Doer


def lock_instance(session: Session, instance_id: UUID) -> ProcessInstance:
    """The instance as it is now, locked until the transaction ends (on SQLite: all are)."""
    return session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .options(undefer(ProcessInstance.state))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def load(session: Session, instance: ProcessInstance) -> Workflow:
    """The live workflow of an instance; its delegates run in this session."""
    specification = specification_of(session, instance.definition_id)
    return state.load(instance.state, specification, performer(session))


def performer(session: Session) -> Callable[[Element, Mapping[str, Any]], dict[str, Any] | None]:
    """What runs the delegates of a step."""

    def perform(element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        if element.decision:
            return decide(session, element, variables)
        delegate = delegate_for(element.delegate or "")
        known = {name: variables[name] for name in delegate.parameters if name in variables}
        arguments = sync.arguments_of(element, known)
        result = delegate.perform(session, **arguments)
        session.flush()
        return result

    return perform


def take_step(
    session: Session, instance: ProcessInstance, work: Work, doer: Doer | None = None
) -> list[Thrown]:
    """Do this work on a locked instance; all of it, or nothing but an incident."""
    doer = doer or Doer()
    announced = len(session.info.get(sync.NEW_JOBS, ()))
    workflow = _begun_or_loaded(session, instance)
    try:
        with session.begin_nested():
            _step(session, instance, workflow, work, doer)
    except (DBAPIError, InstanceChangedError):
        raise
    except Exception as error:
        del session.info.setdefault(sync.NEW_JOBS, [])[announced:]
        session.refresh(instance)
        failure = Failure(error, workflow.running, doer)
        raise StepFailedError(record_incident(session, instance, failure)) from error
    return [_with_key(thrown, instance) for thrown in workflow.thrown]


def _with_key(thrown: Thrown, instance: ProcessInstance) -> Thrown:
    """A message without a key of its own carries the business key of its sender."""
    if thrown.kind == "message" and thrown.correlation_key is None:
        return replace(thrown, correlation_key=instance.business_key)
    return thrown


def _step(
    session: Session, instance: ProcessInstance, workflow: Workflow, work: Work, doer: Doer
) -> None:
    before = workflow.waits() if instance.state else []
    work(workflow)
    workflow.advance()
    after = workflow.waits()
    known = {wait.token_id for wait in before}
    workflow.mark_since({wait.token_id for wait in after} - known, now())
    sync.write(
        session,
        sync.Step(instance, before, after, workflow.passages, doer.actor, doer.done_token),
    )
    _save(session, instance, workflow)


def _begun_or_loaded(session: Session, instance: ProcessInstance) -> Workflow:
    if instance.state:
        return load(session, instance)
    return Workflow(specification_of(session, instance.definition_id), performer(session))


def _save(session: Session, instance: ProcessInstance, workflow: Workflow) -> None:
    values: dict[str, Any] = {
        "state": state.dump(workflow),
        "row_version": instance.row_version + 1,
    }
    if workflow.completed and instance.status == InstanceStatus.ACTIVE:
        values |= {"status": InstanceStatus.COMPLETED, "ended_at": now()}
    query = (
        update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .where(ProcessInstance.row_version == instance.row_version)
        .values(values)
    )
    written = session.execute(query, execution_options={"synchronize_session": False})
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise InstanceChangedError(instance.id)
    session.expire(instance)


def record_incident(session: Session, instance: ProcessInstance, failure: Failure) -> Incident:
    """An open incident for this failure; the same failure again is not a second one."""
    kind, element_id = _kind_and_element(failure)
    message = str(failure.error) or type(failure.error).__name__
    trace = "".join(traceback.format_exception(failure.error))
    log.warning(
        "a step failed and was rolled back",
        extra={"process_instance_id": str(instance.id), "element_id": element_id, "kind": kind},
    )
    fingerprint = failure.doer.cause or _digest(f"{instance.id}{kind}{element_id}")
    incident = session.scalars(
        select(Incident)
        .where(Incident.instance_id == instance.id)
        .where(Incident.fingerprint == fingerprint)
        .where(Incident.status == IncidentStatus.OPEN)
    ).first()
    if incident is None:
        incident = Incident(
            instance_id=instance.id,
            job_id=failure.doer.job_id,
            element_id=element_id,
            kind=kind,
            message=message,
            fingerprint=fingerprint,
        )
        session.add(incident)
    incident.message, incident.details = message, trace
    session.flush()
    return incident


def _kind_and_element(failure: Failure) -> tuple[str, str | None]:
    error = failure.error
    match error:
        case UncaughtBpmnError():
            return "uncaught-error", error.element_id
        case MergeConflictError():
            return "merge-conflict", error.element_id
        case BudgetExceededError() | StateTooLargeError():
            return "budget", failure.running
        case ExpressionError() | IsoError():
            return "expression", failure.running
    spec = getattr(error, "task_spec", None)  # SpiffWorkflow's exceptions name the task spec
    if spec is not None:
        return "expression", getattr(spec, "bpmn_id", None)
    return "step-failed", failure.running


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
