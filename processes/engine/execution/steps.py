"""One step in one transaction: lock, load, work, advance, save; a failure leaves an incident."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, undefer

from processes.engine.deployment.definitions import specification_of
from processes.engine.deployment.legal_terms import note_end
from processes.engine.execution import effects
from processes.engine.execution.decision_rows import decision_rows
from processes.engine.execution.delegates import Delegates, UndoableDelegates
from processes.engine.execution.incidents import Failure, record_incident
from processes.engine.execution.resolving import Success, resolve
from processes.engine.execution.turns.remembered import StartOverError
from processes.engine.execution.turns.turn import Outcome, Turn
from processes.engine.execution.turns.work import Doer, Work
from processes.engine.interpreter import cache, codec
from processes.engine.interpreter.outcomes import (
    ThrownEvent,
    TokenGoneError,
)
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store import rows
from processes.engine.store.models import Incident, Job, ProcessInstance
from processes.engine.store.rows import LockedInstance
from processes.statements import Rows, Statement, UnwrittenError
from processes.unit_of_work import UnitOfWork, unit_of_work
from processes.webhooks.cases import Taken, tell_of_step

log = logging.getLogger(__name__)


class InstanceChangedError(Exception):
    """Another transaction wrote this instance despite the lock: retry the step."""


class ChunkFailedError(Exception):
    """A step of a chunk failed: undo the chunk, and do its items one by one."""


class StepFailedError(Exception):
    """The step raised; the instance is unchanged, and `incident` tells the operator.

    Commit after catching it, so that the incident stays.
    """

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.message)
        self.incident = incident


NOBODY = Doer()


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class StepResult:
    """What follows from a step: messages to deliver, and whether buffered ones may match."""

    thrown: list[ThrownEvent]
    waits_for_message: bool


def lock_instance(session: Session, instance_id: UUID) -> ProcessInstance:
    """The instance, locked until the transaction ends (on SQLite the whole database is)."""
    rows.forget_ahead(unit_of_work(session), instance_id)
    return session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .options(undefer(ProcessInstance.state))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def read(session: Session, instance: ProcessInstance) -> Workflow:
    """The live workflow of an instance, read-only."""
    specification = specification_of(session, instance.definition_id)
    if not instance.state:
        return Workflow(specification, Delegates(session).perform)
    return codec.load(instance.state, specification, Delegates(session).perform)


TakeStep: TypeAlias = Callable[[Session, LockedInstance, Work, Doer], StepResult]
"""How a step is taken, and what becomes of one that fails."""


def take_step(session: Session, instance: LockedInstance, work: Work, doer: Doer) -> StepResult:
    """Do this work on a locked instance; all of it, or nothing but an incident.

    Raises StepFailedError with that incident, InstanceChangedError.
    """
    try:
        return _step(session, instance, (work, doer), may_replay=True)
    except StartOverError:
        return _step(session, instance, (work, doer), may_replay=False)


def _step(
    session: Session, instance: LockedInstance, given: tuple[Work, Doer], *, may_replay: bool
) -> StepResult:
    delegates = UndoableDelegates(session)
    turn = Turn(session, instance, given, delegates, may_replay=may_replay)
    try:
        outcome = turn.outcome()
    except (DBAPIError, TokenGoneError):
        raise
    except StartOverError:
        delegates.undo()
        raise
    except Exception as error:
        if turn.workflow is None:
            raise
        delegates.undo()
        failure = _failure(error, instance, turn.workflow, given[1])
        raise StepFailedError(record_incident(session, instance.id, failure)) from error
    # Before the rows are written: SQLite keeps a second journal while a savepoint is open.
    delegates.release()
    _add_decisions(outcome, instance, delegates)
    return _save(unit_of_work(session), instance, turn.specification.key, (outcome, given[1]))


def _failure(error: Exception, instance: LockedInstance, workflow: Workflow, doer: Doer) -> Failure:
    names, is_first = workflow.specification.names, not instance.state
    return Failure(
        *(error, workflow.running, names, is_first, doer.job_id, doer.done_token, doer.cause),
        values=_values(workflow),
    )


def values_of_job(session: Session, job: Job) -> Sequence[Mapping[str, Any]] | None:
    """What a job works with: its arguments and all variables of its case; None if unreadable."""
    if job.instance_id is None:
        return [job.arguments]
    try:
        workflow = read(session, session.get_one(ProcessInstance, job.instance_id))
    except Exception:
        log.exception("the state of a case whose job failed cannot be read")
        return None
    values = _values(workflow)
    element = workflow.specification.elements.get(job.element_id or "")
    drawn = element.inputs if element else {}  # what is drawn as it is, is nobody's
    given = {name: each for name, each in job.arguments.items() if each != drawn.get(name)}
    return None if values is None else [given, *values]


def _values(workflow: Workflow) -> list[Mapping[str, Any]] | None:
    """The variables as every task sees them; None where half of a turn no longer tells them."""
    try:
        scopes = (workflow, *workflow.subprocesses.values())
        local = [dict(task.data) for each in scopes for task in each.tasks.values()]
        return [workflow.variables(), *local]
    except Exception:
        log.exception("the variables of a step that failed cannot be read")
        return None


def take_step_of_chunk(
    session: Session, instance: LockedInstance, work: Work, doer: Doer
) -> StepResult:
    """The same in the savepoint of a chunk, which its holder flushes, or undoes as a whole.

    Raises ChunkFailedError where `take_step` would leave an incident; InstanceChangedError.
    """
    delegates = Delegates(session)
    turn = Turn(session, instance, (work, doer), delegates)
    try:
        outcome = turn.outcome()
    except (DBAPIError, TokenGoneError):
        raise
    except Exception as error:
        if turn.workflow is None and not isinstance(error, StartOverError):
            raise
        raise ChunkFailedError from error
    _add_decisions(outcome, instance, delegates)
    return _save(unit_of_work(session), instance, turn.specification.key, (outcome, doer))


def _add_decisions(outcome: Outcome, instance: LockedInstance, delegates: Delegates) -> None:
    made = outcome.rows
    made.decisions = decision_rows(instance.id, delegates.decisions, made.moment)


def _save(
    unit: UnitOfWork, instance: LockedInstance, key: str, done: tuple[Outcome, Doer]
) -> StepResult:
    ended_at = done[0].ended_at
    saving = rows.saving(instance, done[0].followed.blob, ended_at)
    try:
        result = write_outcome(unit, instance, key, done, saving)
    except UnwrittenError as error:
        raise InstanceChangedError(instance.id) from error
    rows.saved(unit, instance, ended_at)
    return result


def write_outcome(
    unit: UnitOfWork,
    instance: LockedInstance,
    key: str,
    done: tuple[Outcome, Doer],
    saving: tuple[Statement, Rows] | None = None,
) -> StepResult:
    """Write the rows of a step, with the statement that saves its state if that is not written.

    Raises UnwrittenError.
    """
    outcome, doer = done
    followed = outcome.followed
    effects.write(unit, instance, outcome.rows, saving)
    tell_of_step(unit, _taken(instance, key, outcome))
    if outcome.ended_at is not None:
        note_end(
            unit.session,
            instance.id,
            instance.definition_id,
            outcome.ended_at,
            is_completed=True,
        )
    if instance.has_incident:
        resolve(unit.session, instance.id, _success(outcome, doer))
    cache.keep(unit, instance.id, instance.row_version + 1, (followed, outcome.workflow))
    if unit.hooks is not None:
        unit.hooks.passages.extend(followed.passages)
    return StepResult(
        [_from(instance, each) for each in outcome.thrown], outcome.rows.waits_for_message
    )


def _taken(instance: LockedInstance, key: str, outcome: Outcome) -> Taken:
    return Taken(
        instance.id,
        key,
        is_first=not instance.state,
        has_ended=outcome.ended_at is not None,
        history=outcome.rows.history,
    )


def _success(outcome: Outcome, doer: Doer) -> Success:
    followed = outcome.followed
    return Success(
        {wait.token_id for wait in followed.waits},
        doer.done_token,
        {passage.element.id for passage in followed.passages},
        followed.has_ended,
        doer.actor,
    )


def _from(instance: LockedInstance, thrown: ThrownEvent) -> ThrownEvent:
    """A message without a key of its own carries its sender's; a signal is not heard twice."""
    thrown = replace(thrown, tenant=instance.tenant)
    if thrown.kind == "signal":
        return replace(thrown, heard_by=instance.id)
    if thrown.correlation_key is None and not thrown.has_no_key:
        return replace(thrown, correlation_key=instance.business_key)
    return thrown
