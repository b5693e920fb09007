"""Cache of live workflows between steps, valid for exactly one row version of their instance.

A workflow is removed while in use, so that two threads never share one, and is put back when the
transaction that wrote it is committed; not after a rollback.
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.waits import Wait
from processes.engine.interpreter.workflow import Workflow
from processes.late_session import told_of_commits
from processes.unit_of_work import UnitOfWork, unit_of_work

KEPT = 500


class Waiting(Protocol):
    """What a step came to, which tells what its instance waits for."""

    @property
    def waits(self) -> list[Wait]: ...


_kept: OrderedDict[UUID, tuple[int, Workflow]] = OrderedDict()
_lock = Lock()


def take(unit: UnitOfWork, instance_id: UUID, row_version: int) -> Workflow | None:
    """Remove and return the cached workflow of this version of the instance; None on a miss."""
    pending = unit.workflows.pop(instance_id, None)
    if pending is not None and pending[0] == row_version and pending[2] is not None:
        mine: Workflow = pending[2]
        return mine
    with _lock:
        version, workflow = _kept.pop(instance_id, (None, None))
    return workflow if version == row_version else None


def keep(
    unit: UnitOfWork,
    instance_id: UUID,
    row_version: int,
    left: tuple[Waiting, Workflow | None],
) -> None:
    """Keep what an instance waits for until this transaction is committed.

    Its workflow, if it was needed, is cached then for the next step.
    """
    if KEPT:
        followed, workflow = left
        if workflow is not None:
            workflow.run_delegate = _nobody  # it would hold on to this session
        unit.workflows[instance_id] = (row_version, followed, workflow)


def waits_left(unit: UnitOfWork, instance_id: UUID) -> list[Wait] | None:
    """What an instance waits for since the last step of this transaction; None if not known."""
    pending = unit.workflows.get(instance_id)
    return pending[1].waits if pending else None


def _nobody(_element: Element, _variables: Mapping[str, Any]) -> dict[str, Any] | None:
    message = "a workflow that is kept runs nothing"
    raise RuntimeError(message)


@told_of_commits
def _committed(session: Session) -> None:
    pending = unit_of_work(session).workflows
    if session.in_nested_transaction() or not pending:
        return
    with _lock:
        for instance_id, (version, _followed, workflow) in pending.items():
            if workflow is not None:
                _kept[instance_id] = (version, workflow)
        pending.clear()
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
