"""Cache of live workflows between steps, valid for exactly one row version of their instance.

A workflow is removed while in use, so that two threads never share one, and is put back when the
transaction that wrote it is committed; not after a rollback.
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.workflow import Workflow

KEPT = 500
PENDING = "loket_live"

_kept: OrderedDict[UUID, tuple[int, Workflow]] = OrderedDict()
_lock = Lock()


def take(session: Session, instance_id: UUID, row_version: int) -> Workflow | None:
    """Remove and return the cached workflow of this version of the instance; None on a miss."""
    pending = session.info.get(PENDING, {}).pop(instance_id, None)
    if pending is not None and pending[0] == row_version:
        mine: Workflow = pending[1]
        return mine
    with _lock:
        version, workflow = _kept.pop(instance_id, (None, None))
    return workflow if version == row_version else None


def keep(session: Session, instance_id: UUID, row_version: int, workflow: Workflow) -> None:
    """Cache the workflow for the next step once this transaction is committed."""
    if KEPT:
        workflow.run_delegate = _nobody  # it would hold on to this session
        session.info.setdefault(PENDING, {})[instance_id] = (row_version, workflow)


def peek(session: Session, instance_id: UUID) -> Workflow | None:
    """The workflow as the last step of this transaction left it, if it will be cached."""
    pending: tuple[int, Workflow] | None = session.info.get(PENDING, {}).get(instance_id)
    return pending[1] if pending else None


def _nobody(_element: Element, _variables: Mapping[str, Any]) -> dict[str, Any] | None:
    message = "a workflow that is kept runs nothing"
    raise RuntimeError(message)


def forget_all() -> None:
    """Empty the cache."""
    with _lock:
        _kept.clear()


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction() or PENDING not in session.info:
        return
    with _lock:
        _kept.update(session.info.pop(PENDING))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, _previous: SessionTransaction) -> None:
    session.info.pop(PENDING, None)
