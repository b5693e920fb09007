"""Modifies an instance by hand: moves, skips or repeats a token, or sets a variable there.

Each with a reason, and undoable.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.engine.execution import delivery, steps
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

MOVED, SKIPPED, REPEATED = "moved", "skipped", "repeated"
RESULTS = {"move": MOVED, "skip": SKIPPED, "repeat": REPEATED}  # of the passage that was ended


def move_token(  # noqa: PLR0913 - each is a fact about the move, given by name
    session: Session, instance_id: UUID, token_id: UUID, to_element: str, *, by: str, reason: str
) -> InstanceSnapshot:
    """Move the token to another element. Raises CannotMoveError where that is unsound."""
    change = Change("move", by, reason, to_element_id=to_element)
    return _change(
        session,
        instance_id,
        token_id,
        change,
        lambda flow: token_moves.move(flow, token_id, to_element, MOVED),
    )


def skip(
    session: Session, instance_id: UUID, token_id: UUID, *, by: str, reason: str
) -> InstanceSnapshot:
    """Continue without what the token waits for. Raises CannotMoveError."""
    change = Change("skip", by, reason)
    return _change(
        session, instance_id, token_id, change, lambda flow: token_moves.skip(flow, token_id)
    )


def repeat(
    session: Session, instance_id: UUID, token_id: UUID, *, by: str, reason: str
) -> InstanceSnapshot:
    """Restart the token's element: an empty form, a job with fresh attempts, a new timer."""
    change = Change("repeat", by, reason)

    def work(flow: Workflow) -> None:
        here = token_moves.waiting_at(flow, token_id).task_spec.element.id
        token_moves.move(flow, token_id, here, REPEATED)

    return _change(session, instance_id, token_id, change, work)


def set_variable(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    instance_id: UUID,
    token_id: UUID,
    variable: tuple[str, Any],
    *,
    by: str,
    reason: str,
) -> InstanceSnapshot:
    """Set a variable, by name and value, as the token sees it; the token stays where it waits.

    Conditions that wait are looked at again. A job that was made keeps its arguments. Raises
    VariablesError for a name or value that cannot be stored, CannotMoveError.
    """
    ((name, value),) = variables_of(dict([variable])).items()
    change = Change("set", by, reason)
    return _change(
        session,
        instance_id,
        token_id,
        change,
        lambda flow: flow.set_variable(token_id, name, value),
    )


def undo(session: Session, snapshot_id: UUID, *, by: str) -> InstanceSnapshot:
    """Restore the instance. Raises NotUndoableError. Messages that were sent are not recalled."""
    return snapshots.undo(session, snapshot_id, by=by)


def _change(
    session: Session,
    instance_id: UUID,
    token_id: UUID,
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
    session: Session, instance: LockedInstance, token_id: UUID, work: Callable[[Workflow], None]
) -> str:
    """Do the work on a copy, so that what is refused leaves no trace; where the token is."""
    stored = session.get_one(ProcessInstance, instance.id, populate_existing=True)
    copy = steps.read(session, stored)
    here: str = token_moves.waiting_at(copy, token_id).task_spec.element.id
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
    token_id: UUID,
    work: Callable[[Workflow], None],
) -> None:
    before = snapshots.history_ids(session, instance.id)
    taken = steps.take_step(session, instance, work, steps.Doer(snapshot.taken_by))
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
