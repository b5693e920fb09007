"""SQL statements for the rows of a step: lock, load, save with a check of the row version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, exists, insert, null, select, update
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.util import identity_key

from processes.engine.store.decision_models import TakenDecision
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.store.work_models import UserTaskGroup
from processes.statements import Rows, Statement
from processes.unit_of_work import UnitOfWork, unit_of_work

LOCKED = (
    ProcessInstance.id,
    ProcessInstance.definition_id,
    ProcessInstance.business_key,
    ProcessInstance.tenant,
    ProcessInstance.initiator,
    ProcessInstance.status,
    ProcessInstance.row_version,
    ProcessInstance.state,
    exists(
        select(Incident.id)
        .where(Incident.instance_id == ProcessInstance.id)
        .where(Incident.status == IncidentStatus.OPEN)
        .correlate(ProcessInstance)
    ).label("has_incident"),
)
# What never changes of a task, so that it may be read without a lock on it.
FIXED = (
    UserTask.element_id,
    UserTask.name,
    UserTask.form_key,
    UserTask.candidate_group,
)
_FIXED_NAMES = tuple(column.key for column in FIXED)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class LockedInstance:
    """An instance as it is now, locked until the transaction ends."""

    id: UUID
    definition_id: UUID
    business_key: str | None
    tenant: str | None
    initiator: str | None
    status: InstanceStatus
    row_version: int
    state: bytes
    has_incident: bool = False  # an open one: what succeeds now may resolve it


_LOCK = Statement(
    select(*LOCKED).where(ProcessInstance.id == bindparam("instance_id")).with_for_update()
)
_LOCK_FOR_TASK = Statement(
    select(*LOCKED, *FIXED)
    .join(UserTask, UserTask.instance_id == ProcessInstance.id)
    .where(UserTask.id == bindparam("task_id"))
    .with_for_update(of=ProcessInstance)
)
_saving = (
    update(ProcessInstance)
    .where(ProcessInstance.id == bindparam("instance_id"))
    .where(ProcessInstance.row_version == bindparam("known_version"))
    .values(state=bindparam("new_state"), row_version=bindparam("new_version"))
)
# SQLite writes the indexes of every column that is named, also when its value stays the same.
_SAVE = Statement(_saving, counted=True, key="instance_id")
_SAVE_ENDED = Statement(
    _saving.values(status=bindparam("new_status"), ended_at=bindparam("new_ended_at")),
    counted=True,
    key="instance_id",
)
CLOSE_TASK = Statement(
    update(UserTask)
    .where(UserTask.id == bindparam("task_id"))
    .where(UserTask.status == TaskStatus.OPEN)
    .values(
        status=bindparam("new_status"),
        completed_at=bindparam("moment"),
        completed_by=bindparam("by"),
        completed_by_user=bindparam("by_user"),
        submission_id=bindparam("submission"),
        draft=null(),
    ),
    key="task_id",
)
CANCEL_JOB = Statement(
    update(Job)
    .where(Job.instance_id == bindparam("of_instance"))
    .where(Job.token_id == bindparam("token"))
    .where(
        (Job.status == JobStatus.NEW)
        | (Job.status == JobStatus.LEASED)
        | (Job.status == JobStatus.FAILED)
    )
    .values(
        status=JobStatus.CANCELLED,
        done_at=bindparam("moment"),
        lease_owner=null(),
        lease_until=null(),
    )
)


def _ending(model: Any, *columns: str) -> Statement:
    of_wait = {"of_instance": "instance_id", "token": "token_id", "element": "element_id"}
    fits = (getattr(model, column) == bindparam(name) for name, column in of_wait.items())
    more = (getattr(model, column) == bindparam(f"of_{column}") for column in columns)
    return Statement(delete(model).where(*fits, *more))


def _beginning(model: Any, columns: str) -> Statement:
    table: Table = model.__table__
    return Statement(insert(table), columns.split())


END_TIMER = _ending(Timer)
END_SUBSCRIPTION = _ending(MessageSubscription, "kind", "name")
ADD_TASK = _beginning(
    UserTask,
    "id instance_id element_id name form_key lane candidate_group tenant label priority"
    " has_further_candidates status opened_at due_at follow_up_at assignee assignee_name",
)
ADD_TASK_GROUP = _beginning(UserTaskGroup, "task_id group")
ADD_JOB = _beginning(
    Job,
    "id topic idempotency_key arguments instance_id token_id element_id tenant status attempts"
    " max_attempts retry_every due_at created_at traceparent priority outside",
)
ADD_TIMER = _beginning(Timer, "id instance_id token_id element_id due_at")
ADD_SUBSCRIPTION = _beginning(
    MessageSubscription, "id instance_id token_id element_id kind name correlation_key"
)
ADD_HISTORY = _beginning(
    ActivityInstance,
    "id instance_id element_id element_type name entered_at left_at result actor place chosen",
)


ADD_DECISION = _beginning(
    TakenDecision,
    "id instance_id element_id key version taken_at place inputs hits outputs is_counted",
)


def lock(session: Session, instance_id: UUID) -> LockedInstance:
    """Lock an instance until the transaction ends. Raises LookupError.

    `SELECT … FOR UPDATE`; on SQLite `BEGIN IMMEDIATE` has locked the database already.
    """
    session.flush()
    unit = unit_of_work(session)
    forget_ahead(unit, instance_id)
    row = unit.first(_LOCK, {"instance_id": instance_id})
    if row is None:
        raise LookupError(instance_id)
    return LockedInstance(*row)


def lock_for_task(session: Session, task_id: UUID) -> tuple[LockedInstance, dict[str, Any]] | None:
    """Lock the instance of a user task; with it, what never changes of the task."""
    unit = unit_of_work(session)
    ahead: tuple[LockedInstance, dict[str, Any]] | None = unit.read_ahead.get(UserTask, {}).get(
        task_id
    )
    if ahead is not None:
        return ahead
    session.flush()
    row = unit.first(_LOCK_FOR_TASK, {"task_id": task_id})
    return None if row is None else for_task(row)


def lock_was_read(session: Session, task_id: UUID, row: Sequence[Any]) -> None:
    """Somebody locked the instance of this task, and read LOCKED and FIXED: no need to do it again.

    It counts until the transaction ends.
    """
    unit_of_work(session).read_ahead[UserTask] = {task_id: for_task(row)}


def forget_ahead(unit: UnitOfWork, instance_id: UUID) -> None:
    """Drop what `chunk_locks` read of this instance, because it may be stale."""
    ahead, number = unit.read_ahead.get(UserTask, {}), instance_id.int  # `==` of UUIDs is Python's
    for task_id in [each for each, (locked, _) in ahead.items() if locked.id.int == number]:
        del ahead[task_id]


def for_task(row: Sequence[Any]) -> tuple[LockedInstance, dict[str, Any]]:
    """Split a row of LOCKED and FIXED columns into those two shapes."""
    fixed = row[len(LOCKED) : len(LOCKED) + len(FIXED)]
    return LockedInstance(*row[: len(LOCKED)]), dict(zip(_FIXED_NAMES, fixed, strict=True))


def save(
    session: Session, instance: LockedInstance, blob: bytes, ended_at: datetime | None
) -> bool:
    """Write the state; False when another transaction wrote it since it was locked."""
    statement, (values,) = saving(instance, blob, ended_at)
    unit = unit_of_work(session)
    if unit.execute(statement, values) != 1:
        return False
    saved(unit, instance, ended_at)
    return True


def saving(
    instance: LockedInstance, blob: bytes, ended_at: datetime | None
) -> tuple[Statement, Rows]:
    """The statement that writes the state, to be sent with the other rows of a step."""
    values = {
        "instance_id": instance.id,
        "known_version": instance.row_version,
        "new_state": blob,
        "new_version": instance.row_version + 1,
    }
    if ended_at is None:
        return _SAVE, [values]
    values |= {"new_status": status_after(instance, ended_at), "new_ended_at": ended_at}
    return _SAVE_ENDED, [values]


def saved(unit: UnitOfWork, instance: LockedInstance, ended_at: datetime | None) -> None:
    """The state was written by `saving`: refresh the row in the session's identity map."""
    forget_ahead(unit, instance.id)
    known = known_row(unit.session, ProcessInstance, instance.id)
    if known is not None:
        status = status_after(instance, ended_at)
        set_known(known, status=status, row_version=instance.row_version + 1, ended_at=ended_at)
        unit.session.expire(known, ["state"])


def status_after(instance: LockedInstance, ended_at: datetime | None) -> InstanceStatus:
    """The status of an instance after a step with which it ended, or not."""
    ends = ended_at is not None and instance.status == InstanceStatus.ACTIVE
    return InstanceStatus.COMPLETED if ends else instance.status


def known_row(session: Session, model: Any, id_: UUID) -> Any:
    """The row from the session's identity map, without a query."""
    known: Any = session.identity_map
    return known.get(identity_key(model, id_)) if known else None


def set_known(row: Any, **values: Any) -> None:
    """Set attributes of a row in the identity map to what was written past the ORM."""
    for name, value in values.items():
        attributes.set_committed_value(row, name, value)
