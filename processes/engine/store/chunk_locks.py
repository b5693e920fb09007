"""Locks the instances of a chunk together, in the order of their ids, against deadlocks.

What is read with the locks is remembered: `rows.lock_for_task` asks no more.
"""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from processes.engine.store.rows import FIXED, LOCKED, for_task
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

_OPEN_TASK = (UserTask.instance_id == ProcessInstance.id) & (UserTask.status == TaskStatus.OPEN)
# Not parameters: SQLite then knows that the index of open business keys has them all.
_LIVE: list[ColumnElement[str]] = [literal_column("'active'"), literal_column("'suspended'")]
_BY_KEYS = (
    select(UserTask.id, *LOCKED, *FIXED)
    .select_from(ProcessInstance)
    .outerjoin(UserTask, _OPEN_TASK)
    .where(ProcessInstance.process_key == bindparam("process"))
    .where(ProcessInstance.status.in_(_LIVE))
    .order_by(ProcessInstance.id)
    .with_for_update(of=ProcessInstance)
)
_LISTED = select(column("value", String())).select_from(
    func.json_each(bindparam("keys", type_=String()))
)
_ARRAY = any_(bindparam("keys", type_=ARRAY(String())))
# However many keys there are, they are one value: the same SQL each time.
_BY_KEYS_ON_SQLITE = Statement(_BY_KEYS.where(ProcessInstance.business_key.in_(_LISTED)))
_BY_KEYS_ON_POSTGRESQL = Statement(_BY_KEYS.where(ProcessInstance.business_key == _ARRAY))


def lock_ahead(session: Session, task_ids: Sequence[UUID]) -> None:
    """Lock the instances of these tasks; those that `lock_by_keys` found are locked already."""
    if unit_of_work(session).read_ahead.get(UserTask, {}).keys() >= set(task_ids):
        return
    query = (
        select(UserTask.id, *LOCKED, *FIXED)
        .join(ProcessInstance, UserTask.instance_id == ProcessInstance.id)
        .where(UserTask.id.in_(task_ids))
        .order_by(ProcessInstance.id)
        .with_for_update(of=ProcessInstance)
    )
    found = session.execute(query).all()
    ahead = {task_id: for_task(row) for task_id, *row in found}
    unit_of_work(session).read_ahead[UserTask] = ahead


def lock_by_keys(
    session: Session, process_key: str, business_keys: Collection[str]
) -> dict[str, UUID | None]:
    """Lock the open instances of a process with these business keys.

    By business key the open task; None where the instance waits for no person.
    """
    session.flush()
    unit, keys = unit_of_work(session), list(business_keys)
    given = {"process": process_key, "keys": keys}
    if unit.connection().dialect.name == "sqlite":
        answer = unit.all(_BY_KEYS_ON_SQLITE, given | {"keys": json.dumps(keys)})
    else:
        answer = unit.all(_BY_KEYS_ON_POSTGRESQL, given)
    found = [(row[0], for_task(row[1:])) for row in answer]
    ahead = {task_id: each for task_id, each in found if task_id is not None}
    unit.read_ahead[UserTask] = ahead
    return {str(locked.business_key): task_id for task_id, (locked, _) in found}
