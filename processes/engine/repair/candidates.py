"""The further candidate groups of open tasks, as a change by hand or a migration keeps them."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from processes.engine.store.models import TaskStatus, UserTask
from processes.engine.store.work_models import UserTaskGroup


def candidates_of(session: Session, instance_id: UUID) -> list[list[str]]:
    """Task id and group, for each further candidate of the open tasks of an instance."""
    query = (
        select(UserTaskGroup.task_id, UserTaskGroup.group)
        .join(UserTask, UserTask.id == UserTaskGroup.task_id)
        .where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
    )
    return [[str(task_id), group] for task_id, group in session.execute(query)]


def put_candidates(
    session: Session, task_ids: list[UUID], candidates: list[dict[str, Any]]
) -> None:
    """Replace the further candidates of these tasks."""
    gone = delete(UserTaskGroup).where(UserTaskGroup.task_id.in_(task_ids))
    session.execute(gone, execution_options={"synchronize_session": False})
    having = {candidate["task_id"] for candidate in candidates}
    told = update(UserTask).where(UserTask.id.in_(task_ids))
    told = told.values(has_further_candidates=UserTask.id.in_(having))
    session.execute(told, execution_options={"synchronize_session": False})
    if candidates:
        session.execute(insert(UserTaskGroup), candidates)
