"""After the upgrade the list of a group still has the open tasks that name it second."""

from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import column, insert, table
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.base import new_id, now
from processes.engine.store.models import TaskStatus, UserTask
from processes.engine.store.work_models import UserTaskGroup
from processes.engine.tasks.wanted_tasks import Tab, Wanted
from processes.engine.tasks.worklist import worklist
from tests.processes.engine.tasks.people import ANNA, add_case, add_task

COLUMN = "has_further_candidates"


def test_open_tasks_with_a_second_candidate_are_found(session: Session) -> None:
    case = add_case(session)
    second = add_task(session, case, "operator", "registrar")
    alone = add_task(session, case, "operator")
    closed = add_task(session, case, "operator", "registrar", status=TaskStatus.COMPLETED)
    ids = [second.id, alone.id, closed.id]
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("c47d1f9a2e60")
    assert script is not None

    with Operations.context(MigrationContext.configure(session.connection())):
        script.module.downgrade()
        script.module.upgrade()

    session.expire_all()
    tasks = [session.get_one(UserTask, id_) for id_ in ids]
    assert [task.has_further_candidates for task in tasks[:2]] == [True, False]
    assert [task.id for task in worklist(session, ANNA, Wanted(Tab.GROUP)).tasks] == [second.id]


def test_what_older_code_opens_is_found(session: Session) -> None:
    """It does not know of the column."""
    case, id_ = add_case(session), new_id()
    columns: Any = UserTask.__table__.columns
    older = (column(each.name, each.type) for each in columns if each.name != COLUMN)
    facts = {"instance_id": case.id, "element_id": "a", "name": "a", "status": TaskStatus.OPEN}
    row = {"id": id_, "candidate_group": "operator", "opened_at": now(), **facts}
    row["priority"] = 50
    session.execute(insert(table("user_task", *older)).values(**row))
    session.add(UserTaskGroup(task_id=id_, group="registrar"))
    session.flush()
    assert [task.id for task in worklist(session, ANNA, Wanted(Tab.GROUP)).tasks] == [id_]
