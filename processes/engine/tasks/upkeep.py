"""What an older release leaves of a task while it is replaced: put right once a day."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask


def copy_tenants(session: Session) -> None:
    """Give open tasks the company of their case, where the release that opened them did not."""
    of_case = (
        select(ProcessInstance.tenant)
        .where(ProcessInstance.id == UserTask.instance_id)
        .scalar_subquery()
    )
    session.execute(
        update(UserTask)
        .where(UserTask.status == TaskStatus.OPEN, UserTask.tenant.is_(None), of_case.is_not(None))
        .values(tenant=of_case)
        .execution_options(synchronize_session=False)
    )
