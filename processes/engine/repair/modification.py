"""Modifies an instance by hand: moves, skips or repeats a token, or sets a variable there.

Each with a reason, and undoable.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.engine.execution import steps
from processes.engine.execution.events import delivery
from processes.engine.execution.turns.work import Doer
from processes.engine.interpreter.moving import token_moves
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.interpreter.workflow import Workflow
from processes.engine.language.values import variables_of
from processes.engine.repair import snapshots
from processes.engine.repair.snapshots import HISTORY, Change
from processes.engine.sentences.catalogue import say
from processes.engine.store import rows
from processes.engine.store.models import ActivityInstance, InstanceStatus, ProcessInstance
from processes.engine.store.rows import LockedInstance
from processes.engine.store.snapshot_models import InstanceSnapshot

Variables: TypeAlias = Mapping[str, Any] | None

MOVED, SKIPPED, REPEATED = "moved", "skipped", "repeated"
RESULTS = {"move": MOVED, "skip": SKIPPED, "repeat": REPEATED}  # of the passage that was ended


def move_token(  # noqa: PLR0913 - each is a fact about the move, given by name
    session: Session,
    instance_id: UUID,
    token_id: UUID,
    to_element: str,
    *,
    by: str,
    reason: str,
    variables: Variables = None,
) -> InstanceSnapshot:
    """Move the token to another element, where it begins with these variables besides.

    Raises CannotMoveError where that is unsound, VariablesError.
    """
    change, given = Change("move", by, reason, to_element_id=to_element), variables_of(variables)
    return _change(
        session,
        instance_id,
        token_id,
        change,
        lambda flow: token_moves.move(flow, token_id, to_element, MOVED, given),
    )


def skip(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    instance_id: UUID,
    token_id: UUID,
    *,
    by: str,
    reason: str,
    variables: Variables = None,
) -> InstanceSnapshot:
    """Continue without what the token waits for, as if that had given these variables.

    Raises CannotMoveError, VariablesError.
    """
    change, given = Change("skip", by, reason), variables_of(variables)

    def work(flow: Workflow) -> None:
        token_moves.waiting_at(flow, token_id)
        flow.set_variables(token_id, given)
        token_moves.skip(flow, token_id)

    return _change(session, instance_id, token_id, change, work)


def repeat(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    instance_id: UUID,
    token_id: UUID,
    *,
    by: str,
    reason: str,
    variables: Variables = None,
) -> InstanceSnapshot:
    """Restart the token's element, with these variables besides.

    An empty form, a job with fresh attempts, a new timer. Raises CannotMoveError, VariablesError.
    """
    change, given = Change("repeat", by, reason), variables_of(variables)

    def work(flow: Workflow) -> None:
        here = token_moves.waiting_at(flow, token_id).task_spec.element.id
        token_moves.move(flow, token_id, here, REPEATED, given)

    return _change(session, instance_id, token_id, change, work)


def set_variables(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    instance_id: UUID,
    token_id: UUID | None,
    variables: Mapping[str, Any],
    *,
    by: str,
    reason: str,
) -> InstanceSnapshot:
    """Set variables, where this token waits or (None) of the instance; nothing else moves.

    Conditions that wait are looked at again; a job keeps its arguments, a timer its moment.
    Raises VariablesError for a name or value that cannot be stored, CannotMoveError.
    """
    change, given = Change("set", by, reason), variables_of(variables)
    return _change(
        session, instance_id, token_id, change, lambda flow: flow.set_variables(token_id, given)
    )


def undo(session: Session, snapshot_id: UUID, *, by: str) -> InstanceSnapshot:
    """Restore the instance. Raises NotUndoableError. Messages that were sent are not recalled."""
    return snapshots.undo(session, snapshot_id, by=by)


def _change(
    session: Session,
    instance_id: UUID,
    token_id: UUID | None,
    change: Change,
    work: Callable[[Workflow], None],
) -> InstanceSnapshot:
    instance = rows.lock(session, instance_id)
    if instance.status != InstanceStatus.ACTIVE:
        raise CannotMoveError(say("repair.not-active"))
    if not change.reason.strip():
        raise CannotMoveError(say("repair.no-reason"))
    here = _try_out(session, instance, token_id, work)
    try:
        with session.begin_nested():
            snapshot = snapshots.take(session, instance, change)
            snapshot.from_element_id = here
            _take_step(session, instance, snapshot, token_id, work)
    except steps.StepFailedError as error:
        raise CannotMoveError(
            say("repair.step-failed", message=error.incident.message), here
        ) from error
    return snapshot


def _try_out(
    session: Session,
    instance: LockedInstance,
    token_id: UUID | None,
    work: Callable[[Workflow], None],
) -> str | None:
    """Do the work on a copy, so that what is refused leaves no trace; where the token is."""
    stored = session.get_one(ProcessInstance, instance.id, populate_existing=True)
    copy = steps.read(session, stored)
    here: str | None = None
    if token_id is not None:
        here = token_moves.waiting_at(copy, token_id).task_spec.element.id
    try:
        work(copy)
    except CannotMoveError:
        raise
    except Exception as error:
        raise CannotMoveError(say("repair.move-failed", error=error), here) from error
    return here


def _take_step(
    session: Session,
    instance: LockedInstance,
    snapshot: InstanceSnapshot,
    token_id: UUID | None,
    work: Callable[[Workflow], None],
) -> None:
    before = snapshots.history_ids(session, instance.id)
    taken = steps.take_step(session, instance, work, Doer(snapshot.taken_by))
    delivery.follow(session, instance.id, taken)
    if result := RESULTS.get(snapshot.action):
        session.execute(
            update(ActivityInstance)
            .where(ActivityInstance.id == token_id)
            .values(result=result, actor=snapshot.taken_by)
        )
    written = snapshots.history_ids(session, instance.id) - before
    snapshot.rows = {**snapshot.rows, HISTORY: sorted(str(id_) for id_ in written)}
    now_at = session.get_one(ProcessInstance, instance.id, populate_existing=True)
    snapshot.row_version_after = now_at.row_version
    session.flush()
