"""The service task that changes very many instances for an operator, with progress to look at."""

from datetime import timedelta

from sqlalchemy.orm import Session

from processes.engine.instances import InstanceNotActiveError
from processes.engine.models import Job
from processes.engine.registry import BadDataError
from processes.register.changes import record_event
from workers.instance_changes import BULK, INSTANCE_CHANGES, change_instance
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task(BULK, title="Veel zaken tegelijk wijzigen", lease=timedelta(minutes=1))
def change_in_bulk(
    change: str, instance_ids: list[str], actor: str, reason: str, *, job: JobContext
) -> None:
    """Change each in a transaction of its own; one that cannot be changed is passed by."""
    if change not in INSTANCE_CHANGES:
        message = "no such change of an instance"
        raise BadDataError(message)
    ids = [id_from(text) for text in instance_ids]
    with job.transaction() as session:
        done = int((session.get_one(Job, job.id).progress or {}).get("done", 0))
    for place, instance_id in enumerate(ids[done:], done + 1):
        with job.transaction() as session:
            try:
                change_instance(session, change, instance_id, by=actor, reason=reason)
            except InstanceNotActiveError:
                session.rollback()
        job.progress(place, len(ids))
        job.give_way()
    with job.transaction() as session:
        _tell(session, change, len(ids), actor, reason)


def _tell(session: Session, change: str, number: int, actor: str, reason: str) -> None:
    event = f"{INSTANCE_CHANGES[change].event}-in-bulk"
    record_event(session, event, actor=actor, number=number, reason=reason)
