"""Live workflows kept between steps: each is valid for exactly the row version it was saved at.

A workflow is taken out while it is worked on, so that two threads never share one, and comes back
when the transaction that wrote it has been committed; after a rollback it does not.
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
    """The live workflow of this version of the instance, if we have it."""
    pending = session.info.get(PENDING, {}).pop(instance_id, None)
    if pending is not None and pending[0] == row_version:
        mine: Workflow = pending[1]
        return mine
    with _lock:
        version, workflow = _kept.pop(instance_id, (None, None))
    return workflow if version == row_version else None


def keep(session: Session, instance_id: UUID, row_version: int, workflow: Workflow) -> None:
    """Keep it for the next step, once this transaction is committed."""
    if KEPT:
        workflow.run_delegate = _nobody  # it would hold on to this session
        session.info.setdefault(PENDING, {})[instance_id] = (row_version, workflow)


def peek(session: Session, instance_id: UUID) -> Workflow | None:
    """The workflow as the last step of this transaction left it, to look at, if it is kept."""
    pending: tuple[int, Workflow] | None = session.info.get(PENDING, {}).get(instance_id)
    return pending[1] if pending else None


def _nobody(_element: Element, _variables: Mapping[str, Any]) -> dict[str, Any] | None:
    message = "a workflow that is kept runs nothing"
    raise RuntimeError(message)


def forget_all() -> None:
    """Keep nothing."""
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
