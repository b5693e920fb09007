"""Service task: suspends, resumes or cancels many instances for an operator, with progress."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.instance_changes import BULK, INSTANCE_CHANGES, change_instance
from processes.engine.execution.instances import InstanceNotActiveError
from processes.engine.registry import BadDataError
from processes.engine.store.models import Job
from processes.register.changes import record_event
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task(BULK, title="Veel zaken tegelijk wijzigen", lease=timedelta(minutes=1))
def change_in_bulk(
    change: str, instance_ids: list[str], actor: str, reason: str, *, job: JobContext
) -> None:
    """Change each in its own transaction; one that cannot be changed is counted.

    Raises BadDataError for an unknown change.
    """
    if change not in INSTANCE_CHANGES:
        message = "no such change of an instance"
        raise BadDataError(message)
    ids = [id_from(text) for text in instance_ids]
    with job.transaction() as session:
        far = session.get_one(Job, job.id).progress or {}
    done, passed_by = int(far.get("done", 0)), int(far.get("passed_by", 0))
    for place, instance_id in enumerate(ids[done:], done + 1):
        with job.transaction() as session:
            passed_by += not _change(session, change, instance_id, actor, reason)
            session.get_one(Job, job.id).progress = _far(place, ids, passed_by)
        job.give_way()
    with job.transaction() as session:
        event = f"{INSTANCE_CHANGES[change].event}-in-bulk"
        number = len(ids) - passed_by
        record_event(session, event, actor=actor, number=number, passed_by=passed_by, reason=reason)


def _far(done: int, ids: Sequence[UUID], passed_by: int) -> dict[str, int]:
    return {"done": done, "total": len(ids), "passed_by": passed_by}


def _change(session: Session, change: str, instance_id: UUID, actor: str, reason: str) -> bool:
    """Whether it could be done to this instance."""
    try:
        with session.begin_nested():
            change_instance(session, change, instance_id, by=actor, reason=reason)
    except InstanceNotActiveError:
        return False
    return True
