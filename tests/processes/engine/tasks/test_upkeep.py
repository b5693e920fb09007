"""Tasks that an older release opened get the company of their case."""

from sqlalchemy.orm import Session

from processes.engine.store.models import TaskStatus
from processes.engine.tasks.upkeep import copy_tenants
from tests.processes.engine.tasks.people import KVK, add_case, add_task


def test_an_open_task_without_a_company_gets_that_of_its_case(session: Session) -> None:
    ours, nobodys = add_case(session, tenant=KVK), add_case(session, "q")
    left = add_task(session, ours, "provider", tenant=None)
    closed = add_task(session, ours, "provider", tenant=None, status=TaskStatus.COMPLETED)
    without = add_task(session, nobodys, "registrar", tenant=None)
    copy_tenants(session)
    session.expire_all()
    assert [task.tenant for task in (left, closed, without)] == [KVK, None, None]
